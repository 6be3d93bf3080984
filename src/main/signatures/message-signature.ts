// HTTP message signatures (RFC 9421): checks every labelled signature of a request, and the digest that ties the body
// to it. One right signature is enough. What it does not cover is said in warnings, since a signature may cover nothing.

import type { Verdict, VerdictStatus } from '../../shared/exchange.ts';
import type { MessageSignatureScheme } from '../../shared/providers/define.ts';
import type { CheckContext, SchemeEngine } from './engine.ts';
import {
  algorithmsOf,
  candidatesOf,
  findMatch,
  isAlgorithm,
  usableAlgorithms,
} from './message-signature-algorithms.ts';
import type { Match } from './message-signature-algorithms.ts';
import { createComponentReader, dependsOnUrl, shorten } from './message-signature-components.ts';
import type { ComponentReader, SignatureProblem } from './message-signature-components.ts';
import { checkDigest } from './message-signature-digest.ts';
import type { DigestCheck } from './message-signature-digest.ts';
import { joinedField, parameterOf, readEntries, signatureBase, timeOf } from './message-signature-entries.ts';
import type { SignatureEntry } from './message-signature-entries.ts';
import { signMessage } from './message-signature-sign.ts';
import { viewMessage } from './message-signature-view.ts';
import { describeDuration } from './timestamp.ts';
import { matched, mismatch, missing, verdict, withTime } from './verdicts.ts';
import type { Facts } from './verdicts.ts';

/** RFC 9421 with RFC 9530. */
export const messageSignatureEngine: SchemeEngine<MessageSignatureScheme> = {
  check,
  sign: signMessage,
  view: viewMessage,
  headerNames: () => ['Signature', 'Signature-Input', 'Content-Digest'],
};

type Context = CheckContext<MessageSignatureScheme>;

/** Of several signatures, the verdict that says most is given. */
const order: readonly VerdictStatus[] = [
  'valid',
  'expired',
  'future',
  'missing',
  'invalid',
  'unsupported',
  'malformed',
];

const words = { invalid: 'Invalid', malformed: 'Malformed', unsupported: 'Unsupported' } as const;

function check(context: Context): Verdict {
  const { message } = context;
  for (const name of ['Signature', 'Signature-Input']) {
    if (joinedField(message, name) === undefined) return missing(factsOf(context), 'signature', `header ${name}`);
  }
  const entries = readEntries(message);
  if ('status' in entries) return problemVerdict(entries, factsOf(context));
  const read = createComponentReader(message);
  const digest = checkDigest(message);
  let best: Verdict | undefined;
  for (const [index, entry] of entries.entries()) {
    const match = entries.length > 1 ? { n: index + 1, of: entries.length } : undefined;
    const next = judgeEntry(context, entry, read, digest, match);
    if (best === undefined || order.indexOf(next.status) < order.indexOf(best.status)) best = next;
  }
  // Neither field is empty, so there is at least one entry.
  const judged = best as Verdict;
  return digest.status === 'differs' ? digestMismatch(judged, digest) : judged;
}

function factsOf({ scheme, toleranceSeconds }: Context): Facts {
  return { scheme: scheme.id, toleranceMs: toleranceSeconds === undefined ? undefined : toleranceSeconds * 1_000 };
}

function judgeEntry(
  context: Context,
  entry: SignatureEntry,
  read: ComponentReader,
  digest: DigestCheck,
  match: Facts['match'],
): Verdict {
  const { message, keys, urlSource } = context;
  const facts = withTime(factsOf(context), timeOf(entry, 'created'));
  if (entry.problem !== null) return problemVerdict(entry.problem, facts);
  if (entry.components.some(dependsOnUrl)) {
    facts.url = message.url;
    facts.urlSource = urlSource;
  }
  const base = signatureBase(entry, read);
  if ('status' in base) return problemVerdict(base, facts);
  const refused = algorithmProblem(context, entry);
  if (refused !== null) return problemVerdict(refused, facts);
  const found = findMatch(entry, keys, base);
  if (found === null) {
    const names = candidatesOf(entry, keys).map(({ name }) => name);
    return mismatch(names, facts, isKeyIdKnown(context, entry) ? [] : [unknownKeyWarning(entry)]);
  }
  if (digest.status === 'malformed' && coversDigest(entry, digest)) {
    const what = 'header Content-Digest is covered, but is no dictionary of digests (RFC 9530)';
    return problemVerdict({ status: 'malformed', reason: 'digest-malformed', what }, facts);
  }
  if (match !== undefined) facts.match = match;
  const result = judgeTime(context, entry, found, facts);
  const said = match === undefined ? result.message : `${result.message} (signature ${shorten(entry.label)})`;
  return { ...result, message: said, warnings: [...result.warnings, ...coverage(context, entry, found, digest)] };
}

