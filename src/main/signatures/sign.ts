// Signs an outgoing message with the recipe that verifies it, well or deliberately badly.

import type { SignatureMode } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition, SchemeDefinition } from '../../shared/providers/define.ts';
import { findProvider } from '../../shared/providers/index.ts';
import type { GenericOptions } from '../../shared/workspace.ts';
import type { SecretValue } from './input.ts';
import { requireSigningKey, schemesFor, wrongKey } from './keys.ts';
import { signatureText } from './mac.ts';
import { chooseFamily } from './reading.ts';
import { signedPieces } from './recipe.ts';
import { formatSignatures } from './signature-header.ts';
import { tamper } from './tamper.ts';
import { formatTimestamp } from './timestamp.ts';

export { randomSecret } from './random-secret.ts';

/** What to sign. */
export interface SignInput {
  readonly provider: string;
  /** Scheme id; the first that the secret fits when absent. */
  readonly scheme?: string | undefined;
  readonly method: string;
  readonly url: string;
  /** Headers the person gave; fields that signing makes are replaced in place or appended. */
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  /** Empty: nothing is signed. The first signs; more add signatures where the scheme allows it. */
  readonly secrets: readonly SecretValue[];
  readonly messageId: string;
  readonly event: string | null;
  /** Time of the signature, epoch ms. */
  readonly now: number;
  readonly mode: SignatureMode;
  readonly generic?: GenericOptions | undefined;
}

/** A request ready for the wire. `tampered` changes the body after signing. */
export interface SignedRequest {
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  /** Why the mode could not do what its name says, one sentence. */
  readonly note?: string;
}

/** How far beyond the tolerance an `expired` signature lies, ms. */
const expiredByMs = 60_000;

/**
 * The request with signature, id and provider headers. `keep` changes nothing; `none`, or no secret, sends everything
 * but the signature. The person's headers win over the provider's, except what carries the signature, its timestamp or
 * the message id. Throws AppError CONFIG_UNKNOWN_PROVIDER, CONFIG_INVALID (no such scheme) or SECRET_MALFORMED (names
 * the form the secret must have).
 */
export function sign(input: SignInput): SignedRequest {
  const provider = findProvider(input.provider, input.generic);
  if (!provider) throw new AppError('CONFIG_UNKNOWN_PROVIDER', `There is no provider “${input.provider}”`);
  if (input.mode === 'keep') return { headers: input.headers, body: input.body };

  const scheme = chooseScheme(provider, input);
  const names = chooseFamily(scheme, input.headers);
  const { at, note } = signingTime(scheme, input);
  const timestamp = scheme.timestamp ? formatTimestamp(at, scheme.timestamp.unit) : '';
  const keys = input.mode === 'none' ? [] : input.secrets.map((secret) => requireSigningKey(secret, scheme));

  const fields: HeaderPair[] = [];
  if (names.id !== undefined) fields.push([names.id, input.messageId]);
  if (names.timestamp !== undefined) fields.push([names.timestamp, timestamp]);
  if (keys.length > 0) {
    const used = input.mode === 'wrong-secret' ? keys.map(wrongKey) : keys;
    const pieces = signedPieces(scheme, { id: input.messageId, timestamp, body: input.body });
    const signatures = used.map((key) => signatureText(scheme, key, pieces)).filter((text) => text !== null);
    fields.push([names.signature, formatSignatures(scheme, timestamp, signatures)]);
  }
  const headers = mergeHeaders(provider, fields, input);
  const body = input.mode === 'tampered' && keys.length > 0 ? tamper(input.body) : input.body;
  return note === undefined ? { headers, body } : { headers, body, note };
}

function chooseScheme(provider: ProviderDefinition, input: SignInput): SchemeDefinition {
  const [secret] = input.secrets;
  const fitting = secret ? schemesFor(secret, provider.schemes) : provider.schemes;
  const chosen =
    input.scheme === undefined ? fitting[0] : provider.schemes.find((scheme) => scheme.id === input.scheme);
  if (!chosen) throw new AppError('CONFIG_INVALID', `${provider.name} has no signature scheme “${input.scheme}”`);
  return chosen;
}

function signingTime(scheme: SchemeDefinition, input: SignInput): { at: number; note?: string } {
  if (input.mode !== 'expired') return { at: input.now };
  if (!scheme.timestamp) {
    return { at: input.now, note: 'This scheme has no timestamp, so nothing can expire: signed as fresh.' };
  }
  return { at: input.now - scheme.timestamp.toleranceSeconds * 1_000 - expiredByMs };
}

/** The person's headers with `fields` put in, then the provider's own that are not there yet. */
function mergeHeaders(
  provider: ProviderDefinition,
  fields: readonly HeaderPair[],
  input: SignInput,
): readonly HeaderPair[] {
  const made = new Map(fields.map((field) => [field[0].toLowerCase(), field]));
  for (const source of provider.deliveryId) {
    if (source.from === 'header') made.set(source.name.toLowerCase(), [source.name, input.messageId]);
  }
  const signing = signingHeaders(provider);
  const placed = new Set<string>();
  const headers: HeaderPair[] = [];
  for (const [name, value] of input.headers) {
    const key = name.toLowerCase();
    const field = made.get(key);
    // Old signatures go, also those of another scheme or family: they would contradict the new one.
    if (field === undefined && signing.has(key)) continue;
    if (field !== undefined && placed.has(key)) continue;
    placed.add(key);
    headers.push([name, field?.[1] ?? value]);
  }
  for (const [name, template] of provider.headers) {
    const value = fillTemplate(template, input);
    if (placed.has(name.toLowerCase()) || value === null) continue;
    placed.add(name.toLowerCase());
    headers.push([name, value]);
  }
  for (const field of fields) if (!placed.has(field[0].toLowerCase())) headers.push(field);
  return headers;
}

/** Lower-case names of every header that carries a signature or its timestamp, in any scheme and family. */
function signingHeaders(provider: ProviderDefinition): Set<string> {
  const names = new Set<string>();
  for (const scheme of provider.schemes) {
    for (const list of [scheme.signatureHeaders, scheme.idHeaders, scheme.timestamp?.headers]) {
      for (const name of list ?? []) names.add(name.toLowerCase());
    }
  }
  return names;
}

function fillTemplate(template: string, input: SignInput): string | null {
  if (!template.includes('{{')) return template;
  if (input.event === null && template.includes('{{event')) return null;
  const event = input.event ?? '';
  return template
    .replaceAll('{{id}}', () => input.messageId)
    .replaceAll('{{eventBase}}', () => event.split('.', 1)[0] ?? '')
    .replaceAll('{{event}}', () => event)
    .replaceAll('{{now}}', () => new Date(input.now).toISOString());
}
