// What a replay will send differently from the captured request, in words, while the person edits. What the transport
// makes anew anyway (Host, Content-Length and their kind) is no change.

import type { ExchangeDetail } from '../../shared/exchange.ts';
import { headerValues } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { sameBytes } from './body-text.ts';
import { bodyBytes } from './message-form.ts';
import type { MessageForm, SignatureChoice } from './message-form.ts';

/** Lower-case names of fields that every send writes itself. */
export const transportHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'http2-settings',
]);

const signatureWords: Readonly<Record<SignatureChoice, string | null>> = {
  keep: null,
  good: 'signed anew',
  'same-id': 'signed anew with the same delivery id',
  'new-id': 'signed anew with a new delivery id',
  tampered: 'body changed after signing, so that the signature is wrong',
  expired: 'signed with an old timestamp',
  'wrong-secret': 'signed with a wrong secret',
  none: 'sent without a signature',
};

/** One sentence part per difference; empty when the same request goes out again. */
export function replayChanges(request: ExchangeDetail, original: Uint8Array, form: MessageForm): string[] {
  const changes: string[] = [];
  if (request.truncated) changes.push('only the head of the body was captured, and only that is sent');
  const method = form.method.trim().toUpperCase();
  if (method !== request.method) changes.push(`method ${request.method} becomes ${method}`);
  const target = URL.canParse(form.url.trim()) ? pathAndQuery(form.url.trim()) : null;
  if (target !== null && target !== pathAndQuery(request.target)) changes.push(`path becomes ${target}`);
  changes.push(...headerChanges(request.headers, form.headers));
  if (!sameBytes(original, bodyBytes(form.body))) changes.push('body edited');
  const words = signatureWords[form.signature];
  if (words !== null) changes.push(words);
  return changes;
}

/** Both sides are written the way a URL parser writes them, so that only what a person changed differs. */
function pathAndQuery(target: string): string {
  const url = target.startsWith('/') ? `http://host${target}` : target;
  if (!URL.canParse(url)) return target;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function headerChanges(before: readonly HeaderPair[], after: readonly HeaderPair[]): string[] {
  const changes: string[] = [];
  const seen = new Set(transportHeaders);
  for (const [name] of [...before, ...after]) {
    const key = name.trim().toLowerCase();
    if (key === '' || seen.has(key)) continue;
    seen.add(key);
    const old = headerValues(before, key);
    const now = headerValues(after, key);
    if (old.length === 0) changes.push(`header ${name} added`);
    else if (now.length === 0) changes.push(`header ${name} removed`);
    else if (old.length !== now.length || old.some((value, i) => value !== now[i]))
      changes.push(`header ${name} changed`);
  }
  return changes;
}
