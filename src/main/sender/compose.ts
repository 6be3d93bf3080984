// From a draft to deliveries: everything that can be wrong is found here, before anything is stored or sent, and the
// bytes are made here, once. Every attempt sends these bytes.

import type { Draft, OutgoingMessage } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import { headerValue, withoutHeaders } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { makeId } from '../../shared/id.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import { findDefinition, providers } from '../../shared/providers/index.ts';
import type { FindOwn } from '../../shared/providers/index.ts';
import { findSchedule, schedules } from '../../shared/schedules.ts';
import type { OwnSchedule } from '../../shared/schedules.ts';
import type { Target } from '../../shared/workspace.ts';
import { sign } from '../signatures/sign.ts';
import type { SignedRequest } from '../signatures/sign.ts';
import type { SecretValue } from '../signatures/verify.ts';
import type { History } from '../store/history.ts';
import type { Clock, Random } from '../ports.ts';
import { checkHeaders, checkMethod, checkTarget } from './check.ts';
import { fanOut, isDispatched } from './fan-out.ts';
import type { Leg } from './fan-out.ts';
import { readMessageId, writeBodyId } from './message-id.ts';
import type { NewDelivery } from './queue-contract.ts';
import { replayMessage } from './replay.ts';
import type { CapturedSource } from './replay.ts';
import { fillVariables, makeVariables } from './variables.ts';
import { senderFields, wireHeaders } from './wire-headers.ts';

/** What composing looks at. */
export interface ComposeDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly targets: readonly Target[];
  /** The value of a stored secret, or null; may throw SECRET_SEALED. */
  readonly secretValue: (name: string) => SecretValue | null;
  /** A person's own scheme of this id; undefined for the registry's providers. */
  readonly definition?: FindOwn | undefined;
  /** A person's own retry schedules. */
  readonly ownSchedules?: readonly OwnSchedule[] | undefined;
  /** The captured request of a replay, or null. */
  readonly captured: (id: string) => CapturedSource | null;
}

/** What composing writes, after every check has passed. */
export interface ComposeStore {
  readonly putMessageBody: History['putMessageBody'];
  /** Keeps a one-off secret and gives the name under which deliveries refer to it. */
  readonly keepSecret: (value: string, provider: string) => Promise<string>;
}

/** Deliveries ready for the queue. */
export interface Composed {
  readonly messageId: string;
  readonly deliveries: readonly NewDelivery[];
}

