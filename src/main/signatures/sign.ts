// Signs an outgoing message with the recipe that verifies it, well or deliberately badly.

import type { SignatureMode } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition, SchemeDefinition } from '../../shared/providers/define.ts';
import { findProvider } from '../../shared/providers/index.ts';
import { holds } from '../../shared/providers/read-value.ts';
import type { GenericOptions } from '../../shared/workspace.ts';
import { engineOf } from './engines.ts';
import type { SecretValue } from './input.ts';
import { companionsOf, requireSigningKey, schemesFor } from './keys.ts';
import { createMessage } from './message.ts';
import { tamper } from './tamper.ts';
import { verify } from './verify.ts';

export { randomSecret } from './random-secret.ts';

/** What to sign. */
export interface SignInput {
  readonly provider: string;
  /** A person's own scheme; the registry's provider of this id when absent. */
  readonly definition?: ProviderDefinition | undefined;
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
  /** The URL to send to: the given one, unless the scheme writes into it. */
  readonly url: string;
  /** Why the mode could not do what its name says, one sentence. */
  readonly note?: string;
}

/** How far beyond the tolerance an `expired` signature lies, ms. */
const expiredByMs = 60_000;
/** Age of an `expired` signature where the provider names no limit, ms. */
const unlimitedAgeMs = 2 * 86_400_000;

/**
 * The request with signature, id and provider headers. `keep` changes nothing; `none`, or no secret, sends everything
 * but the signature. The person's headers win over the provider's, except what carries the signature, its timestamp or
 * the message id. Throws AppError CONFIG_UNKNOWN_PROVIDER, CONFIG_INVALID (no such scheme) or SECRET_MALFORMED (names
 * the form the secret must have).
 */
export function sign(input: SignInput): SignedRequest {
  const provider = input.definition ?? findProvider(input.provider, input.generic);
  if (!provider) throw new AppError('CONFIG_UNKNOWN_PROVIDER', `There is no provider “${input.provider}”`);
  if (input.mode === 'keep') return { headers: input.headers, body: input.body, url: input.url };

  const secrets = signingSecrets(provider, input);
  const scheme = chooseScheme(provider, input, secrets);
  const { at, note } = signingTime(scheme, input);
  const keys = input.mode === 'none' ? [] : secrets.map((secret) => requireSigningKey(secret, scheme));
  const companion = 'companion' in scheme ? scheme.companion : undefined;
  const parts = engineOf(scheme).sign({
    provider,
    scheme,
    message: createMessage({ ...input, headers: mergeHeaders(provider, [], input) }),
    keys,
    companions: companion === undefined ? [] : companionsOf(companion, input.secrets, scheme),
    now: input.now,
    messageId: input.messageId,
    given: input.headers,
    at,
    mode: input.mode,
  });
  const headers = mergeHeaders(provider, parts.fields, input);
  const said = note ?? parts.note;
  const request: SignedRequest = { headers, body: parts.body, url: parts.url };
  if (input.mode === 'tampered' && keys.length > 0) return tampered(provider, scheme, request, input, said);
  return said === undefined ? request : { ...request, note: said };
}

/** The secrets that sign: those that are keys of one of the provider's schemes, else all, so that one can complain. */
function signingSecrets(provider: ProviderDefinition, { secrets }: SignInput): readonly SecretValue[] {
  const withCompanion = provider.schemes.some((scheme) => 'companion' in scheme && scheme.companion !== undefined);
  const keys = withCompanion ? secrets.filter(({ value }) => value.includes('-----BEGIN')) : secrets;
  return keys.length > 0 ? keys : secrets;
}

/** The request with its body changed after signing; says so when the signature does not cover what was changed. */
function tampered(
  provider: ProviderDefinition,
  scheme: SchemeDefinition,
  request: SignedRequest,
  input: SignInput,
  note: string | undefined,
): SignedRequest {
  const changed = { ...request, body: tamper(request.body) };
  const { method, now, secrets } = input;
  const judged = verify({
    provider: provider.id,
    definition: provider,
    scheme: scheme.id,
    method,
    url: changed.url,
    headers: changed.headers,
    body: changed.body,
    secrets,
    now,
  });
  const said =
    judged.status === 'valid'
      ? 'This scheme’s signature does not cover what was changed in the body, so a handler that checks it accepts it.'
      : note;
  return said === undefined ? changed : { ...changed, note: said };
}

function chooseScheme(
  provider: ProviderDefinition,
  input: SignInput,
  [secret]: readonly SecretValue[],
): SchemeDefinition {
  const fitting = secret ? schemesFor(secret, provider.schemes) : provider.schemes;
  const chosen =
    input.scheme === undefined
      ? (fitting.find((scheme) => meets(scheme, input)) ?? fitting[0])
      : provider.schemes.find((scheme) => scheme.id === input.scheme);
  if (!chosen) throw new AppError('CONFIG_INVALID', `${provider.name} has no signature scheme “${input.scheme}”`);
  return chosen;
}

/** Whether the message could be one of this scheme, judged by its body and URL (its headers are only now written). */
function meets(scheme: SchemeDefinition, input: SignInput): boolean {
  const message = createMessage(input);
  const recipe = scheme.kind === undefined || scheme.kind === 'recipe' ? scheme : undefined;
  const signsForm = recipe?.recipe.some(({ kind }) => kind === 'form') ?? false;
  if (signsForm && message.body.length > 0 && message.form() === null) return false;
  return (scheme.conditions ?? []).every(
    (condition) =>
      condition.from === 'header' ||
      (condition.from === 'query' && condition.name === recipe?.bodyHashQuery) ||
      holds(condition, message),
  );
}

function timeOf(scheme: SchemeDefinition): number | null | undefined {
  switch (scheme.kind) {
    case 'token':
      return undefined;
    case 'jwt':
      return scheme.toleranceSeconds;
    case 'message-signature':
      return null;
    default:
      return scheme.timestamp?.toleranceSeconds;
  }
}

function signingTime(scheme: SchemeDefinition, input: SignInput): { at: number; note?: string } {
  if (input.mode !== 'expired') return { at: input.now };
  const seconds = timeOf(scheme);
  if (seconds === undefined) {
    return { at: input.now, note: 'This scheme has no timestamp, so nothing can expire: signed as fresh.' };
  }
  if (seconds === null) {
    return {
      at: input.now - unlimitedAgeMs,
      note: 'The provider names no limit for the age: signed with a time two days ago.',
    };
  }
  return { at: input.now - seconds * 1_000 - expiredByMs };
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
  return new Set(
    provider.schemes.flatMap((scheme) =>
      engineOf(scheme)
        .headerNames(scheme)
        .map((name) => name.toLowerCase()),
    ),
  );
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
