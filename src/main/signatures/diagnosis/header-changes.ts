// Headers that arrived twice, joined, under another name or not at all.

import { headerValue, headerValues } from '../../../shared/headers.ts';
import type { RecipeScheme } from '../../../shared/providers/define.ts';
import { certificateAddress } from '../certificate.ts';
import { engineOf } from '../engines.ts';
import { createMessage } from '../message.ts';
import type { Message } from '../message.ts';
import { readRequest } from '../reading.ts';
import { placeOf } from '../signature-header.ts';
import { describePlace } from '../token-places.ts';
import { isRecipe } from './subject.ts';
import type { Change, Subject } from './subject.ts';
import { headerMissing, headerRenamed, headerRepeated, signatureEncoding } from './words.ts';

/** Most values of one header that are tried. */
const valueLimit = 5;

/** The check with one value of each header that arrived more than once, as lines or joined by commas. */
export function* repeatedChanges({ scheme, message }: Subject): Generator<Change> {
  for (const name of namesOf(scheme, message)) {
    const lines = headerValues(message.headers, name);
    const values = lines.length > 1 ? lines : joinedValues(scheme, name, lines[0] ?? '');
    if (values.length < 2) continue;
    for (const [n, value] of values.slice(0, valueLimit).entries()) {
      if (values.indexOf(value) !== n) continue;
      yield { message: withHeader(message, name, value), cause: () => headerRepeated(name, n + 1) };
    }
  }
}

/** Name of a header that arrived more than once with different values, if any. */
export function repeatedHeader({ scheme, message }: Subject): string | null {
  const isRepeated = (name: string): boolean => new Set(headerValues(message.headers, name)).size > 1;
  return namesOf(scheme, message).find(isRepeated) ?? null;
}

/** Headers on which the check depends. */
function namesOf(scheme: Subject['scheme'], message: Message): readonly string[] {
  const names = engineOf(scheme).headerNames(scheme);
  if (isRecipe(scheme)) {
    const parts = scheme.recipe.flatMap((part) =>
      part.kind === 'header' ? [part.name] : part.kind === 'signed-headers' ? [part.list] : [],
    );
    return [...names, ...parts];
  }
  return scheme.kind === 'message-signature' ? [...names, ...coveredHeaders(message)] : names;
}

/** Header names that a message signature covers, as far as they can be told without parsing it. */
function coveredHeaders(message: Message): readonly string[] {
  const lists = headerValues(message.headers, 'signature-input')
    .join()
    .matchAll(/\([^()]*\)/g);
  const names = [...lists].flatMap(([list]) =>
    [...list.matchAll(/(?<!=)"([a-z0-9-]+)"/g)].map((found) => found[1] ?? ''),
  );
  return [...new Set(names)].slice(0, 20);
}

/** Values that a proxy joined. Signature headers that may hold commas are read as they are. */
function joinedValues(scheme: Subject['scheme'], name: string, value: string): readonly string[] {
  if (!value.includes(',') || scheme.kind === 'message-signature') return [value];
  const holdsCommas =
    isRecipe(scheme) &&
    scheme.format.kind !== 'value' &&
    scheme.signatureHeaders.some((own) => own.toLowerCase() === name.toLowerCase());
  if (holdsCommas) return [value];
  const parts = value.split(',', valueLimit).map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

/** The message with this header once. */
function withHeader({ method, url, headers, body }: Message, name: string, value: string): Message {
  const wanted = name.toLowerCase();
  const others = headers.filter(([key]) => key.toLowerCase() !== wanted);
  return createMessage({ method, url, body, headers: [...others, [name, value]] });
}

/** The check with a header that arrived under a similar name. */
export function* renamedChanges({ scheme, message }: Subject): Generator<Change> {
  for (const name of namesOf(scheme, message)) {
    if (headerValue(message.headers, name)) continue;
    const found = message.headers.find(([key, value]) => value !== '' && isSimilar(key, name));
    if (found === undefined) continue;
    const [arrived, value] = found;
    yield { message: withHeader(message, name, value), cause: () => headerRenamed(name, arrived) };
  }
}

/** The name with other separators, without or with an `X-`, or behind a prefix that proxies put before names. */
function isSimilar(arrived: string, name: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_.]/g, '').replace(/^x/, '');
  const bare = arrived.replace(/^(?:http|x[-_](?:original|forwarded|amzn[-_]remapped|proxy))[-_]/i, '');
  return plain(arrived) === plain(name) || plain(bare) === plain(name);
}

