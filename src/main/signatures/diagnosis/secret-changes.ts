// Other keys for the same check: secrets that are configured elsewhere, and the configured ones read in another way.

import { createSecretKey } from 'node:crypto';
import type { SecretValue } from '../input.ts';
import { companionsOf, parseKey } from '../keys.ts';
import type { Key, SharedKey } from '../keys.ts';
import { providers } from '../../../shared/providers/index.ts';
import type { SchemeDefinition } from '../../../shared/providers/define.ts';
import type { OtherSecret } from './input.ts';
import { isRecipe } from './subject.ts';
import type { Change, Session, Subject } from './subject.ts';
import { otherSecret, secretEncoding, secretWhitespace } from './words.ts';

/** Most secrets of each kind that are tried. */
const otherLimit = 40;
const ownLimit = 3;
/** Shorter keys are no keys: decoding a word as base64 gives a few bytes. */
const shortestKey = 4;

/** The secrets that are configured elsewhere; those of an endpoint, and of this provider, first. */
export function* otherSecretChanges({ input }: Session, { provider, scheme, keys }: Subject): Generator<Change> {
  const rank = (other: OtherSecret): number =>
    (other.provider === provider.id ? 0 : other.provider === null ? 1 : 2) + (other.endpoint === null ? 3 : 0);
  const tried = new Set(keys.map(textOf));
  let count = 0;
  for (const { secret, endpoint } of input.others.toSorted((a, b) => rank(a) - rank(b))) {
    const key = parseKey(secret, scheme);
    if (key.kind === 'problem' || tried.has(textOf(key))) continue;
    if ((count += 1) > otherLimit) return;
    tried.add(textOf(key));
    yield { keys: [key], cause: () => otherSecret(secret.name, endpoint) };
  }
  if (!isRecipe(scheme) || scheme.companion === undefined) return;
  for (const { secret, endpoint } of input.others.slice(0, otherLimit)) {
    const companions = companionsOf(scheme.companion, [secret], scheme);
    if (companions.length > 0) yield { companions, cause: () => otherSecret(secret.name, endpoint) };
  }
}

/** The configured secrets without stray characters, and with them. */
export function* whitespaceChanges(session: Session, subject: Subject): Generator<Change> {
  const tried = new Set(subject.keys.map(textOf));
  for (const secret of session.input.secrets.slice(0, ownLimit)) {
    for (const value of cleaned(secret.value)) {
      const key = parseKey({ ...secret, value }, subject.scheme);
      if (key.kind === 'problem' || tried.has(textOf(key))) continue;
      tried.add(textOf(key));
      yield { keys: [key], cause: () => secretWhitespace(secret.name, 'stray white space or quotes are taken off it') };
    }
    if (!takesShared(subject.scheme)) continue;
    for (const [value, how] of soiled(secret.value)) {
      yield* keyChange(tried, secret, Buffer.from(value, 'utf8'), () => secretWhitespace(secret.name, how));
    }
  }
}

