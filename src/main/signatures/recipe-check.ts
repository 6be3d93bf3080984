// Checks a signature that a recipe describes. The MAC is checked before the time, so `expired` always means: right, but
// too old.

import { createHash } from 'node:crypto';
import type { Verdict } from '../../shared/exchange.ts';
import type { RecipeScheme } from '../../shared/providers/define.ts';
import { certificateAddress, certificateProblem } from './certificate.ts';
import { equalText } from './compare.ts';
import type { CheckContext, SchemeContext } from './engine.ts';
import { itemLimit, itemsOf } from './items.ts';
import type { Key } from './keys.ts';
import { findMatch } from './mac.ts';
import type { Message } from './message.ts';
import { readRequest } from './reading.ts';
import { signedPieces, usesUrl } from './recipe.ts';
import type { Pieces, RecipeValues } from './recipe.ts';
import { parseSignatures, placeOf } from './signature-header.ts';
import { parseTimestamp } from './timestamp.ts';
import { matched, mismatch, missing, verdict, withTime } from './verdicts.ts';
import type { Facts } from './verdicts.ts';

/** The judgement of one scheme on one message. Never throws for anything in the message. */
export function checkRecipe(context: CheckContext<RecipeScheme>): Verdict {
  const { scheme, message } = context;
  if (scheme.items === undefined) return checkOne(context, undefined);
  const items = itemsOf(scheme.items, message);
  if (items === null) return missing(factsOf(context), 'signature', placeOf(scheme));
  if (items.length > itemLimit) {
    const what = `the body holds more than ${itemLimit} signed items`;
    return verdict('malformed', 'too-many-items', `Malformed: ${what}`, factsOf(context));
  }
  let last: Verdict | undefined;
  for (const item of items) {
    last = checkOne(context, item);
    if (last.status !== 'valid') return last;
  }
  return last as Verdict;
}

function factsOf({ scheme, message, toleranceSeconds, urlSource }: CheckContext<RecipeScheme>): Facts {
  const seconds = scheme.timestamp === undefined ? null : (toleranceSeconds ?? scheme.timestamp.toleranceSeconds);
  const facts: Facts = { scheme: scheme.id, toleranceMs: seconds === null ? undefined : seconds * 1_000 };
  if (usesUrl(scheme)) {
    facts.url = message.url;
    facts.urlSource = urlSource;
  }
  return facts;
}

function checkOne(context: CheckContext<RecipeScheme>, item: unknown): Verdict {
  const { scheme, message, now } = context;
  const rule = scheme.timestamp;
  const facts = factsOf(context);
  const reading = readRequest(scheme, message, item);
  const { names } = reading;

  if (reading.signatures.length === 0) return missing(facts, 'signature', placeOf(scheme, names.signature));
  if (names.id !== undefined && reading.id === undefined) return missing(facts, 'id', `header ${names.id}`);
  const timePlace = names.timestamp === undefined ? `the body’s ${rule?.path ?? ''}` : `header ${names.timestamp}`;
  if ((names.timestamp ?? rule?.path) !== undefined && reading.timestamp === undefined) {
    return missing(facts, 'timestamp', timePlace);
  }
  if (reading.ambiguous !== undefined) {
    const what = `header ${reading.ambiguous} was sent more than once with different values`;
    return verdict('malformed', 'repeated-header', `Malformed: ${what}`, facts);
  }
  const parsed = parseSignatures(scheme, reading.signatures);
  if (!parsed.ok) return verdict(parsed.status, parsed.reason, parsed.message, facts);

  const believed = certificateProblem(scheme, message);
  if (believed !== null) return verdict('invalid', 'certificate-address', `Invalid: ${believed}`, facts);
  const keys = keysFor(context);
  let claimedAt: number | undefined;
  let judged = false;
  for (const claim of parsed.claims) {
    const timestamp = claim.timestamp ?? reading.timestamp ?? '';
    const at = rule ? parseTimestamp(timestamp, rule.unit) : undefined;
    if (at === null) continue;
    judged = true;
    claimedAt ??= at;
    for (const variant of variantsOf(context, { id: reading.id ?? '', timestamp, message, item })) {
      for (const key of keys) {
        const pieces = variant(key);
        if (pieces === null) return unreadable(scheme, facts);
        const n = findMatch(scheme, key, pieces, claim.signatures);
        if (n === -1) continue;
        if (!bodyHashFits(scheme, message)) return bodyHashMismatch(scheme, facts);
        if (claim.signatures.length > 1) facts.match = { n: n + 1, of: claim.signatures.length };
        const time = at === undefined || !rule ? null : { at, rule };
        return matched({ provider: context.provider, scheme, now }, key.name, facts, time, reading.id);
      }
    }
  }
  if (!judged) {
    const where = names.timestamp === undefined && rule?.path === undefined ? placeOf(scheme) : timePlace;
    return verdict('malformed', 'timestamp-malformed', `Malformed: ${timeForm(scheme, where)}`, facts);
  }
  const warnings = parsed.cut ? ['Too many signatures were sent; only the first ones were compared.'] : [];
  const keyNames = context.keys.map(({ name }) => name);
  return mismatch(keyNames, withTime(facts, claimedAt), warnings);
}

