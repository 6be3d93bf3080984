// How a body stands in formats that know only text: as it is, or as base64 that says so.

import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { utf8Text } from './export-row.ts';

/** The body as text, or its base64 where it is not UTF-8. */
export function textOrBase64(body: Uint8Array): { readonly text: string; readonly base64: boolean } {
  const text = utf8Text(body);
  return text === null ? { text: base64Of(body), base64: true } : { text, base64: false };
}

/** Standard base64 with padding. */
export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** What the text is, for a viewer's colours: by the content type, never by guessing. */
export function languageOf(headers: readonly HeaderPair[]): 'json' | 'xml' | 'text' {
  const type = (headerValue(headers, 'content-type') ?? '').toLowerCase();
  if (/[/+]json\b/.test(type)) return 'json';
  return /[/+]xml\b/.test(type) ? 'xml' : 'text';
}
