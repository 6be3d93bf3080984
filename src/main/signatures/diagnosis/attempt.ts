// Tries one changed check. Recipes are computed here, through the ledger, so that one MAC is compared in every spelling
// and nothing is computed twice; the other kinds go through their own engines.

import type { RecipeScheme, SchemeDefinition } from '../../../shared/providers/define.ts';
import { equalText } from '../compare.ts';
import { engineOf } from '../engines.ts';
import { itemsOf } from '../items.ts';
import type { Key } from '../keys.ts';
import { createMessage, parsedBytes } from '../message.ts';
import type { Message } from '../message.ts';
import { looksIntoBody, readRequest } from '../reading.ts';
import { variantsOf } from '../recipe-check.ts';
import type { Pieces } from '../recipe.ts';
import type { PairAlgorithm } from './ledger.ts';
import { isCut, readClaims, signatureBytes, spellingOf } from './received.ts';
import type { Spelling } from './received.ts';
import { isRecipe } from './subject.ts';
import type { Carried, Change, Hit, Session, Subject } from './subject.ts';

/** How many times longer a byte takes to be parsed than to be hashed, about. */
const parseWeight = 4;

/** What {@link attempt} may count as right. */
interface AttemptOptions {
  /** Also a signature whose end or beginning is lost. */
  readonly cut?: true;
  /** Hash in place of the scheme's own, given the received text. */
  readonly hashes?: (token: string) => readonly string[];
}

/** The check after the change, or null when the signature is not right then either. Never throws. */
export function* attempt(
  session: Session,
  subject: Subject,
  change: Omit<Change, 'cause'>,
  options: AttemptOptions = {},
): Generator<void, Hit | null> {
  const scheme = change.scheme ?? subject.scheme;
  const message = messageOf(subject, change);
  const keys = change.keys ?? subject.keys;
  // Without what stands in the body, the rest would seem right or wrong for another reason.
  if (message.body.length > parsedBytes && looksIntoBody(scheme)) return null;
  if (looksIntoBody(scheme)) session.budget.worked(message.body.length * parseWeight);
  if (session.budget.isStepOver()) yield;
  if (!isRecipe(scheme)) return yield* attemptEngine(session, subject, scheme, message, keys);

  const parts = carriedBy(session, subject, change, scheme, message);
  if (parts === null) return null;
  const context = {
    provider: subject.provider,
    scheme,
    message,
    keys,
    companions: change.companions ?? subject.companions,
    now: session.input.now,
  };
  for (const claim of parts.claims) {
    const sent = claim.timestamp ?? parts.timestamp ?? '';
    const timestamp = change.retime === undefined ? sent : change.retime(sent);
    if (timestamp === null) continue;
    countHiddenHash(session, scheme, message);
    for (const variant of variantsOf(context, { id: parts.id, timestamp, message, item: parts.item })) {
      for (const key of keys) {
        const pieces = variant(key);
        if (pieces === null) continue;
        const spelling = yield* match(session, scheme, key, pieces, claim.tokens, options);
        if (spelling === null || !(yield* bodyHashFits(session, scheme, message))) continue;
        return { key, spelling, time: scheme.timestamp === undefined ? undefined : timestamp };
      }
    }
  }
  return null;
}

function messageOf(subject: Subject, { message, body }: Omit<Change, 'cause'>): Message {
  if (body === undefined) return message ?? subject.message;
  const { method, url, headers } = message ?? subject.message;
  return createMessage({ method, url, headers, body });
}

/** What the request carries. Other keys, and another body where headers carry the signature, change nothing of it. */
function carriedBy(
  session: Session,
  subject: Subject,
  change: Omit<Change, 'cause'>,
  scheme: RecipeScheme,
  message: Message,
): Carried | null {
  const inBody = scheme.signaturePath !== undefined;
  if (change.scheme !== undefined || change.message !== undefined || (inBody && change.body !== undefined)) {
    return readCarried(subject, scheme, inBody ? message : (change.message ?? subject.message));
  }
  let carried = session.carried.get(subject);
  if (carried === undefined) {
    session.carried.set(subject, (carried = readCarried(subject, scheme, subject.message)));
  }
  return carried;
}

