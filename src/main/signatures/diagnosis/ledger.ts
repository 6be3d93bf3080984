// Computes each MAC of a diagnosis once. Many mistakes lead to the same bytes (a compact body stays as it is when it is
// written compactly); what was computed before is looked up.

import { createHash, createHmac, verify as verifyBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { RecipeScheme } from '../../../shared/providers/define.ts';
import type { PairKey, SharedKey } from '../keys.ts';
import { joinPieces } from '../recipe.ts';
import type { Pieces } from '../recipe.ts';
import { chunkBytes } from './budget.ts';
import type { Budget } from './budget.ts';

/** How a digest is made; also with hashes that no scheme uses, because a sender may have used them by mistake. */
export interface DigestAlgorithm {
  readonly kind: 'hmac' | 'hash';
  readonly hash: string;
}

/** How a signature of a key pair is made. */
export interface PairAlgorithm {
  readonly kind: Extract<RecipeScheme['algorithm'], { kind: 'ed25519' | 'ecdsa' | 'rsa' }>['kind'];
  /** For RSA and ECDSA. */
  readonly hash?: string;
  /** The signature is r and s side by side instead of DER. */
  readonly raw?: true;
}

/** Everything that one diagnosis computes. */
export interface Ledger {
  /** The body's number; equal bodies have the same one. Gives null where the body was known before. */
  add(body: Uint8Array): number | null;
  /** MAC or hash of the pieces; null when the budget does not allow it. */
  digest(algorithm: DigestAlgorithm, key: SharedKey, pieces: Pieces): Generator<void, Buffer | null>;
  /** Hash of a whole body; null when the budget does not allow it. */
  bodyHash(hash: string, body: Uint8Array): Generator<void, Buffer | null>;
  /** Whether the signature is right; false when the budget does not allow the check. */
  check(algorithm: PairAlgorithm, key: PairKey, pieces: Pieces, signature: Uint8Array): boolean;
}

/** A ledger over a budget. It holds bodies and secrets: it must not outlive the diagnosis. */
export function createLedger(budget: Budget): Ledger {
  const bodies = new Map<number, Uint8Array[]>();
  const numbers = new WeakMap<Uint8Array, number>();
  const digests = new Map<string, Buffer>();
  const checks = new Map<string, boolean>();
  const secrets = new Map<string, number>();
  const publicKeys: KeyObject[] = [];
  let count = 0;

  function add(body: Uint8Array): number | null {
    const known = numbers.get(body);
    if (known !== undefined) return null;
    const sameLength = bodies.get(body.length) ?? [];
    if (sameLength.some((other) => Buffer.compare(other, body) === 0)) return null;
    bodies.set(body.length, [...sameLength, body]);
    numbers.set(body, (count += 1));
    return count;
  }

  /** Text that equal pieces share. Bodies stand in it by number: they are large, and known by then. */
  function nameOf(pieces: Pieces): string {
    const parts = pieces.map((piece) => {
      if (typeof piece === 'string') return piece;
      if (piece.length === 0) return '';
      const number = numbers.get(piece);
      return number === undefined ? Buffer.from(piece).toString('latin1') : `\0${number}\0`;
    });
    return `${sizeOf(pieces)}:${parts.join('')}`;
  }

  function numberOf(key: SharedKey): number {
    const text = Buffer.from(key.bytes).toString('latin1');
    const known = secrets.get(text);
    if (known !== undefined) return known;
    secrets.set(text, secrets.size);
    return secrets.size - 1;
  }

  function numberOfPair({ publicKey }: PairKey): number {
    const known = publicKeys.findIndex((other) => other.equals(publicKey));
    return known === -1 ? publicKeys.push(publicKey) - 1 : known;
  }

  function* compute(name: string, start: () => Sponge, pieces: Pieces): Generator<void, Buffer | null> {
    const known = digests.get(name);
    if (known !== undefined) return known;
    if (!budget.allows(sizeOf(pieces))) return null;
    const sponge = started(start);
    if (sponge === null) return null;
    budget.begin();
    for (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        const chunk = bytes.subarray(at, at + chunkBytes);
        sponge.update(chunk);
        budget.hashed(chunk.length);
        if (budget.isStepOver()) yield;
      }
    }
    const digest = sponge.digest();
    digests.set(name, digest);
    return digest;
  }

  return {
    add,
    digest(algorithm, key, pieces) {
      const { kind, hash } = algorithm;
      const isHmac = kind === 'hmac';
      const name = `${kind} ${hash} ${isHmac ? numberOf(key) : ''} ${nameOf(pieces)}`;
      return compute(name, () => (isHmac ? createHmac(hash, key.handle) : createHash(hash)), pieces);
    },
    bodyHash: (hash, body) => compute(`hash ${hash}  ${nameOf([body])}`, () => createHash(hash), [body]),
    check({ kind, hash, raw }, key, pieces, signature) {
      const text = Buffer.from(signature).toString('latin1');
      const name = `${kind} ${hash ?? ''} ${raw ?? ''} ${numberOfPair(key)} ${text.length}:${text} ${nameOf(pieces)}`;
      const known = checks.get(name);
      if (known !== undefined) return known;
      if (!budget.allows(sizeOf(pieces))) return false;
      budget.begin();
      budget.hashed(sizeOf(pieces));
      const isRight = isRightSignature({ kind, hash, raw }, joinPieces(pieces), key.publicKey, signature);
      checks.set(name, isRight);
      return isRight;
    },
  };
}

interface Sponge {
  update(bytes: Uint8Array): unknown;
  digest(): Buffer;
}

function started(start: () => Sponge): Sponge | null {
  try {
    return start();
  } catch {
    // A hash that this machine's OpenSSL does not have or does not allow.
    return null;
  }
}

function sizeOf(pieces: Pieces): number {
  let size = 0;
  for (const piece of pieces) size += piece.length;
  return size;
}

function isRightSignature(
  { kind, hash, raw }: { kind: PairAlgorithm['kind']; hash: string | undefined; raw: true | undefined },
  bytes: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
): boolean {
  try {
    const digest = kind === 'ed25519' ? null : (hash ?? 'sha256');
    return verifyBytes(digest, bytes, raw ? { key, dsaEncoding: 'ieee-p1363' } : key, signature);
  } catch {
    // A signature that is no DER, or of another length.
    return false;
  }
}
