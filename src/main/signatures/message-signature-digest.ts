// Content-Digest (RFC 9530): the hash of the body in a header. It is how a message signature reaches the body.

import { createHash } from 'node:crypto';
import type { HeaderPair } from '../../shared/headers.ts';
import { equalText } from './compare.ts';
import { joinedField } from './message-signature-entries.ts';
import { parseDictionary } from './message-signature-fields.ts';
import type { Message } from './message.ts';

/** How the header stands to the body. */
export interface DigestCheck {
  /** `unknown`: it holds no algorithm that is trusted, so that nothing was compared. */
  readonly status: 'absent' | 'malformed' | 'unknown' | 'fits' | 'differs';
  /** Algorithms that were compared. */
  readonly checked: readonly string[];
}

/** Algorithms that RFC 9530 still advises, with Node's names for them. */
const hashes: ReadonlyMap<string, string> = new Map([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
]);

/** Compares every digest that is known with the body; others are skipped. */
export function checkDigest(message: Message): DigestCheck {
  const text = joinedField(message, 'content-digest');
  if (text === undefined) return { status: 'absent', checked: [] };
  const digests = parseDictionary(text);
  if (digests === null) return { status: 'malformed', checked: [] };
  const checked: string[] = [];
  let fits = true;
  for (const [name, hash] of hashes) {
    const member = digests.get(name);
    if (member === undefined) continue;
    if (member.kind !== 'item' || member.bare.kind !== 'bytes') return { status: 'malformed', checked: [] };
    checked.push(name);
    fits &&= equalText(createHash(hash).update(message.body).digest('base64'), member.bare.value);
  }
  if (checked.length === 0) return { status: 'unknown', checked };
  return { status: fits ? 'fits' : 'differs', checked };
}

/** The header for a body that is to be sent. */
export function digestField(body: Uint8Array): HeaderPair {
  return ['Content-Digest', `sha-256=:${createHash('sha256').update(body).digest('base64')}:`];
}