function readCarried(subject: Subject, scheme: RecipeScheme, message: Message): Carried | null {
  const item = scheme.items === undefined ? undefined : itemsOf(scheme.items, message)?.[subject.item];
  // Undefined means that there is no such item; one without content is null.
  if (scheme.items !== undefined && item === undefined) return null;
  const { id, timestamp, signatures } = readRequest(scheme, message, item);
  return { id: id ?? '', timestamp, item, claims: readClaims(scheme, signatures) };
}

function* match(
  session: Session,
  scheme: RecipeScheme,
  key: Key,
  pieces: Pieces,
  tokens: readonly string[],
  { cut, hashes }: AttemptOptions,
): Generator<void, Spelling | null> {
  const { algorithm, encoding } = scheme;
  if (algorithm.kind !== 'hmac' && algorithm.kind !== 'hash') {
    return key.kind === 'pair' ? yield* matchPair(session, scheme, key, pieces, tokens, hashes) : null;
  }
  if (key.kind !== 'shared') return null;
  for (const token of tokens) {
    for (const hash of hashes?.(token) ?? [algorithm.hash]) {
      const digest = yield* session.ledger.digest({ kind: algorithm.kind, hash }, key, pieces);
      if (digest === null) return null;
      const spelling = spellingOf(digest, token, encoding);
      if (spelling !== null) return spelling;
      if (cut && isCut(digest, token, encoding)) return 'cut';
    }
  }
  return null;
}

function* matchPair(
  { ledger, budget }: Session,
  { algorithm, encoding }: RecipeScheme,
  key: Extract<Key, { kind: 'pair' }>,
  pieces: Pieces,
  tokens: readonly string[],
  hashes: AttemptOptions['hashes'],
): Generator<void, Spelling | null> {
  if (algorithm.kind === 'hmac' || algorithm.kind === 'hash') return null;
  const own = algorithm.kind === 'rsa' ? algorithm.hash : 'sha256';
  for (const token of tokens) {
    for (const { bytes, spelling } of signatureBytes(token, encoding)) {
      for (const hash of hashes?.(token) ?? [own]) {
        const way: PairAlgorithm = { kind: algorithm.kind, hash };
        if (ledger.check(way, key, pieces, bytes)) return spelling;
        if (budget.isStepOver()) yield;
        if (algorithm.kind !== 'ecdsa' || bytes.length !== 64) continue;
        if (ledger.check({ ...way, raw: true }, key, pieces, bytes)) return 'raw';
      }
    }
  }
  return null;
}

/** A hash of the body that the recipe itself holds is computed with the other parts, outside the ledger. */
function countHiddenHash({ budget }: Session, scheme: RecipeScheme, message: Message): void {
  for (const { kind } of scheme.recipe) {
    if (kind === 'body-crc32') budget.worked(message.body.length);
    if (kind !== 'body-hash') continue;
    budget.begin();
    budget.hashed(message.body.length);
  }
}

function* bodyHashFits(session: Session, scheme: RecipeScheme, message: Message): Generator<void, boolean> {
  if (scheme.bodyHashQuery === undefined) return true;
  const digest = yield* session.ledger.bodyHash('sha256', message.body);
  return digest !== null && equalText(digest.toString('hex'), message.query(scheme.bodyHashQuery) ?? '');
}

function* attemptEngine(
  { budget, input }: Session,
  { provider, companions }: Subject,
  scheme: SchemeDefinition,
  message: Message,
  keys: readonly Key[],
): Generator<void, Hit | null> {
  for (const key of keys) {
    // The engines hash the body where the signature was right so far; that is counted in any case.
    const size = scheme.kind === 'token' ? 0 : message.body.length;
    if (!budget.allows(size)) return null;
    budget.begin();
    budget.hashed(size);
    if (budget.isStepOver()) yield;
    const { status } = engineOf(scheme).check({
      provider,
      scheme,
      message,
      keys: [key],
      companions,
      now: input.now,
      toleranceSeconds: input.toleranceSeconds,
      urlSource: input.urlSource ?? 'received',
    });
    if (status === 'valid' || status === 'expired' || status === 'future') {
      return { key, spelling: 'same', time: undefined, judged: status === 'valid' ? 'fresh' : status };
    }
  }
  return null;
}
