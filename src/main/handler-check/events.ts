// Makes the events of a check and signs them. Every event has an id of its own, since a right handler ignores ids that it
// has seen; and every request can be judged by Hookbench's own verifier before it is sent.

import { AppError } from '../../shared/errors.ts';
import type { SignatureMode } from '../../shared/delivery.ts';
import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { Verdict } from '../../shared/exchange.ts';
import { makeId } from '../../shared/id.ts';
import type { ProviderDefinition, SampleEvent, SchemeDefinition } from '../../shared/providers/define.ts';
import { findProvider } from '../../shared/providers/index.ts';
import { createValueReader, parseJson, valueAt } from '../../shared/providers/read-value.ts';
import { newIdLike } from '../sender/message-id.ts';
import { fillVariables, makeVariables } from '../sender/variables.ts';
import { sign } from '../signatures/sign.ts';
import { verify } from '../signatures/verify.ts';
import { bodyText, compacted, isForm, withText } from './bodies.ts';
import type { CheckEvent } from './bodies.ts';
import { setJson } from './json-text.ts';
import type { HandlerCheckOptions } from './options.ts';

/** A request as it goes over the wire. */
export interface CheckRequest {
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  /** Why signing could not do what was asked. */
  readonly note?: string;
}

/** How an event is signed. */
export interface SigningChanges {
  /** `fresh` when absent. */
  readonly mode?: SignatureMode;
  /** Time of the signature, epoch ms; now when absent. */
  readonly at?: number;
}

/** Makes events and requests for one handler. */
export interface Events {
  readonly provider: ProviderDefinition;
  /** A new event with a new id. `at` (epoch ms) is the time that stands in it, where it has one. */
  fresh(at?: number): CheckEvent;
  /** The event with another type; null where the provider sends the type in a way that cannot be changed. */
  typed(event: CheckEvent, type: string): CheckEvent | null;
  sign(event: CheckEvent, changes?: SigningChanges): CheckRequest;
  /** What a right handler would say to the request now. */
  judge(request: CheckRequest): Verdict;
  /** The scheme of a request that was signed well; null when Hookbench does not find it valid. */
  schemeOf(request: CheckRequest): SchemeDefinition | null;
  /** The delivery id as a receiver reads it. */
  idOf(request: CheckRequest): string | null;
  /** The event type as a receiver reads it. */
  typeOf(request: CheckRequest): string | null;
}

/** Throws AppError CONFIG_UNKNOWN_PROVIDER, and CONFIG_INVALID without a secret. */
export function createEvents(options: HandlerCheckOptions): Events {
  const { clock, random, secrets, url } = options;
  const provider = options.definition ?? findProvider(options.provider);
  if (!provider) throw new AppError('CONFIG_UNKNOWN_PROVIDER', `There is no provider “${options.provider}”`);
  if (secrets.length === 0) {
    throw new AppError('CONFIG_INVALID', 'A secret is needed: without one no request could be signed');
  }
  const sample = options.body === undefined ? provider.samples[0] : undefined;
  const verifying = { provider: provider.id, definition: provider, scheme: options.scheme, method: 'POST', secrets };

  function fresh(at = clock.now()): CheckEvent {
    const event = compacted({
      messageId: '',
      event: sample?.name ?? options.event ?? null,
      contentType: sample?.contentType ?? options.contentType ?? ownContentType(provider as ProviderDefinition),
      body: options.body ?? fillVariables(sampleBytes(sample), makeVariables(at, random)),
    });
    return withNewId(event);
  }

  /** Where the body carries the id, it is replaced there; headers get it when the event is signed. */
  function withNewId(event: CheckEvent): CheckEvent {
    const text = jsonOf(event);
    const json = text === null ? undefined : parseJson(text);
    for (const source of provider?.deliveryId ?? []) {
      if (source.from !== 'json' || text === null) continue;
      const old = valueAt(json, source.path);
      if (typeof old === 'number') {
        return { ...withText(event, setJson(text, source.path, newNumber())), messageId: makeId('msg', random) };
      }
      if (typeof old !== 'string' || old === '') continue;
      const messageId = newIdLike(old, random);
      return { ...withText(event, setJson(text, source.path, messageId)), messageId };
    }
    return { ...event, messageId: makeId('msg', random) };
  }

  function newNumber(): number {
    return random(6).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  function typed(event: CheckEvent, type: string): CheckEvent | null {
    const sources = provider?.eventType ?? [];
    const inHeader = sources.some(({ from }) => from === 'header');
    const changed = withBodyType(event, type) ?? (inHeader ? event : null);
    return changed && { ...changed, event: type };
  }

  function withBodyType(event: CheckEvent, type: string): CheckEvent | null {
    const text = bodyText(event);
    if (text === null) return null;
    const json = jsonOf(event) === null ? undefined : parseJson(text);
    const form = isForm(event) ? new URLSearchParams(text) : null;
    for (const source of provider?.eventType ?? []) {
      if (source.from === 'json' && typeof valueAt(json, source.path) === 'string') {
        return withText(event, setJson(text, source.path, type));
      }
      if (source.from === 'form' && source.path === undefined && form?.has(source.name) === true) {
        form.set(source.name, type);
        return withText(event, form.toString());
      }
    }
    return null;
  }

  function signEvent(event: CheckEvent, { mode = 'fresh', at = clock.now() }: SigningChanges = {}): CheckRequest {
    const { body, messageId } = event;
    const headers: readonly HeaderPair[] = [['Content-Type', event.contentType], ...(sample?.headers ?? [])];
    return sign({ ...verifying, url, headers, body, messageId, event: event.event, now: at, mode });
  }

  const judge = (request: CheckRequest): Verdict => verify({ ...verifying, ...request, now: clock.now() });

  function readerOf({ headers, body, url }: CheckRequest): ReturnType<typeof createValueReader> {
    return createValueReader(headers, () => new TextDecoder().decode(body), url);
  }

  return {
    provider,
    fresh,
    typed,
    sign: signEvent,
    judge,
    schemeOf(request) {
      const { status, scheme } = judge(request);
      return status === 'valid' ? (provider.schemes.find(({ id }) => id === scheme) ?? null) : null;
    },
    idOf: (request) => readerOf(request)(provider.deliveryId),
    typeOf: (request) => readerOf(request)(provider.eventType),
  };
}

function jsonOf(event: CheckEvent): string | null {
  const text = isForm(event) ? null : bodyText(event);
  return text === null || parseJson(text) === undefined ? null : text;
}

function sampleBytes(sample: SampleEvent | undefined): Uint8Array {
  return new TextEncoder().encode(sample?.body ?? '{}');
}

function ownContentType(provider: ProviderDefinition): string {
  return headerValue(provider.headers, 'content-type') ?? provider.samples[0]?.contentType ?? 'application/json';
}
