// Handshakes: what a provider asks before it sends events, and the answer it expects. The providers' data says what is
// asked; this file finds the rule and makes the answer. It is pure: nothing is fetched, stored or sent here.

import type { Verdict } from '../../shared/exchange.ts';
import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { RequestCondition } from '../../shared/providers/sources.ts';
import type { HandshakeRule } from '../../shared/providers/handshake.ts';
import { findProvider } from '../../shared/providers/index.ts';
import { holds } from '../../shared/providers/read-value.ts';
import type { RequestLook } from '../../shared/providers/read-value.ts';
import { makeAnswer } from './handshake-answer.ts';
import { readHandshakeValue } from './handshake-value.ts';
import { equalSecret } from './compare.ts';
import type { SecretValue } from './input.ts';
import { createMessage } from './message.ts';

/** The answer to a handshake. */
export interface HandshakeReply {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: string;
  /** Name of the rule that answered, as the provider calls it, for example `url_verification`. */
  readonly name: string;
  /** The signature or the token was wrong, and `status` says so. */
  readonly refused: boolean;
  /** The provider waits for a GET of this address. It must not be made before the person agrees. */
  readonly needsConsent?: { readonly fetch: string };
  /** The request holds a secret or token, which exports must mask. */
  readonly holdsSecret?: true;
}

/** The request, as far as a handshake needs it. */
interface HandshakeInput {
  /** Provider id, or null when none is configured or detected. */
  readonly provider: string | null;
  /** A person's own provider; the registry's provider of this id when absent. */
  readonly definition?: ProviderDefinition | undefined;
  readonly method: string;
  /** The URL or the request target. Without it no handshake that stands in the query is seen. */
  readonly url?: string | undefined;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** Largest body that can be a handshake, bytes: they are tiny, and the look must stay cheap. */
const sizeLimit = 4_096;
/** Same for a confirmation to fetch, bytes: AWS SNS allows its messages 256 KiB. */
const fetchSizeLimit = 262_144;

const noSecrets: readonly SecretValue[] = [];

/**
 * The reply to a handshake, or null when the request is none or must be handled as any other. The first of the
 * provider's rules whose method and conditions hold decides alone. `verdict` is the judgement on this same request, and
 * `given` are the endpoint's secrets, asked for only when there is something to answer. Never throws for anything in the
 * request.
 */
export function answerHandshake(
  input: HandshakeInput,
  verdict: Verdict,
  given: readonly SecretValue[] | (() => readonly SecretValue[]) = noSecrets,
): HandshakeReply | null {
  const provider = input.definition ?? (input.provider === null ? undefined : findProvider(input.provider));
  const rules = provider?.handshakes;
  if (provider === undefined || rules === undefined) return null;
  // Most events end here, before anything is made for them.
  if (!rules.some((rule) => isPossible(rule, input))) return null;
  const look = createMessage({ ...input, url: input.url ?? '' });
  const rule = rules.find((candidate) => isPossible(candidate, input) && isAsked(candidate, look, input.body));
  if (rule === undefined) return null;
  const { name } = rule;
  const secrets = typeof given === 'function' ? given() : given;
  const mark = rule.holdsSecret ? { holdsSecret: rule.holdsSecret } : undefined;
  if (!isAllowed(rule, look, verdict, secrets)) {
    const { refusedStatus } = rule;
    return refusedStatus === undefined
      ? null
      : { status: refusedStatus, headers: [], body: '', name, refused: true, ...mark };
  }
  const answer = makeAnswer(rule.answer, { provider, look, verdict, secrets });
  return answer && { ...answer, name, refused: false, ...mark };
}

/**
 * The secret that a handshake brought and with which later requests are signed; null when the request is none or brings
 * none. Never throws for anything in the request.
 */
export function broughtSecret(
  input: Omit<HandshakeInput, 'provider' | 'definition'>,
  provider: ProviderDefinition,
): string | null {
  const rules =
    provider.handshakes?.filter(
      (rule) => rule.brings !== undefined && isPossible(rule, { ...input, provider: null }),
    ) ?? [];
  if (rules.length === 0) return null;
  const look = createMessage({ ...input, url: input.url ?? '' });
  const rule = rules.find((candidate) => isAsked(candidate, look, input.body));
  return rule?.brings === undefined ? null : readHandshakeValue(rule.brings, look);
}

/** What can be said without a look at headers or body. */
function isPossible(rule: HandshakeRule, input: HandshakeInput): boolean {
  return (
    rule.method === input.method && input.body.length <= (rule.answer.kind === 'fetch' ? fetchSizeLimit : sizeLimit)
  );
}

/** Whether all conditions hold. The body is parsed last, and only where it can be the handshake. */
function isAsked(rule: HandshakeRule, look: RequestLook, body: Uint8Array): boolean {
  const { conditions } = rule;
  if (!conditions.every((condition) => condition.from === 'json' || holds(condition, look))) return false;
  if (!readsJson(rule)) return true;
  return (
    hasJsonType(rule, look.headers) &&
    conditions.every((condition) => condition.from !== 'json' || mentions(body, condition)) &&
    conditions.every((condition) => condition.from !== 'json' || holds(condition, look))
  );
}

function readsJson({ conditions, token, answer }: HandshakeRule): boolean {
  return (
    conditions.some(({ from }) => from === 'json') ||
    token?.from === 'json' ||
    ('source' in answer && answer.source.from === 'json')
  );
}

/** JSON under another type is no handshake, except for AWS SNS, which sends it as text/plain. */
function hasJsonType(rule: HandshakeRule, headers: readonly HeaderPair[]): boolean {
  if (rule.answer.kind === 'fetch') return true;
  return headerValue(headers, 'content-type')?.toLowerCase().includes('json') ?? false;
}

/** False only where the condition cannot hold: a plain word has one usual spelling in JSON, so the bytes must have it. */
function mentions(body: Uint8Array, { value, absent }: RequestCondition): boolean {
  if (absent || typeof value !== 'string' || !/^[\w. -]+$/.test(value)) return true;
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(value, 0, 'latin1');
}

function isAllowed(
  rule: HandshakeRule,
  look: RequestLook,
  { status }: Verdict,
  secrets: readonly SecretValue[],
): boolean {
  if (rule.signature === 'checked' && status !== 'valid' && status !== 'unverified') return false;
  return rule.token === undefined || isSecret(readHandshakeValue(rule.token, look), secrets);
}

/** Whether the text is one of the secrets. All are compared, so that the time does not tell which one it is. */
function isSecret(token: string | null, secrets: readonly SecretValue[]): boolean {
  if (token === null) return false;
  // A header holds one character per byte; what came from JSON or a query is text.
  const text = Buffer.from(token, 'utf8');
  const spellings = /^[\0-\xff]*$/.test(token) ? [text, Buffer.from(token, 'latin1')] : [text];
  let found = false;
  for (const { value } of secrets) {
    const bytes = Buffer.from(value, 'utf8');
    for (const given of spellings) found = equalSecret(bytes, given) || found;
  }
  return found;
}
