// Signs with the recipe that verifies.

import { createHash } from 'node:crypto';
import type { HeaderPair } from '../../shared/headers.ts';
import type { RecipeScheme } from '../../shared/providers/define.ts';
import { valueAt } from '../../shared/providers/read-value.ts';
import type { SignContext, SignedParts } from './engine.ts';
import { itemsOf } from './items.ts';
import { editJson } from './json-edit.ts';
import { wrongKey } from './keys.ts';
import type { Key } from './keys.ts';
import { signatureText } from './mac.ts';
import { createMessage } from './message.ts';
import type { Message } from './message.ts';
import { chooseFamily } from './reading.ts';
import { signedPieces } from './recipe.ts';
import type { Pieces } from './recipe.ts';
import { formatSignatures } from './signature-header.ts';
import { formatTimestamp } from './timestamp.ts';

const bodyNote = 'The body is no JSON object that could hold the signature or its time, so it was sent as it is.';

/** Headers, body and URL with the signatures of all keys. The body changes only where it carries signature or time. */
export function signRecipe(context: SignContext<RecipeScheme>): SignedParts {
  const { scheme, messageId, at } = context;
  const rule = scheme.timestamp;
  const names = chooseFamily(scheme, context.given);
  const timestamp = rule ? formatTimestamp(at, rule.unit) : '';
  const fields: HeaderPair[] = [...(scheme.headers ?? [])];
  if (names.id !== undefined) fields.push([names.id, messageId]);
  if (names.timestamp !== undefined) fields.push([names.timestamp, timestamp]);

  const timed = withBodyTime(scheme, withBodyHash(scheme, context.message), timestamp);
  const message = timed ?? context.message;
  const signed = createMessage({ ...message, headers: [...context.message.headers, ...fields] });
  const note = timed === null ? { note: bodyNote } : {};
  if (context.keys.length === 0) return { fields, body: signed.body, url: signed.url, ...note };

  const companion = context.companions[0];
  const values = { id: messageId, timestamp, message: signed, companion };
  const signaturesOf = (item: unknown): readonly string[] =>
    context.keys.flatMap((key) => signOne(scheme, key, context.mode === 'wrong-secret', { ...values, item }) ?? []);

  if (scheme.signaturePath !== undefined) {
    const body = writeIntoBody(scheme, signed, (item) => signaturesOf(item)[0] ?? '', timestamp);
    return { fields, body: body ?? signed.body, url: signed.url, ...(body === null ? { note: bodyNote } : note) };
  }
  return { fields: [...fields, ...signatureFields(scheme, names.signature ?? '', timestamp, signaturesOf(undefined))], body: signed.body, url: signed.url, ...note }; // prettier-ignore
}

function signOne(
  scheme: RecipeScheme,
  key: Key,
  wrong: boolean,
  values: Parameters<typeof signedPieces>[1],
): string | null {
  const used = wrong && key.kind === 'shared' ? wrongKey(key) : key;
  const secret = used.kind === 'shared' ? used.bytes : undefined;
  const pieces = signedPieces(scheme, { ...values, secret });
  if (pieces === null) return null;
  // With a key pair, the signature of other bytes looks to the receiver like that of another key.
  const signed: Pieces = wrong && key.kind === 'pair' ? [...pieces, '\0'] : pieces;
  return signatureText(scheme, used, signed);
}

function signatureFields(
  scheme: RecipeScheme,
  name: string,
  timestamp: string,
  signatures: readonly string[],
): HeaderPair[] {
  if (signatures.length === 0) return [];
  if (scheme.numbered !== true) return [[name, formatSignatures(scheme, timestamp, signatures)]];
  const stem = name.replace(/\d+$/, '');
  return signatures.map((text, n) => [`${stem}${n + 1}`, formatSignatures(scheme, timestamp, [text])]);
}

function withBodyTime(scheme: RecipeScheme, message: Message, timestamp: string): Message | null {
  const path = scheme.timestamp?.path;
  if (path === undefined) return message;
  const value = valueLike(message, path, timestamp);
  const body = editJson(message, undefined, [[path, () => value]]);
  return body === null ? null : createMessage({ ...message, body });
}

/** Numbers stay numbers, text stays text; a new one is a number where the unit counts something. */
function valueLike(message: Message, path: string, timestamp: string): string | number {
  const before = valueAt(message.json(), path);
  return typeof before === 'string' || !/^\d+$/.test(timestamp) ? timestamp : Number(timestamp);
}

function withBodyHash(scheme: RecipeScheme, message: Message): Message {
  const name = scheme.bodyHashQuery;
  if (name === undefined) return message;
  const hash = createHash('sha256').update(message.body).digest('hex');
  const [, before = message.url, query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(message.url) ?? [];
  const others = query
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !part.startsWith(`${name}=`));
  return createMessage({ ...message, url: `${before}?${[...others, `${name}=${hash}`].join('&')}${fragment}` });
}

function writeIntoBody(
  scheme: RecipeScheme,
  message: Message,
  signature: (item: unknown) => string,
  timestamp: string,
): Uint8Array | null {
  const path = scheme.signaturePath as string;
  if (scheme.items !== undefined && itemsOf(scheme.items, message) === null) return null;
  return editJson(message, scheme.items, [[path, (item) => formatSignatures(scheme, timestamp, [signature(item)])]]);
}