/** A form without the content type that makes it one. */
export function* contentTypeChanges({ provider, scheme, message }: Subject): Generator<Change> {
  if (!isRecipe(scheme) || !scheme.recipe.some(({ kind }) => kind === 'form') || message.form() !== null) return;
  const changed = withHeader(message, 'Content-Type', formType);
  yield { message: changed, cause: () => headerMissing(`header Content-Type (${formType})`, provider.name) };
}

const formType = 'application/x-www-form-urlencoded';

/** The token without marks around it, or with the prefix that it lacks. */
export function* tokenChanges({ scheme, message }: Subject): Generator<Change> {
  if (scheme.kind !== 'token') return;
  for (const place of scheme.places) {
    if (place.in !== 'header') continue;
    const value = message.header(place.name);
    if (!value) continue;
    const bare = withoutMarks(value.replace(/^(?:bearer|token|basic)\s+/i, ''));
    const prefix = place.prefix ?? '';
    const cause: Change['cause'] = () => signatureEncoding('same', null, `header ${place.name}`);
    for (const text of new Set([prefix + bare, prefix + value])) {
      if (text !== value) yield { message: withHeader(message, place.name, text), cause };
    }
  }
}

/** Without quotes and white space around it. A loop: a pattern for the end would try every run of them in the middle. */
function withoutMarks(text: string): string {
  const isMark = (char: string | undefined): boolean => char !== undefined && /["'\s]/.test(char);
  let start = 0;
  let end = text.length;
  while (start < end && isMark(text[start])) start += 1;
  while (end > start && isMark(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

/**
 * What the scheme needs and the request lacks, in words. Empty when it lacks nothing. Facts of the request alone: they
 * say what is missing even where nothing can be computed.
 */
export function missingPlaces({ scheme, message }: Subject): readonly string[] {
  switch (scheme.kind) {
    case 'token':
      return scheme.places.slice(0, 1).map(describePlace);
    case 'jwt':
      return headerValue(message.headers, scheme.header) ? [] : [`header ${scheme.header}`];
    case 'message-signature':
      return ['Signature', 'Signature-Input'].filter((name) => !message.header(name)).map((name) => `header ${name}`);
    default:
      return missingParts(scheme, message);
  }
}

function missingParts(scheme: RecipeScheme, message: Message): readonly string[] {
  const { names, signatures, id, timestamp } = readRequest(scheme, message);
  const found: string[] = [];
  if (signatures.length === 0) found.push(placeOf(scheme, names.signature));
  if (names.id !== undefined && id === undefined) found.push(`header ${names.id}`);
  if (names.timestamp !== undefined && timestamp === undefined) found.push(`header ${names.timestamp}`);
  const path = scheme.timestamp?.path;
  if (path !== undefined && timestamp === undefined) found.push(`the body’s ${path}`);
  return found;
}

/** Headers that are part of what is signed and were not sent: a sender may leave them out, a proxy may drop them. */
export function absentHeaders({ scheme, message }: Subject): readonly string[] {
  const isAbsent = (name: string): boolean => headerValue(message.headers, name) === undefined;
  if (scheme.kind === 'message-signature') return coveredHeaders(message).filter(isAbsent);
  if (!isRecipe(scheme)) return [];
  const { certificate } = scheme;
  const source = certificate?.source;
  const address =
    source?.from === 'header' && certificateAddress({ ...certificate, source, host: '' }, message) === null;
  const parts = scheme.recipe.flatMap((part) => {
    if (part.kind === 'header') return [part.name];
    return part.kind === 'signed-headers' ? [part.list, ...listedHeaders(message, part.list)] : [];
  });
  return [...(address ? [source.name] : []), ...parts.filter(isAbsent)];
}

function listedHeaders(message: Message, list: string): readonly string[] {
  return (message.header(list) ?? '')
    .split(',', 50)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Whether the signature header lost its timestamp: a signature is there, and nothing that could be a time. */
export function lacksPairTime({ scheme, message }: Subject): boolean {
  if (!isRecipe(scheme) || scheme.format.kind !== 'pairs') return false;
  const { signatureKey } = scheme.format;
  const values = scheme.signatureHeaders.flatMap((name) => headerValues(message.headers, name));
  const parts = values.flatMap((value) => value.split(/[,;\s]+/, 20)).filter((part) => part !== '');
  const isSignature = (part: string): boolean =>
    part.startsWith(`${signatureKey}=`) && /^[\w+/-]{16,}={0,2}$/.test(part.slice(signatureKey.length + 1));
  return parts.length > 0 && parts.every(isSignature);
}