/** Keys whose certificate is the one that the request names, where that is known. */
function keysFor({ scheme, keys, message }: SchemeContext<RecipeScheme>): readonly Key[] {
  const { certificate } = scheme;
  if (certificate === undefined) return keys;
  const address = certificateAddress(certificate, message);
  return keys.filter((key) => key.kind !== 'pair' || key.url === undefined || key.url === address);
}

/**
 * The strings that may have been signed, each as a function of the key: with each companion and each spelling of the
 * URL that the provider's library tries. Built once where they do not depend on the key.
 */
export function* variantsOf(
  { scheme, companions, message }: SchemeContext<RecipeScheme>,
  values: RecipeValues,
): Generator<(key: Key) => Pieces | null> {
  const urls = scheme.alternatePorts === true ? [message.url, ...otherPorts(message.url)] : [message.url];
  // Without a companion the pieces are null, which says what is missing.
  const texts = scheme.companion === undefined || companions.length === 0 ? [undefined] : companions;
  const holdsSecret = scheme.algorithm.kind === 'hash';
  for (const url of urls) {
    const changed = url === message.url ? message : { ...message, url };
    for (const companion of texts) {
      const all: RecipeValues = { ...values, message: changed, companion };
      if (holdsSecret) {
        yield (key) => signedPieces(scheme, { ...all, secret: key.kind === 'shared' ? key.bytes : undefined });
        continue;
      }
      const pieces = signedPieces(scheme, all);
      yield () => pieces;
    }
  }
}

/** The same URL with its scheme's standard port added, or with its port removed. */
function otherPorts(url: string): readonly string[] {
  const parts = /^(https?):\/\/((?:\[[^\]]*\]|[^/?#:])*)(:\d+)?(.*)$/is.exec(url);
  if (!parts) return [];
  const [, scheme = '', host = '', port, rest = ''] = parts;
  if (port !== undefined) return [`${scheme}://${host}${rest}`];
  return [`${scheme}://${host}:${scheme.toLowerCase() === 'https' ? 443 : 80}${rest}`];
}

function bodyHashFits(scheme: RecipeScheme, message: Message): boolean {
  if (scheme.bodyHashQuery === undefined) return true;
  const hash = createHash('sha256').update(message.body).digest('hex');
  return equalText(hash, message.query(scheme.bodyHashQuery) ?? '');
}

function bodyHashMismatch(scheme: RecipeScheme, facts: Facts): Verdict {
  const message = `Invalid: the signature of the URL is right, but the body is not the one that ${scheme.bodyHashQuery} in the URL names`;
  return verdict('invalid', 'body-hash-mismatch', message, facts);
}

function unreadable(scheme: RecipeScheme, facts: Facts): Verdict {
  const needs = scheme.recipe.some(({ kind }) => kind === 'form')
    ? 'the body is not a form (application/x-www-form-urlencoded), which this scheme signs field by field'
    : scheme.recipe.some(({ kind }) => kind === 'companion')
      ? `the secret “${scheme.companion ?? ''}” is needed as well`
      : 'the request does not hold what this scheme signs';
  return verdict('malformed', 'parts-missing', `Malformed: ${needs}`, facts);
}

function timeForm(scheme: RecipeScheme, where: string): string {
  const form =
    scheme.timestamp?.unit === 'iso'
      ? 'an ISO 8601 time'
      : `a whole number of ${scheme.timestamp?.unit ?? 'seconds'} since 1970`;
  return `the timestamp in ${where} is not ${form}`;
}