function judgeTime(context: Context, entry: SignatureEntry, { key }: Match, facts: Facts): Verdict {
  const { provider, now } = context;
  const expires = timeOf(entry, 'expires');
  if (expires !== undefined && Math.floor(now / 1_000) * 1_000 > expires) {
    facts.secretName = key.name;
    const made = `${provider.name} signature made with secret “${key.name}”`;
    const when = `${describeDuration(now - expires)} ago`;
    return verdict(
      'expired',
      'past-expires',
      `Expired: ${made}, but its own time limit (expires) passed ${when}`,
      facts,
    );
  }
  const created = timeOf(entry, 'created');
  if (created === undefined) {
    return facts.toleranceMs === undefined
      ? matched(context, key.name, facts, null)
      : missing(facts, 'timestamp', 'the signature’s time (created)');
  }
  return matched(context, key.name, facts, { at: created, rule: { direction: 'both' } });
}

/** Why no key may be tried with the algorithm that the signature or the key names. */
function algorithmProblem({ keys }: Context, entry: SignatureEntry): SignatureProblem | null {
  const declared = parameterOf(entry, 'alg');
  if (declared !== undefined && !isAlgorithm(declared)) {
    const what = `the signature is made with ${shorten(declared)}, which Hookbench does not know`;
    return { status: 'unsupported', reason: 'unknown-algorithm', what };
  }
  const candidates = candidatesOf(entry, keys);
  if (candidates.some((key) => usableAlgorithms(entry, key).length > 0)) return null;
  const fitting = [...new Set(candidates.flatMap(algorithmsOf))];
  if (declared === undefined || fitting.length === 0) {
    const [first] = candidates;
    const what = `secret “${first?.name ?? ''}” is meant for an algorithm that its key does not fit`;
    return { status: 'unsupported', reason: 'unknown-algorithm', what };
  }
  const what = `the signature says it is made with ${declared}, but the configured keys are for ${fitting.join(', ')}`;
  return { status: 'invalid', reason: 'algorithm-mismatch', what };
}

/** What a right signature leaves open, in sentences. */
function coverage(context: Context, entry: SignatureEntry, { otherSalt }: Match, digest: DigestCheck): string[] {
  const warnings: string[] = [];
  if (entry.components.length === 0) {
    warnings.push('The signature covers no component, so it proves nothing about this request, not even its body.');
  } else if (context.message.body.length > 0) {
    const open = bodyWarning(entry, digest);
    if (open !== null) warnings.push(open);
  }
  if (!entry.parameters.has('created') && !entry.parameters.has('expires')) {
    warnings.push('The signature names no time (created, expires): a replayed request looks the same as a new one.');
  }
  if (!isKeyIdKnown(context, entry)) warnings.push(unknownKeyWarning(entry));
  if (otherSalt) {
    warnings.push(
      'The RSA-PSS salt is not 64 bytes long, as RFC 9421 demands; stricter receivers refuse this signature.',
    );
  }
  return warnings;
}

function bodyWarning(entry: SignatureEntry, digest: DigestCheck): string | null {
  if (!coversDigest(entry, digest)) {
    return 'The signature does not cover content-digest, so the body is not protected: anybody could have changed it.';
  }
  return digest.status === 'fits'
    ? null
    : 'Content-Digest holds no SHA-256 or SHA-512, so the body was not checked and is not protected.';
}

/** Whether the signature covers Content-Digest, or at least a digest in it that was compared. */
function coversDigest(entry: SignatureEntry, { status, checked }: DigestCheck): boolean {
  return entry.components.some(({ bare, parameters }) => {
    if (bare.value !== 'content-digest') return false;
    const key = parameters.get('key')?.value;
    return key === undefined || status !== 'fits' || checked.includes(key);
  });
}

function isKeyIdKnown({ keys }: Context, entry: SignatureEntry): boolean {
  const id = parameterOf(entry, 'keyid');
  return id === undefined || keys.some(({ name }) => name === id);
}

function unknownKeyWarning(entry: SignatureEntry): string {
  const id = shorten(parameterOf(entry, 'keyid') ?? '');
  return `The signature names key “${id}”; no secret has this name, so all were tried. A receiver that looks keys up by keyid needs one.`;
}

/** The body is another one: that outweighs a right signature, whether or not it covers the digest. */
function digestMismatch(judged: Verdict, { checked }: DigestCheck): Verdict {
  const said = judged.status === 'valid' ? 'the signature is right, but the body' : 'the body';
  const message = `Invalid: ${said} is not the one that Content-Digest names (${checked.join(', ')})`;
  return { ...judged, status: 'invalid', reason: 'digest-mismatch', message };
}

function problemVerdict({ status, reason, what }: SignatureProblem, facts: Facts): Verdict {
  return verdict(status, reason, `${words[status]}: ${what}`, facts);
}
