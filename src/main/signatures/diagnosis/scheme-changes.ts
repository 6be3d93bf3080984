// Requests that are signed as another provider, another scheme or another sender signs.

import { headerValue } from '../../../shared/headers.ts';
import type { ProviderDefinition, RecipeScheme, SchemeDefinition } from '../../../shared/providers/define.ts';
import { detectProvider, providers } from '../../../shared/providers/index.ts';
import { itemsOf } from '../items.ts';
import { keysFor } from '../keys-for.ts';
import type { Message } from '../message.ts';
import { readRequest } from '../reading.ts';
import { describeRecipe } from '../recipe.ts';
import { isTokenSent } from '../token-places.ts';
import { hasRecipe, isRecipe } from './subject.ts';
import type { Cause, Change, Session, Subject } from './subject.ts';
import { headerMissing, otherRecipe, otherScheme } from './words.ts';

/** Most secrets that are tried with each neighbour. */
const keyLimit = 5;

/** A check under another scheme, and what it means when it comes out right. */
export interface Neighbour {
  readonly subject: Subject;
  readonly cause: (secret: string) => Cause;
}

/**
 * Every other scheme whose signature the request carries, that of the provider which its headers name first. Own
 * secrets come before those that are configured elsewhere. `own` is null where the provider is not known.
 */
export function* neighbours({ input }: Session, own: Subject | null, message: Message): Generator<Neighbour> {
  const detected = detectProvider(message.headers, () => message.json());
  const ordered = providers.toSorted((a, b) => Number(b.id === detected) - Number(a.id === detected));
  const ownSent = own !== null && isSent(own.scheme, message);
  const secrets = [input.secrets, input.others.map(({ secret }) => secret)];
  for (const [n, known] of secrets.entries()) {
    for (const provider of ordered) {
      // A stranger's secret under a stranger's scheme would be two mistakes, unless the headers name that provider.
      if (n === 1 && provider.id !== detected) continue;
      for (const scheme of provider.schemes) {
        const isOwn = own !== null && provider.id === own.provider.id;
        if ((isOwn && scheme.id === own.scheme.id) || !isSent(scheme, message)) continue;
        // A weaker signature beside the one that is wrong must not excuse it.
        if (isOwn && ownSent && !sharesHeader(scheme, own.scheme)) continue;
        if (own !== null && isLegacyOf(scheme, own.scheme)) continue;
        const { keys, companions } = keysFor(scheme, known);
        if (keys.length === 0) continue;
        const subject = { provider, scheme, message, keys: keys.slice(0, keyLimit), companions, item: 0 };
        yield { subject, cause: (secret) => causeOf(subject, isOwn, secret) };
      }
    }
  }
}

function causeOf({ provider, scheme, message }: Subject, isOwn: boolean, secret: string): Cause {
  const lacking = scheme.conditions?.find(
    (condition) => condition.from === 'header' && !condition.absent && message.header(condition.name) === undefined,
  );
  if (isOwn && lacking?.from === 'header') return headerMissing(`header ${lacking.name}`, provider.name);
  return otherScheme(isOwn ? `${provider.name} (${scheme.id})` : provider.name, secret);
}

/** Whether the request carries what the scheme checks. */
function isSent(scheme: SchemeDefinition, message: Message): boolean {
  const has = (name: string): boolean => Boolean(message.header(name));
  switch (scheme.kind) {
    case 'token':
      return isTokenSent(scheme, message);
    case 'jwt':
      return has(scheme.header);
    case 'message-signature':
      return has('signature-input');
    default: {
      if (scheme.signaturePath === undefined) return scheme.signatureHeaders.some(has);
      // An item without content is null; undefined means that there is no list.
      const item = scheme.items === undefined ? undefined : itemsOf(scheme.items, message)?.[0];
      return (
        (scheme.items === undefined || item !== undefined) && readRequest(scheme, message, item).signatures.length > 0
      );
    }
  }
}

function sharesHeader(a: SchemeDefinition, b: SchemeDefinition): boolean {
  if (!isRecipe(a) || !isRecipe(b)) return false;
  const names = b.signatureHeaders.map((name) => name.toLowerCase());
  return a.signatureHeaders.some((name) => names.includes(name.toLowerCase()));
}

/**
 * Whether `a` is what senders still send beside `b`: SHA-1 in a header of the same name without its end. Where the newer
 * header was dropped, that is the cause.
 */
function isLegacyOf(a: SchemeDefinition, b: SchemeDefinition): boolean {
  if (!isRecipe(a) || !isRecipe(b)) return false;
  const isSha1 = ({ algorithm }: RecipeScheme): boolean => algorithm.kind === 'hmac' && algorithm.hash === 'sha1';
  const begins = (long: string): boolean =>
    a.signatureHeaders.some((short) => long.toLowerCase().startsWith(`${short.toLowerCase()}-`));
  return isSha1(a) && !isSha1(b) && b.signatureHeaders.some(begins);
}

/** The check over what other providers join, with the header, the secret and the algorithm of this scheme. */
export function* recipeChanges(subject: Subject): Generator<Change> {
  if (!hasRecipe(subject) || subject.scheme.algorithm.kind !== 'hmac' || subject.scheme.signaturePath !== undefined)
    return;
  const { scheme, message } = subject;
  const time = findTime(scheme, message);
  const tried = new Set([describeRecipe(scheme.recipe)]);
  for (const { provider, recipe } of knownRecipes) {
    const name = describeRecipe(recipe);
    if (tried.has(name)) continue;
    tried.add(name);
    const needs = (kind: string): boolean => recipe.some((part) => part.kind === kind);
    if (needs('id') && scheme.idHeaders === undefined) continue;
    const ownTime = scheme.timestamp !== undefined;
    if (needs('timestamp') && !ownTime && time === undefined) continue;
    const cause = (): Cause => otherRecipe(provider.name, name, describeRecipe(scheme.recipe));
    const changed: RecipeScheme = { ...scheme, recipe };
    yield ownTime || time === undefined ? { scheme: changed, cause } : { scheme: changed, retime: () => time, cause };
  }
}

/** A time that is sent beside the signature, whoever reads it. */
function findTime(scheme: RecipeScheme, message: Message): string | undefined {
  if (scheme.timestamp !== undefined) return undefined;
  const found = message.headers.find(([name]) => /timestamp$/i.test(name));
  return found === undefined ? undefined : headerValue(message.headers, found[0]);
}

const joinable: ReadonlySet<string> = new Set(['literal', 'body', 'timestamp', 'id', 'url', 'method', 'path']);

/** Distinct ways of joining, without those that need something only their provider sends. */
const knownRecipes: readonly { readonly provider: ProviderDefinition; readonly recipe: RecipeScheme['recipe'] }[] = [
  ...new Map(
    providers
      .flatMap((provider) => provider.schemes.filter(isRecipe).map((scheme) => ({ provider, scheme })))
      .filter(
        ({ scheme: { algorithm, recipe } }) =>
          algorithm.kind === 'hmac' && recipe.every(({ kind }) => joinable.has(kind)),
      )
      .map(({ provider, scheme: { recipe } }) => [describeRecipe(recipe), { provider, recipe }] as const),
  ).values(),
];
