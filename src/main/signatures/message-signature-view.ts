// Shows how a message signature is checked: its base byte for byte, and the components that are covered, in words.

import type { SignatureView } from '../../shared/exchange.ts';
import type { MessageSignatureScheme } from '../../shared/providers/define.ts';
import type { SchemeContext } from './engine.ts';
import type { Key } from './keys.ts';
import { algorithmNames, candidatesOf, findMatch, isAlgorithm, makeSignature, usableAlgorithms } from './message-signature-algorithms.ts'; // prettier-ignore
import type { Match } from './message-signature-algorithms.ts';
import { createComponentReader, describeComponent, shorten } from './message-signature-components.ts';
import type { ComponentReader } from './message-signature-components.ts';
import { joinedField, parameterOf, readEntries, signatureBase } from './message-signature-entries.ts';
import type { SignatureEntry } from './message-signature-entries.ts';

const shownSecrets = 5;
const shownBytes = 65_536;

interface ShownEntry {
  readonly entry: SignatureEntry;
  /** Components that the message does not have count as empty. */
  readonly base: Uint8Array;
  readonly match: Match | null;
}

/** The view of one request. Of several signatures, the first that a configured key gives is shown, else the first. */
export function viewMessage({ message, keys }: SchemeContext<MessageSignatureScheme>): SignatureView {
  const found = readEntries(message);
  const read = createComponentReader(message);
  const entries = 'status' in found ? [] : found.map((entry) => showEntry(entry, read, keys));
  const shown = entries.find(({ match }) => match !== null) ?? entries[0];
  const base = shown?.base ?? new Uint8Array();
  return {
    algorithm: shown ? describeAlgorithm(shown, keys) : 'HTTP message signature, base64',
    place: 'header Signature, described by header Signature-Input',
    received: joinedField(message, 'signature') ?? null,
    expected: expectedOf(entries, keys),
    signatures: entries.flatMap(({ entry, match }) =>
      entry.signature === null ? [] : [{ text: entry.signature, secretName: match?.key.name ?? null }],
    ),
    signedBytes: Uint8Array.from(base.subarray(0, shownBytes)),
    signedSize: base.length,
    recipe: shown ? describeEntry(shown.entry, entries.length) : 'what Signature-Input lists; it cannot be read',
  };
}

function showEntry(entry: SignatureEntry, read: ComponentReader, keys: readonly Key[]): ShownEntry {
  const real = signatureBase(entry, read);
  if (!('status' in real)) {
    return { entry, base: real, match: entry.problem === null ? findMatch(entry, keys, real) : null };
  }
  const lenient: ComponentReader = (component) => {
    const value = read(component);
    return typeof value === 'string' ? value : '';
  };
  const base = signatureBase(entry, lenient);
  return { entry, base: 'status' in base ? new Uint8Array() : base, match: null };
}

/** The whole Signature header as each shared key would give it; signatures of key pairs stay as they were sent. */
function expectedOf(entries: readonly ShownEntry[], keys: readonly Key[]): SignatureView['expected'] {
  return keys.slice(0, shownSecrets).flatMap((key) => {
    const own = ({ entry }: ShownEntry): boolean =>
      candidatesOf(entry, keys).includes(key) && usableAlgorithms(entry, key).includes('hmac-sha256');
    if (key.kind !== 'shared' || !entries.some(own)) return [];
    const value = entries.flatMap((shown) => {
      const made = own(shown) ? makeSignature('hmac-sha256', key, shown.base) : null;
      const text = made === null ? shown.entry.signature : Buffer.from(made).toString('base64');
      return text === null ? [] : [`${shown.entry.label}=:${text}:`];
    });
    return [{ secretName: key.name, value: value.join(', ') }];
  });
}

function describeAlgorithm({ entry, match }: ShownEntry, keys: readonly Key[]): string {
  const declared = parameterOf(entry, 'alg');
  const [first] = candidatesOf(entry, keys).flatMap((key) => usableAlgorithms(entry, key));
  const algorithm = match?.algorithm ?? (declared !== undefined && isAlgorithm(declared) ? declared : first);
  return `${algorithm === undefined ? shorten(declared ?? 'HTTP message signature') : algorithmNames[algorithm]}, base64`;
}

function describeEntry(entry: SignatureEntry, count: number): string {
  const parts = [...entry.components.map(describeComponent), 'signature parameters'].join(' + ');
  const text = entry.components.length === 0 ? `${parts}; no component is covered` : parts;
  return count > 1 ? `${shorten(entry.label)}: ${text}` : text;
}
