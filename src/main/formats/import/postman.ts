// Reads Postman collections 2.0 and 2.1: requests in any depth of folders. Scripts, credentials and saved answers are
// left out; variables of the collection are looked up in one pass and never evaluated.

import type { HeaderPair } from '../../../shared/headers.ts';
import { pairsOf } from './har.ts';
import { knownFacts } from './known-facts.ts';
import type { Finds } from './plan.ts';
import { addRequest, utf8 } from './request-parts.ts';
import { base64Bytes, fieldsOf, listOf, member, textOf } from './untrusted.ts';
import { createVariables } from './variables.ts';

type Lookup = (text: string) => string;

/** Whether the document is a Postman collection. */
export function isPostman(document: unknown): boolean {
  return fieldsOf(member(document, 'info')) !== null && Array.isArray(member(document, 'item'));
}

/** Reads all its requests, folders in order. */
export function readPostman(document: unknown, finds: Finds): void {
  noteDropped(document, 'the collection', finds);
  const lookup = lookupOf(listOf(document, 'variable'));
  const open = withPlaces(listOf(document, 'item'), '').reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { item, place } = next;
    const inner = member(item, 'item');
    noteDropped(item, place, finds);
    if (Array.isArray(inner)) open.push(...withPlaces(inner, `${place}, `).reverse());
    else readItem(item, place, lookup, finds);
  }
}

function withPlaces(items: readonly unknown[], before: string): { item: unknown; place: string }[] {
  return items.map((item, n) => ({ item, place: `${before}item ${n + 1}` }));
}

function noteDropped(holder: unknown, place: string, finds: Finds): void {
  if (listOf(holder, 'event').length > 0) finds.leftOut.push({ place, message: 'Its scripts were dropped.' });
  const auth = member(holder, 'auth') ?? member(member(holder, 'request'), 'auth');
  if (fieldsOf(auth) !== null) finds.leftOut.push({ place, message: 'Its credentials were dropped.' });
}

function readItem(item: unknown, place: string, lookup: Lookup, finds: Finds): void {
  const given = member(item, 'request');
  const request = typeof given === 'string' ? { method: 'GET', url: given } : given;
  const url = member(request, 'url');
  const address = typeof url === 'string' ? url : textOf(url, 'raw');
  if (address === undefined) {
    finds.leftOut.push({ place, message: 'It has no request with a URL.' });
    return;
  }
  const ours = member(item, '_hookbench');
  const body = bodyOf(member(request, 'body'), textOf(ours, 'bodyEncoding') === 'base64', lookup);
  if (typeof body === 'string') {
    finds.leftOut.push({ place, message: body });
    return;
  }
  const target = textOf(ours, 'target');
  addRequest(finds, {
    place,
    method: textOf(request, 'method') ?? 'GET',
    url: lookup(address),
    ...(target !== undefined && { target }),
    headers: fields(member(request, 'header'), ours !== undefined, lookup),
    body,
    known: {
      ...knownFacts(
        { receivedAt: member(ours, 'receivedAt'), sha256: member(ours, 'sha256'), redacted: member(ours, 'redacted') },
        '',
      ),
    },
  });
}

/** Fields that are switched off are taken from our own files only, where they were on the wire. */
function fields(header: unknown, ours: boolean, lookup: Lookup): HeaderPair[] {
  if (typeof header === 'string')
    return header.split(/\r?\n/).flatMap((line): HeaderPair[] => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon).trim(), lookup(line.slice(colon + 1).trim())]] : [];
    });
  const list = (Array.isArray(header) ? (header as unknown[]) : []).filter(
    (one) => ours || member(one, 'disabled') !== true,
  );
  return pairsOf(list, 'key').map(([name, value]) => [name, ours ? value : lookup(value)]);
}

/** The bytes, or a sentence on why they are not in the file. */
function bodyOf(body: unknown, isBase64: boolean, lookup: Lookup): Uint8Array | string {
  if (fieldsOf(body) === null) return new Uint8Array(0);
  const active = (name: string) => listOf(body, name).filter((one) => member(one, 'disabled') !== true);
  switch (textOf(body, 'mode')) {
    case undefined:
      return new Uint8Array(0);
    case 'raw': {
      const raw = textOf(body, 'raw') ?? '';
      return isBase64 ? (base64Bytes(raw) ?? 'Its body says that it is base64 and is not.') : utf8(lookup(raw));
    }
    case 'urlencoded': {
      const pairs = pairsOf(active('urlencoded'), 'key').map(([name, value]): [string, string] => [
        name,
        lookup(value),
      ]);
      return utf8(new URLSearchParams(pairs).toString());
    }
    case 'graphql': {
      const graphql = member(body, 'graphql');
      const variables = textOf(graphql, 'variables') ?? '';
      return utf8(`{"query":${JSON.stringify(textOf(graphql, 'query') ?? '')},"variables":${variables || '{}'}}`);
    }
    default:
      return 'Its body is a form or a file that the collection does not hold.';
  }
}

/** Looks up the collection's plain values. */
function lookupOf(variables: readonly unknown[]): Lookup {
  const values = createVariables();
  for (const one of variables) {
    const name = textOf(one, 'key') ?? textOf(one, 'id');
    const value = textOf(one, 'value');
    if (name !== undefined && value !== undefined) values.set(name, value);
  }
  return values.fill;
}
