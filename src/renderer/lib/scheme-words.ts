// What an own scheme signs and sends, in words and as headers, while it is being edited.

import type { CustomPart, CustomScheme } from '../../shared/custom-scheme.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { Choice } from './choices.ts';

/** Algorithms by the names that people know them by. */
export const algorithmNames: Readonly<Record<CustomScheme['algorithm'], string>> = {
  'hmac-sha256': 'HMAC-SHA256',
  'hmac-sha1': 'HMAC-SHA1',
  'hmac-sha512': 'HMAC-SHA512',
  ed25519: 'Ed25519',
  'ecdsa-p256': 'ECDSA P-256',
  'rsa-sha256': 'RSA-SHA256',
};

/** Kinds of parts, as they are chosen. */
export const partNames: Readonly<Record<CustomPart['kind'], string>> = {
  body: 'Body',
  timestamp: 'Timestamp',
  id: 'Message id',
  literal: 'Text',
  method: 'Method',
  url: 'URL',
  path: 'Path and query',
  header: 'Header',
  json: 'Value in the JSON body',
  form: 'Form fields, sorted',
  'body-hash': 'Hash of the body',
};

/** Entries for a list of names. */
export function choicesOf(names: Readonly<Record<string, string>>): Choice[] {
  return Object.entries(names).map(([value, label]) => ({ value, label }));
}

/** What the parts join, for example `timestamp + "." + body`. */
export function partsInWords(parts: readonly CustomPart[]): string {
  return parts.length === 0 ? 'nothing yet' : parts.map(partInWords).join(' + ');
}

function partInWords(part: CustomPart): string {
  switch (part.kind) {
    case 'literal':
      return JSON.stringify(part.text);
    case 'header':
      return `header ${part.name === '' ? '?' : part.name}`;
    case 'json':
      return `body’s ${part.path === '' ? '?' : part.path}`;
    case 'form':
      return 'form fields, sorted';
    case 'path':
      return 'path and query';
    case 'body-hash':
      return `${part.hash.toUpperCase()} of body in ${part.encoding}`;
    default:
      return part.kind;
  }
}

/** Whether the scheme signs with a key pair. */
export function isPairScheme(scheme: Pick<CustomScheme, 'algorithm'>): boolean {
  return !scheme.algorithm.startsWith('hmac-');
}

const exampleTimes = { seconds: '1767225600', milliseconds: '1767225600000', iso: '2026-01-01T00:00:00.000Z' } as const;
const exampleSignatures = { hex: '9f86d081…', base64: 'n4bQgYhM…=', base64url: 'n4bQgYhM…' } as const;

/** The headers that a request carries, with made-up values. */
export function exampleHeaders(scheme: CustomScheme): HeaderPair[] {
  const { format, timestamp, idHeader, eventHeader } = scheme;
  const headers: HeaderPair[] = [];
  if (eventHeader !== null) headers.push([eventHeader, 'order.created']);
  if (idHeader !== null) headers.push([idHeader, 'msg_1']);
  const time = exampleTimes[timestamp?.unit ?? 'seconds'];
  if (timestamp !== null && timestamp.header !== null) headers.push([timestamp.header, time]);
  const signature = exampleSignatures[scheme.encoding];
  headers.push([
    scheme.signatureHeader,
    format.kind === 'value'
      ? `${format.prefix}${signature}`
      : `${format.timestampKey}=${time}${format.separator}${format.signatureKey}=${signature}`,
  ]);
  return headers;
}
