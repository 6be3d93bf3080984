// The order in which causes are looked for. What is proved by a right signature comes before what the request only
// lacks, and cheap changes before those that make another body.

import type { RecipeScheme } from '../../../shared/providers/define.ts';
import { describePlace } from '../token-places.ts';
import type { Message } from '../message.ts';
import { looksIntoBody, readRequest } from '../reading.ts';
import { placeOf } from '../signature-header.ts';
import { itemsOf } from '../items.ts';
import { attempt } from './attempt.ts';
import { decodedBodies, signedBodies, wholeLimit } from './body-changes.ts';
import { bodyTarget } from './body-target.ts';
import {
  absentHeaders,
  contentTypeChanges,
  lacksPairTime,
  missingPlaces,
  renamedChanges,
  repeatedChanges,
  repeatedHeader,
  tokenChanges,
} from './header-changes.ts';
import { readClaims } from './received.ts';
import { neighbours, recipeChanges } from './scheme-changes.ts';
import { encodingChanges, otherSecretChanges, whitespaceChanges } from './secret-changes.ts';
import { algorithmCause, algorithmChanges, cutCause } from './signature-changes.ts';
import { coversBody, hasRecipe, isRecipe } from './subject.ts';
import type { Cause, Change, Hit, Session, Subject } from './subject.ts';
import { otherTimeTexts, timeCause } from './time-reading.ts';
import { lostHashChange, urlChanges } from './url-changes.ts';
import * as words from './words.ts';

/** Most items of a list that are looked at to find the one that is not right. */
const itemLimit = 40;
/** Most secrets that are tried with each changed time, URL or way of joining. */
const keyLimit = 2;
/** About how many bodies there are to try; decides how many secrets are tried with each. */
const bodyCount = 30;

type Search = Generator<void, readonly Cause[] | null>;

/** What explains the failure; never empty. `first` is the subject that the verdict is about. */
export function* findCauses(
  session: Session,
  first: Subject,
  subjects: readonly Subject[],
): Generator<void, readonly Cause[]> {
  const { verdict } = session.input;
  const { message } = first;
  if (verdict.status === 'missing') return yield* findMissing(session, first);
  if (verdict.reason === 'certificate-address') return lacking(session, subjects);
  const all: Subject[] = [];
  for (const subject of subjects) all.push(yield* withItem(session, subject));

  const few = all.map((subject) => ({ ...subject, keys: subject.keys.slice(0, keyLimit) }));

  const searches: readonly (() => Search)[] = isBodyAlone(session)
    ? [() => each(session, all, repeatedChanges), () => findBody(session, all)]
    : [
        () => each(session, all, repeatedChanges),
        () => findRepeated(session, all),
        () => findNotation(session, all),
        () => each(session, few, timeChanges),
        () => each(session, all, (subject) => otherSecretChanges(session, subject)),
        () => each(session, all, (subject) => whitespaceChanges(session, subject)),
        () => each(session, all, (subject) => encodingChanges(session, subject)),
        () => findAlgorithm(session, all),
        () => findCut(session, all),
        () => each(session, all, tokenChanges),
        () => findNeighbour(session, first, message),
        () => each(session, few, recipeChanges),
        () => each(session, few, contentTypeChanges),
        () => each(session, few, renamedChanges),
        () => each(session, few, (subject) => urlChanges(session, subject)),
        () => findLostHash(session, first),
        () => findBody(session, all),
      ];
  for (const search of searches) {
    const causes = yield* search();
    if (causes !== null) return causes;
  }
  return lacking(session, all);
}

/** The first change that makes any of the subjects come out right. */
function* each(
  session: Session,
  subjects: readonly Subject[],
  changesOf: (subject: Subject) => Iterable<Change>,
): Search {
  for (const subject of subjects) {
    for (const change of changesOf(subject)) {
      const hit = yield* attempt(session, subject, change);
      if (session.budget.isStepOver()) yield;
      if (hit !== null) return causesOf(session, change.scheme ?? subject.scheme, hit, change.cause(hit));
    }
  }
  return null;
}

/** The cause, and what is wrong with the time besides. A changed unit is no cause of its own where the time is wrong. */
function causesOf({ input }: Session, scheme: Subject['scheme'], hit: Hit, cause: Cause): readonly Cause[] {
  const time = timeOf(input.now, input.toleranceSeconds, scheme, hit);
  if (time === null) return [cause];
  return cause.code === 'timestamp-unit' ? [time] : [cause, time];
}