function cleaned(value: string): readonly string[] {
  const bare = value.replaceAll(/[\u200b-\u200d\u2060\ufeff]/g, '');
  const trimmed = bare.trim();
  const unquoted = trimmed.replaceAll(/^["'`“”‘’]+|["'`“”‘’]+$/g, '').trim();
  const all = [trimmed, unquoted, unquoted.replaceAll(/\s+/g, ''), unquoted.replaceAll(/(?:\\r|\\n)+$/g, '')];
  return [...new Set(all)].filter((text) => text !== value && text !== '');
}

function soiled(value: string): readonly (readonly [string, string])[] {
  return [
    [`${value}\n`, 'a line break follows it'],
    [`${value}\r\n`, 'a line break (CRLF) follows it'],
    [`${value} `, 'a blank follows it'],
    [` ${value}`, 'a blank stands before it'],
    [`"${value}"`, 'it stands in quotes'],
    [`'${value}'`, 'it stands in single quotes'],
  ];
}

/** The configured secrets with or without prefix, decoded or not. */
export function* encodingChanges(session: Session, subject: Subject): Generator<Change> {
  if (!takesShared(subject.scheme)) return;
  const tried = new Set(subject.keys.map(textOf));
  for (const secret of session.input.secrets.slice(0, ownLimit)) {
    if (secret.value.includes('-----BEGIN')) continue;
    for (const [text, which] of prefixForms(secret.value, subject)) {
      for (const [bytes, how] of readings(text)) {
        const what = [which, how].filter((part) => part !== '').join(' and ');
        yield* keyChange(tried, secret, bytes, () => secretEncoding(secret.name, what));
      }
    }
    const plain = Buffer.from(secret.value, 'utf8');
    for (const encoding of ['base64', 'hex'] as const) {
      const bytes = Buffer.from(plain.toString(encoding), 'latin1');
      yield* keyChange(tried, secret, bytes, () => secretEncoding(secret.name, `its ${encoding} text is the key`));
    }
  }
}

function* keyChange(
  tried: Set<string>,
  secret: SecretValue,
  bytes: Uint8Array,
  cause: Change['cause'],
): Generator<Change> {
  if (bytes.length < shortestKey) return;
  const key: SharedKey = { kind: 'shared', name: secret.name, bytes, handle: createSecretKey(bytes) };
  if (tried.has(textOf(key))) return;
  tried.add(textOf(key));
  yield { keys: [key], cause };
}

/** The text as it is, without each prefix that it may have, and with the one it may have lost. */
function prefixForms(value: string, { provider }: Subject): readonly (readonly [string, string])[] {
  const found = new Map([[value, '']]);
  const add = (text: string, how: string): void => {
    if (text !== '' && !found.has(text)) found.set(text, how);
  };
  for (const prefix of knownPrefixes)
    if (value.startsWith(prefix)) add(value.slice(prefix.length), 'its prefix is taken off');
  add(value.replace(/^[A-Za-z][A-Za-z0-9]{1,9}_/, ''), 'its prefix is taken off');
  add(value.replace(/^(?:[A-Za-z][A-Za-z0-9]{1,9}_){2}/, ''), 'its prefix is taken off');
  const { secretForm } = provider;
  const own = secretForm.kind === 'key-pair' ? '' : secretForm.prefix;
  for (const prefix of new Set([own, 'whsec_'])) {
    if (prefix !== '' && !value.startsWith(prefix)) add(prefix + value, `the prefix ${prefix} is put before it`);
  }
  return [...found];
}

const knownPrefixes: readonly string[] = [
  ...new Set(providers.flatMap(({ secretForm }) => (secretForm.kind === 'key-pair' ? [] : [secretForm.prefix]))),
  'v1,whsec_',
  'v1,',
].filter((prefix) => prefix !== '');

/** The bytes that a text may stand for. */
function readings(text: string): readonly (readonly [Uint8Array, string])[] {
  const found: (readonly [Uint8Array, string])[] = [[Buffer.from(text, 'utf8'), 'its text is the key']];
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) found.push([Buffer.from(text, 'hex'), 'its hexadecimal digits are decoded']);
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) found.push([Buffer.from(text, 'base64'), 'it is base64-decoded']);
  return found;
}

/** Whether the scheme's key is a shared secret. */
function takesShared(scheme: SchemeDefinition): boolean {
  switch (scheme.kind) {
    case 'token':
      return true;
    case 'jwt':
      return scheme.algorithm === 'HS256';
    case 'message-signature':
      return true;
    default:
      return scheme.algorithm.kind === 'hmac' || scheme.algorithm.kind === 'hash';
  }
}

function textOf(key: Key): string {
  return key.kind === 'shared'
    ? Buffer.from(key.bytes).toString('latin1')
    : `\0${key.url ?? ''}\0${key.publicKey.export({ format: 'der', type: 'spki' }).toString('latin1')}`;
}