/** Exactly what a draft would send now. */
export interface ComposePreview {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/**
 * Checks `draft`, makes its bytes, keeps them and gives one delivery per destination. Throws AppError SEND_INVALID_URL,
 * _HEADER or _METHOD, SEND_NO_TARGET, CONFIG_UNKNOWN_PROVIDER, CONFIG_INVALID (schedule, scheme), SECRET_MALFORMED,
 * SECRET_UNAVAILABLE, STORE_NOT_FOUND (the request of a replay); then nothing was stored. Where an event goes to every
 * target that takes it, one with such an error of its own gets its delivery all the same, and that delivery is parked
 * with the reason; only when all have one, the first is thrown.
 */
export async function compose(draft: Draft, deps: ComposeDeps, store: ComposeStore): Promise<Composed> {
  const plan = makePlan(draft, deps);
  const bodyHash = await store.putMessageBody(plan.body);
  const oneOff = plan.legs.find(({ secret }) => secret !== null && 'value' in secret);
  const value = oneOff?.secret && 'value' in oneOff.secret ? oneOff.secret.value : null;
  const kept = oneOff && value !== null ? await store.keepSecret(value, oneOff.provider) : null;
  const { messageId, method, event, signature, changes } = plan;
  const deliveries = plan.legs.map((leg): NewDelivery => {
    const message: OutgoingMessage = {
      messageId,
      provider: leg.provider,
      ...(leg.scheme === undefined ? {} : { scheme: leg.scheme }),
      event,
      method,
      headers: legHeaders(plan, leg),
      bodyHash,
      bodySize: plan.body.byteLength,
      signature,
    };
    const { targetId, url, schedule, secret } = leg;
    const secretName = secret === null ? null : 'name' in secret ? secret.name : kept;
    const replay = draft.replayOf === undefined ? {} : { replayOf: draft.replayOf, changes };
    const time = draft.time === undefined ? {} : { time: draft.time };
    return { message, targetId, url, secretName, schedule, speed: draft.speed, ...time, ...replay };
  });
  return { messageId, deliveries };
}

/** What {@link compose} would send first, signed with the time of this call; stores nothing. Throws as compose does. */
export function preview(draft: Draft, deps: ComposeDeps): ComposePreview {
  const plan = makePlan(draft, deps);
  const leg = plan.usable[0] as Leg;
  const { headers, body, url: address } = signLeg(plan, leg, plan.body, deps);
  const url = new URL(address);
  return { method: plan.method, url: url.href, headers: wireHeaders(url, plan.method, headers, body.byteLength), body };
}

interface Plan extends Pick<OutgoingMessage, 'messageId' | 'method' | 'event' | 'signature'> {
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  readonly legs: readonly Leg[];
  /** Those that nothing speaks against. */
  readonly usable: readonly Leg[];
  readonly changes: readonly string[];
}

function makePlan(draft: Draft, deps: ComposeDeps): Plan {
  checkMethod(draft.method);
  checkHeaders(draft.headers);
  const drafted = knownProvider(draft.provider, deps);
  const legs = fanOut(draft, deps.targets).map((leg) => unsignedAsAsked(draft, leg));
  const known = withoutProblems(draft, legs, (leg) => checkLeg(leg, deps));
  // Ids and old signatures follow the provider that signs; legs of one draft share one body.
  const first = known[0]?.provider;
  const provider = first === undefined ? drafted : knownProvider(first, deps);
  const { event, signature } = draft;
  const method = draft.method.toUpperCase();
  const message = { ...makeMessage(draft, provider, deps), legs, method, event, signature };
  // A malformed secret is found while the person still looks at the form.
  const trySigning = once(signingKey, (leg: Leg) => void signLeg(message, leg, new Uint8Array(), deps));
  return { ...message, usable: withoutProblems(draft, known, trySigning) };
}

function makeMessage(
  draft: Draft,
  provider: ProviderDefinition,
  deps: ComposeDeps,
): Pick<Plan, 'messageId' | 'headers' | 'body' | 'changes'> {
  if (draft.replayOf !== undefined) {
    const source = deps.captured(draft.replayOf);
    if (!source) throw new AppError('STORE_NOT_FOUND', `There is no request ${draft.replayOf} to replay`);
    return replayMessage(draft, source, provider, deps);
  }
  const headers = withoutHeaders(draft.headers, senderFields);
  const filled = draft.variables ? fillVariables(draft.body, makeVariables(deps.clock.now(), deps.random)) : draft.body;
  const wanted = draft.messageId === '' ? undefined : draft.messageId;
  const messageId = wanted ?? readMessageId(provider, headers, filled) ?? makeId('msg', deps.random);
  const body = draft.signature === 'keep' ? filled : writeBodyId(provider, headers, filled, messageId);
  return { messageId, headers, body, changes: [] };
}

/**
 * The legs that pass `check`. Throws the first error unless the draft goes to whoever takes it: then a leg stands alone,
 * and an error is thrown only where none passes.
 */
function withoutProblems(draft: Draft, legs: readonly Leg[], check: (leg: Leg) => void): readonly Leg[] {
  let first: AppError | null = null;
  const passed = legs.filter((leg) => {
    try {
      check(leg);
      return true;
    } catch (error) {
      if (!(error instanceof AppError) || !isDispatched(draft)) throw error;
      first ??= error;
      return false;
    }
  });
  if (first !== null && passed.length === 0) throw first;
  return passed;
}

function checkLeg(leg: Leg, deps: ComposeDeps): void {
  checkTarget(leg.url);
  knownProvider(leg.provider, deps);
  knownSchedule(leg.schedule, deps.ownSchedules ?? []);
  checkHeaders(leg.headers);
}

/** The form of a key depends on neither address nor body. */
function signingKey({ provider, scheme, secret, alsoSecretNames }: Leg): string {
  return JSON.stringify([provider, scheme, secret, alsoSecretNames]);
}

/** `check`, made once per key: the same input throws the same error again. */
function once<T>(keyOf: (input: T) => string, check: (input: T) => void): (input: T) => void {
  const errors = new Map<string, unknown>();
  return (input) => {
    const key = keyOf(input);
    if (!errors.has(key)) {
      try {
        check(input);
        errors.set(key, null);
      } catch (error) {
        errors.set(key, error);
      }
    }
    const error = errors.get(key);
    if (error !== null) throw error;
  };
}

/** A message that is not signed needs no secret, and must not wait for one. */
function unsignedAsAsked(draft: Draft, leg: Leg): Leg {
  return draft.signature === 'keep' || draft.signature === 'none' ? { ...leg, secret: null } : leg;
}

function legHeaders({ headers }: Pick<Plan, 'headers'>, leg: Leg): readonly HeaderPair[] {
  const added = leg.headers.filter(([name]) => headerValue(headers, name) === undefined);
  return [...headers, ...withoutHeaders(added, senderFields)];
}

function signLeg(plan: Omit<Plan, 'usable'>, leg: Leg, body: Uint8Array, deps: ComposeDeps): SignedRequest {
  const { messageId, method, event, signature: mode } = plan;
  const { provider, scheme, url } = leg;
  const secrets = secretsOf(leg, deps);
  const headers = legHeaders(plan, leg);
  const now = deps.clock.now();
  const definition = deps.definition?.(provider);
  const signed = sign({ provider, definition, scheme, method, url, headers, body, secrets, messageId, event, now, mode }); // prettier-ignore
  // Ids and event names become header values.
  checkHeaders(signed.headers);
  return signed;
}

/** Throws SECRET_UNAVAILABLE for a name that is not stored. */
function secretsOf({ secret, alsoSecretNames }: Leg, deps: ComposeDeps): readonly SecretValue[] {
  if (secret === null) return [];
  if ('value' in secret) return [{ name: '', value: secret.value }];
  return [...new Set([secret.name, ...alsoSecretNames])].map((name) => {
    const value = deps.secretValue(name);
    if (value === null) throw new AppError('SECRET_UNAVAILABLE', `The secret “${name}” is not stored`);
    return value;
  });
}

function knownProvider(id: string, deps: ComposeDeps): ProviderDefinition {
  const provider = findDefinition(id, deps.definition);
  if (provider) return provider;
  const ids = providers.map((known) => known.id).join(', ');
  throw new AppError('CONFIG_UNKNOWN_PROVIDER', `Provider “${id}” is not one of ${ids}`);
}

function knownSchedule(id: string, own: readonly OwnSchedule[]): void {
  if (findSchedule(id, own)) return;
  const ids = [...schedules, ...own].map((known) => known.id).join(', ');
  throw new AppError('CONFIG_INVALID', `Retry schedule “${id}” is not one of ${ids}`);
}
