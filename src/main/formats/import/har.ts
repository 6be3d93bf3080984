// Reads HAR 1.2: the requests of its entries, and of our own files also what stands in underscore fields.

import type { HeaderPair } from '../../../shared/headers.ts';
import type { Finds } from './plan.ts';
import { knownFacts } from './known-facts.ts';
import { addRequest, utf8 } from './request-parts.ts';
import { base64Bytes, fieldsOf, listOf, member, numberOf, refuse, textOf } from './untrusted.ts';

/** Whether the document is a HAR file. */
export function isHar(document: unknown): boolean {
  return Array.isArray(member(member(document, 'log'), 'entries'));
}

/** Throws AppError IMPORT_INVALID where nothing in it can be read. */
export function readHar(document: unknown, finds: Finds): void {
  const entries = listOf(member(document, 'log'), 'entries');
  for (const [n, entry] of entries.entries()) {
    const place = `entry ${n + 1}`;
    const request = member(entry, 'request');
    if (fieldsOf(request) === null) {
      finds.leftOut.push({ place, message: 'It has no request.' });
      continue;
    }
    const body = postBody(member(request, 'postData'));
    if (body === null) {
      finds.leftOut.push({ place, message: 'Its body says that it is base64 and is not.' });
      continue;
    }
    const method = textOf(request, 'method');
    const url = textOf(request, 'url');
    if (method === undefined || url === undefined) {
      finds.leftOut.push({ place, message: 'It has no method or no URL.' });
      continue;
    }
    const target = textOf(request, '_target');
    const at = Date.parse(textOf(entry, 'startedDateTime') ?? '');
    const answer = numberOf(member(entry, 'response'), 'status');
    addRequest(finds, {
      place,
      method,
      url,
      ...(target !== undefined && { target }),
      httpVersion: (textOf(request, 'httpVersion') ?? '').replace(/^HTTP\//i, ''),
      headers: pairsOf(listOf(request, 'headers')),
      trailers: pairsOf(listOf(request, '_trailers')),
      body,
      known: {
        ...knownFacts(entry, '_'),
        ...(at >= 0 && { receivedAt: at }),
        ...(answer !== undefined &&
          Number.isInteger(answer) &&
          answer >= 100 &&
          answer <= 599 && { replyStatus: answer }),
      },
    });
  }
  if (entries.length > 0 && finds.requests.length === 0 && finds.leftOut.length === 0)
    refuse('No entry has a request.');
}

/** Null where it is marked as base64 and is none. */
function postBody(postData: unknown): Uint8Array | null {
  const text = textOf(postData, 'text');
  if (text === undefined) {
    const params = listOf(postData, 'params');
    const form = new URLSearchParams(
      params.map((param): [string, string] => [textOf(param, 'name') ?? '', textOf(param, 'value') ?? '']),
    );
    return utf8(form.toString());
  }
  const encoding = textOf(postData, '_encoding') ?? textOf(postData, 'encoding');
  return encoding === 'base64' ? base64Bytes(text) : utf8(text);
}

/** Lists of `{ name, value }`; members of another shape are left out. */
export function pairsOf(list: readonly unknown[], nameField = 'name'): HeaderPair[] {
  return list.flatMap((one): HeaderPair[] => {
    const name = textOf(one, nameField);
    const value = textOf(one, 'value');
    // Names of HTTP/2 begin with a colon and stand in the request line.
    return name === undefined || value === undefined || name.startsWith(':') ? [] : [[name, value]];
  });
}