function timeOf(now: number, tolerance: number | undefined, scheme: Subject['scheme'], hit: Hit): Cause | null {
  if (isRecipe(scheme)) return timeCause(scheme, hit, now, tolerance);
  if (hit.judged === 'expired') return words.replayedLate(undefined, undefined);
  return hit.judged === 'future' ? words.clockSkew(undefined) : null;
}

/** The subject with the first item that is not right as it is. */
function* withItem(session: Session, subject: Subject): Generator<void, Subject> {
  if (!hasRecipe(subject) || subject.scheme.items === undefined) return subject;
  const count = Math.min(itemsOf(subject.scheme.items, subject.message)?.length ?? 0, itemLimit);
  for (let item = 0; item < count; item += 1) {
    const candidate = { ...subject, item };
    if ((yield* attempt(session, candidate, {})) === null) return candidate;
  }
  return subject;
}

function* findMissing(session: Session, subject: Subject): Generator<void, readonly Cause[]> {
  const inBody = isRecipe(subject.scheme)
    ? (subject.scheme.signaturePath ?? subject.scheme.timestamp?.path)
    : undefined;
  const inItems = subject.scheme.kind === 'token' && subject.scheme.places.some((place) => place.in === 'json');
  if (inBody !== undefined || inItems) {
    const packed = yield* findDecoded(session, subject);
    if (packed !== null) return packed;
  }
  const causes =
    (yield* each(session, [subject], renamedChanges)) ??
    (yield* each(session, [subject], tokenChanges)) ??
    (yield* findNeighbour(session, subject, subject.message));
  if (causes !== null) return causes;
  const places = missingPlaces(subject);
  const place = places.length > 0 ? places.join(' and ') : unnamedPlace(session, subject);
  return [words.headerMissing(place, subject.provider.name)];
}

/** A body that holds what is missing once it is decoded. */
function* findDecoded(session: Session, subject: Subject): Search {
  for (const guess of decodedBodies(session, subject.message)) {
    if (session.budget.isStepOver()) yield;
    const hit = guess === null ? null : yield* attempt(session, subject, { body: guess.body });
    if (guess !== null && hit !== null) return causesOf(session, subject.scheme, hit, guess.cause);
  }
  return null;
}

function unnamedPlace({ input }: Session, { scheme }: Subject): string {
  if (input.verdict.reason === 'missing-timestamp') return 'the time of the signature';
  if (scheme.kind === 'token') return scheme.places[0] === undefined ? 'the token' : describePlace(scheme.places[0]);
  return isRecipe(scheme) ? placeOf(scheme) : 'the signature';
}

/** A request that another scheme's check finds right. `own` is null where no provider is known. */
export function* findNeighbour(session: Session, own: Subject | null, message: Message): Search {
  for (const { subject, cause } of neighbours(session, own, message)) {
    const hit = yield* attempt(session, subject, {});
    if (session.budget.isStepOver()) yield;
    if (hit?.spelling === 'same') return causesOf(session, subject.scheme, hit, cause(hit.key.name));
  }
  return null;
}

/** The verdict says that a header is ambiguous, and none of its values is right. */
// A generator like every search, though it computes nothing to pause after.
// oxlint-disable-next-line require-yield
function* findRepeated({ input }: Session, subjects: readonly Subject[]): Search {
  if (input.verdict.reason !== 'repeated-header') return null;
  const name = subjects.map(repeatedHeader).find((found) => found !== null);
  return name === undefined ? null : [words.headerRepeated(name, null)];
}

/** The same bytes and secrets, read kindly: another spelling, or marks around the signature. */
function* findNotation(session: Session, subjects: readonly Subject[]): Search {
  const { now, toleranceSeconds, verdict } = session.input;
  for (const subject of subjects) {
    if (!hasRecipe(subject)) continue;
    const hit = yield* attempt(session, subject, {});
    if (hit === null) continue;
    const { scheme } = subject;
    const time = timeOf(now, toleranceSeconds, scheme, hit);
    if (hit.spelling === 'same' && (verdict.reason === 'timestamp-malformed' || time?.code === 'timestamp-unit')) {
      if (time !== null) return [time];
    }
    return causesOf(session, scheme, hit, words.signatureEncoding(hit.spelling, scheme.encoding, placeIn(subject)));
  }
  return null;
}

function placeIn({ scheme, message }: Subject<RecipeScheme>): string {
  return placeOf(scheme, readRequest(scheme, message).names.signature);
}

