// Signatures made with another algorithm, and signatures of which only a part arrived.

import { headerValues } from '../../../shared/headers.ts';
import { parseJson, valueAt } from '../../../shared/providers/read-value.ts';
import type { RecipeScheme } from '../../../shared/providers/define.ts';
import type { Key } from '../keys.ts';
import { readRequest } from '../reading.ts';
import { placeOf } from '../signature-header.ts';
import { attempt } from './attempt.ts';
import { hashesOfLength, readClaims } from './received.ts';
import { hasRecipe } from './subject.ts';
import type { Cause, Session, Subject } from './subject.ts';
import { otherAlgorithm, signatureCut } from './words.ts';

/** Hashes that senders use, beside the scheme's own. */
const hashes = ['sha1', 'sha256', 'sha512', 'sha384', 'md5'];
/** Characters that a signature of a key pair must lack to count as cut: one alone may have been lost anywhere. */
const cutBy = 4;

/** Another hash: for which received texts it is tried, and what it means. */
interface AlgorithmChange {
  readonly hash: (token: string) => readonly string[];
  readonly cause: Cause;
}

/** The other algorithms that the received signatures have the length of. */
export function* algorithmChanges({ scheme }: Subject): Generator<AlgorithmChange> {
  if (scheme.kind !== undefined && scheme.kind !== 'recipe') return;
  const { algorithm } = scheme;
  if (algorithm.kind === 'ed25519') return;
  const own = algorithm.kind === 'ecdsa' ? 'sha256' : algorithm.hash;
  const isPair = algorithm.kind === 'ecdsa' || algorithm.kind === 'rsa';
  for (const name of hashes) {
    if (name === own) continue;
    const hash = (token: string): readonly string[] => (isPair || hashesOfLength(token).includes(name) ? [name] : []);
    yield { hash, cause: otherAlgorithm(describe(algorithm.kind, name), describe(algorithm.kind, own), true) };
  }
}

function describe(kind: RecipeScheme['algorithm']['kind'], hash: string): string {
  const name = hash.toUpperCase().replace(/^SHA/, 'SHA-');
  return kind === 'hmac' ? `HMAC with ${name}` : kind === 'hash' ? name : `${kind.toUpperCase()} with ${name}`;
}

/** What the signature itself says of its algorithm, where the check refused that. */
export function algorithmCause({ input }: Session, { scheme, message }: Subject): Cause | null {
  const { reason } = input.verdict;
  if (reason !== 'unknown-algorithm' && reason !== 'algorithm-mismatch') return null;
  if (scheme.kind === 'jwt') {
    const header = (message.header(scheme.header) ?? '').split('.', 1)[0] ?? '';
    const used = valueAt(parseJson(Buffer.from(header, 'base64url').toString('utf8')), 'alg');
    const isKnown = typeof used === 'string' && /^(?:none|EdDSA|ES256K|(?:HS|RS|ES|PS)(?:256|384|512))$/i.test(used);
    return isKnown ? otherAlgorithm(used, scheme.algorithm, false) : null;
  }
  if (scheme.kind !== 'message-signature') return null;
  const text = headerValues(message.headers, 'signature-input').join();
  const used = /;\s*alg="([a-z0-9-]{1,40})"/.exec(text)?.[1];
  return used === undefined ? null : otherAlgorithm(used, 'the algorithm of the configured key', false);
}

/** Whether only a part of the signature arrived. */
export function* cutCause(session: Session, subject: Subject): Generator<void, Cause | null> {
  if (!hasRecipe(subject)) return jwtCut(subject);
  const { scheme, message } = subject;
  const reading = readRequest(scheme, message);
  const place = placeOf(scheme, reading.names.signature);
  const hit = yield* attempt(session, subject, {}, { cut: true });
  if (hit?.spelling === 'cut') return signatureCut(place, true);
  const tokens = readClaims(scheme, reading.signatures).flatMap((claim) => claim.tokens);
  const lengths = subject.keys.flatMap((key) => fullLength(scheme, key) ?? []);
  const shortest = Math.min(...lengths);
  const isShort = tokens.length > 0 && lengths.length > 0 && tokens.every(({ length }) => length <= shortest - cutBy);
  return isShort ? signatureCut(place, false) : null;
}

/** Characters of a whole signature of this key, where they are always the same. */
function fullLength({ algorithm, encoding }: RecipeScheme, key: Key): number | null {
  if (key.kind !== 'pair') return null;
  const bits = algorithm.kind === 'rsa' ? key.publicKey.asymmetricKeyDetails?.modulusLength : undefined;
  const bytes = algorithm.kind === 'ed25519' ? 64 : bits === undefined ? 0 : bits / 8;
  return bytes === 0 ? null : Buffer.alloc(bytes).toString(encoding).length;
}

/**
 * A JWT whose last part is too short. A token that is the beginning of a secret says nothing: people make up tokens that
 * begin alike.
 */
function jwtCut({ scheme, message }: Subject): Cause | null {
  if (scheme.kind !== 'jwt') return null;
  const signature = (message.header(scheme.header) ?? '').split('.')[2] ?? '';
  const isShort = signature !== '' && signature.length <= jwtLengths[scheme.algorithm] - cutBy;
  return isShort ? signatureCut(`header ${scheme.header}`, false) : null;
}

/** Characters of a whole signature in base64url. */
const jwtLengths = { HS256: 43, ES256: 86 } as const;
