// The signatures of a request (RFC 9421, section 4) and what each of them signs: the signature base of section 2.5.
// Checking, signing and showing build the base here, so that they cannot disagree.

import { headerValues } from '../../shared/headers.ts';
import { describeComponent, shorten } from './message-signature-components.ts';
import type { ComponentReader, SignatureProblem } from './message-signature-components.ts';
import { parseDictionary, writeMember } from './message-signature-fields.ts';
import type { FieldDictionary, FieldItem, FieldMember, FieldParameters } from './message-signature-fields.ts';
import type { Message } from './message.ts';

/** One labelled signature of a request. */
export interface SignatureEntry {
  readonly label: string;
  /** Covered components in order; empty where the entry has a problem with its list. */
  readonly components: readonly FieldItem[];
  readonly parameters: FieldParameters;
  /** Components and parameters as the base's last line holds them. */
  readonly input: string;
  /** In base64; null when Signature has no value of this label. */
  readonly signature: string | null;
  /** What is wrong with the entry before anything is computed. */
  readonly problem: SignatureProblem | null;
}

/** Most signatures that one request may carry. */
const entryLimit = 20;
/** Most components that one signature may cover. */
const componentLimit = 200;

/** The whole field, repeats joined; undefined when it is absent or empty. */
export function joinedField(message: Message, name: string): string | undefined {
  return headerValues(message.headers, name).join(', ').trim() || undefined;
}

/** Every signature that Signature-Input announces, or why the fields cannot be read. */
export function readEntries(message: Message): readonly SignatureEntry[] | SignatureProblem {
  const inputs = parseDictionary(joinedField(message, 'signature-input') ?? '');
  if (inputs === null) return malformed('header Signature-Input is no dictionary of structured fields (RFC 8941)');
  const signatures = parseDictionary(joinedField(message, 'signature') ?? '');
  if (signatures === null) return malformed('header Signature is no dictionary of structured fields (RFC 8941)');
  if (inputs.size > entryLimit) {
    const what = `header Signature-Input announces ${inputs.size} signatures; at most ${entryLimit} are looked at`;
    return { status: 'malformed', reason: 'too-many-signatures', what };
  }
  return [...inputs].map(([label, member]) => readEntry(label, member, signatures));
}

/** The entry that a signer makes: components and parameters, without a signature yet. */
export function newEntry(label: string, components: readonly FieldItem[], parameters: FieldParameters): SignatureEntry {
  const input = writeMember({ kind: 'list', items: components, parameters });
  return { label, components, parameters, input, signature: null, problem: null };
}

/** The bytes that are signed, or why they cannot be put together. */
export function signatureBase(entry: SignatureEntry, read: ComponentReader): Uint8Array | SignatureProblem {
  const lines: string[] = [];
  for (const component of entry.components) {
    const value = read(component);
    if (typeof value !== 'string') return value;
    lines.push(`${writeMember(component)}: ${value}`);
  }
  lines.push(`"@signature-params": ${entry.input}`);
  return Buffer.from(lines.join('\n'), 'latin1');
}

/** The text of a parameter such as `keyid`; undefined when it is absent. */
export function parameterOf(entry: SignatureEntry, name: string): string | undefined {
  return entry.parameters.get(name)?.value;
}

/** The time of `created` or `expires` in epoch ms; undefined when it is absent. */
export function timeOf(entry: SignatureEntry, name: 'created' | 'expires'): number | undefined {
  const text = parameterOf(entry, name);
  return text === undefined ? undefined : Number(text) * 1_000;
}

function readEntry(label: string, member: FieldMember, signatures: FieldDictionary): SignatureEntry {
  const sent = signatures.get(label);
  const signature = sent?.kind === 'item' && sent.bare.kind === 'bytes' ? sent.bare.value : null;
  if (member.kind === 'item') {
    const problem = malformed(`${nameOf(label)} in Signature-Input has no list of components`);
    return { label, components: [], parameters: member.parameters, input: '', signature, problem };
  }
  const { items, parameters } = member;
  const problem =
    listProblem(label, items) ??
    parameterProblem(label, parameters) ??
    (sent === undefined ? malformed(`header Signature has no value for ${nameOf(label)}`) : null) ??
    (signature === null ? malformed(`the value of ${nameOf(label)} in Signature is not base64 between colons`) : null);
  return { ...newEntry(label, items.slice(0, componentLimit), parameters), signature, problem };
}

function listProblem(label: string, items: readonly FieldItem[]): SignatureProblem | null {
  if (items.length > componentLimit) {
    const what = `${nameOf(label)} covers ${items.length} components; at most ${componentLimit} are looked at`;
    return { status: 'malformed', reason: 'too-many-components', what };
  }
  const seen = new Set<string>();
  for (const item of items) {
    if (item.bare.kind !== 'string') return malformed(`${nameOf(label)} covers something that is no quoted name`);
    if (item.bare.value === '@signature-params') return malformed(`${nameOf(label)} covers @signature-params, which no signature may list`); // prettier-ignore
    // Section 2: the order of parameters does not make two components of one.
    const parameters = [...item.parameters].map(([key, { text }]) => `;${key}=${text}`).toSorted();
    const identity = item.bare.text + parameters.join('');
    if (seen.has(identity)) return malformed(`${nameOf(label)} covers ${describeComponent(item)} twice`);
    seen.add(identity);
  }
  return null;
}

function parameterProblem(label: string, parameters: FieldParameters): SignatureProblem | null {
  for (const name of ['created', 'expires']) {
    const value = parameters.get(name);
    if (value !== undefined && (value.kind !== 'integer' || value.value.startsWith('-'))) {
      const what = `${name} of ${nameOf(label)} is not a whole number of seconds since 1970`;
      return { status: 'malformed', reason: 'timestamp-malformed', what };
    }
  }
  for (const name of ['keyid', 'alg', 'nonce', 'tag']) {
    const value = parameters.get(name);
    if (value !== undefined && value.kind !== 'string')
      return malformed(`${name} of ${nameOf(label)} is not in quotes`);
  }
  return null;
}

function nameOf(label: string): string {
  return `signature ${shorten(label)}`;
}

function malformed(what: string): SignatureProblem {
  return { status: 'malformed', reason: 'signature-malformed', what };
}