/** The same time in another unit among what was signed. */
function* timeChanges(subject: Subject): Generator<Change> {
  if (!hasRecipe(subject) || !subject.scheme.recipe.some(({ kind }) => kind === 'timestamp')) return;
  const { scheme, message } = subject;
  const { timestamp, signatures } = readRequest(scheme, message);
  const sent = readClaims(scheme, signatures)[0]?.timestamp ?? timestamp;
  for (const text of otherTimeTexts(sent ?? '')) {
    const retime = (own: string): string | null => (own === sent ? text : null);
    yield { retime, cause: () => words.timestampUnit(scheme.timestamp?.unit) };
  }
}

function* findAlgorithm(session: Session, subjects: readonly Subject[]): Search {
  for (const subject of subjects) {
    const named = algorithmCause(session, subject);
    if (named !== null) return [named];
    for (const { hash, cause } of algorithmChanges(subject)) {
      const hit = yield* attempt(session, subject, {}, { hashes: hash });
      if (hit !== null) return causesOf(session, subject.scheme, hit, cause);
    }
  }
  return null;
}

function* findCut(session: Session, subjects: readonly Subject[]): Search {
  for (const subject of subjects) {
    const cause = yield* cutCause(session, subject);
    if (cause !== null) return [cause];
  }
  return null;
}

function* findLostHash(session: Session, subject: Subject): Search {
  const change = yield* lostHashChange(session, subject);
  return change === null ? null : yield* each(session, [subject], () => [change]);
}

/** Bodies are made once for all subjects, because each costs more than its signature. */
function* findBody(session: Session, all: readonly Subject[]): Search {
  session.budget.release();
  const byHash = isBodyAlone(session);
  const share = Math.max(1, Math.floor(session.budget.left() / bodyCount));
  const subjects = all
    .filter((subject) => subject.keys.length > 0 && (hasRecipe(subject) || byHash))
    .map((subject) => ({ ...subject, keys: subject.keys.slice(0, share) }));
  const [first] = subjects;
  if (first === undefined) return null;
  const { message } = first;
  const bodies = subjects.some(({ scheme }) => coversBody(scheme))
    ? signedBodies(session, message)
    : decodedBodies(session, message);
  const targets = subjects.map((subject) => (byHash ? bodyTarget(session, subject) : null));
  for (const guess of bodies) {
    // What was built so far may be enough for one step; hashing it is another.
    if (session.budget.isStepOver()) yield;
    if (guess === null) continue;
    const { body, cause } = guess;
    for (const [n, subject] of subjects.entries()) {
      const target = targets[n] ?? null;
      const mayFit = target === null ? hasRecipe(subject) : yield* target(body);
      const hit = mayFit ? yield* attempt(session, subject, { body }) : null;
      if (hit !== null) return causesOf(session, subject.scheme, hit, cause);
      if (session.budget.isStepOver()) yield;
    }
    if (!session.budget.allows(message.body.length)) return null;
  }
  return null;
}

/** The signature is right, and the body is not the one whose hash it names. */
function isBodyAlone({ input: { verdict } }: Session): boolean {
  return verdict.reason === 'body-hash-mismatch' || verdict.reason === 'digest-mismatch';
}

/** How a verdict names a query parameter that is signed and was not sent. */
const lostQuery = /query parameter .{1,200}?(?=, which)/;

/** Facts of the request that would explain the failure though nothing proves it, or that nothing is known. */
function lacking({ input, budget }: Session, subjects: readonly Subject[]): readonly Cause[] {
  for (const subject of subjects) {
    const names = absentHeaders(subject);
    if (names.length > 0) return [words.headerAbsent(names.map((name) => `header ${name}`).join(' and '), subject.provider.name)]; // prettier-ignore
    if (lacksPairTime(subject) && isRecipe(subject.scheme)) {
      return [words.headerAbsent(`the timestamp in ${placeOf(subject.scheme)}`, subject.provider.name)];
    }
  }
  const lost = input.verdict.reason === 'component-missing' ? lostQuery.exec(input.verdict.message)?.[0] : undefined;
  if (lost !== undefined) return [words.queryLost(lost)];
  const [first] = subjects;
  const dependsOnBody = subjects.some(({ scheme }) => coversBody(scheme) || looksIntoBody(scheme));
  const wasStopped = !budget.allows(input.body.length) || (dependsOnBody && input.body.length > wholeLimit);
  return [words.noKnownCause(first === undefined ? 1 : countOf(first), wasStopped)];
}

function countOf(subject: Subject): number {
  if (!hasRecipe(subject)) return 1;
  const { signatures } = readRequest(subject.scheme, subject.message);
  return readClaims(subject.scheme, signatures).reduce((sum, { tokens }) => sum + tokens.length, 0);
}
