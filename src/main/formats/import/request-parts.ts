// Turns what files say about a request (a URL, fields, a body as text) into the parts of one that was received.

import type { HeaderPair } from '../../../shared/headers.ts';
import { headerValue } from '../../../shared/headers.ts';
import { isFieldName } from '../export-row.ts';
import { maxRequests } from './plan.ts';
import type { Finds, ImportedRequest, KnownFacts } from './plan.ts';
import { refuse } from './untrusted.ts';

/** What a reader found; `url` is absolute or a path. */
export interface FoundRequest {
  /** Where it stands in the file. */
  readonly place: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  readonly trailers?: readonly HeaderPair[];
  readonly httpVersion?: string;
  /** The request target as it was sent, where the file tells. */
  readonly target?: string;
  readonly known?: KnownFacts;
}

const maxHeaders = 1_000;
const maxTargetLength = 65_536;

/**
 * Adds it to the finds, or says why not. Throws AppError IMPORT_INVALID beyond the most requests that a file may have.
 */
export function addRequest(finds: Finds, found: FoundRequest): void {
  const { place } = found;
  const leave = (message: string): void => void finds.leftOut.push({ place, message });
  const method = found.method.trim();
  if (!isFieldName(method) || method.length > 64) return leave('Its method is no HTTP method.');
  const url = addressOf(found.url);
  if (url === null) return leave('Its address is neither http nor https.');
  const target = latin1(found.target ?? url.target);
  if (target === '' || target.length > maxTargetLength || /[\s\0-\x1f\x7f]/.test(target))
    return leave('Its request target cannot stand on a request line.');
  const headers: HeaderPair[] = [];
  for (const pair of [...found.headers, ...(found.trailers ?? [])].slice(0, maxHeaders)) {
    const problem = fieldProblem(pair);
    if (problem !== null) leave(problem);
  }
  for (const [name, value] of found.headers.slice(0, maxHeaders))
    if (fieldProblem([name, value]) === null) headers.push([name, latin1(value)]);
  if (found.headers.length > maxHeaders) leave(`Only the first ${maxHeaders} header fields were taken.`);
  if (url.host !== null && headerValue(headers, 'host') === undefined) headers.unshift(['Host', url.host]);
  if (finds.requests.length >= maxRequests) refuse(`The file has more than ${maxRequests} requests.`);
  finds.requests.push({
    method,
    target,
    httpVersion: /^\d\.\d$/.test(found.httpVersion ?? '') ? (found.httpVersion as string) : '1.1',
    headers,
    trailers: (found.trailers ?? []).filter((pair) => fieldProblem(pair) === null),
    body: found.body,
    known: found.known ?? {},
  } satisfies ImportedRequest);
}

/** Why a field cannot be part of a request; null where it can. */
function fieldProblem([name, value]: HeaderPair): string | null {
  if (!isFieldName(name)) return `The header name ${JSON.stringify(name.slice(0, 60))} is none.`;
  if (/[\r\n\0]/.test(value)) return `The value of header ${name} holds a line break or NUL.`;
  return null;
}

/** Path, query and authority of an address; null for other schemes. A path alone is one too. */
function addressOf(text: string): { readonly target: string; readonly host: string | null } | null {
  const url = text.trim();
  if (url.startsWith('/')) return { target: url, host: null };
  const match = /^(?:(https?):\/\/)?([^/?#\s]+)([^#]*)/i.exec(url);
  if (!match) return null;
  const [, scheme, authority = '', rest = ''] = match;
  // Without a scheme it is a host, as curl and Postman take it; a colon that no port follows names another scheme.
  if (scheme === undefined && /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(url)) return null;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host === '') return null;
  return { target: rest.startsWith('/') ? rest : `/${rest}`, host };
}

/** Wire text has one character per byte. Text that has others is taken as UTF-8. */
export function latin1(text: string): string {
  return /[^\0-\xff]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

/** Text as bytes. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
