// Passing received requests on to the apps under development: the app's answer for the provider, copies through the
// retry queue, and how the apps do. It joins sender and queue; what becomes of a result is the caller's business.

import type { Attempt, Delivery } from '../shared/delivery.ts';
import { AppError, isRetryable } from '../shared/errors.ts';
import type { CapturedRequest } from '../shared/exchange.ts';
import { filteredOut } from '../shared/forward-filter.ts';
import type { Forward, ForwardHealth, ForwardResult } from '../shared/forwards.ts';
import { headerValue } from '../shared/headers.ts';
import type { HeaderPair } from '../shared/headers.ts';
import type { ProviderDefinition } from '../shared/providers/define.ts';
import { findDefinition } from '../shared/providers/index.ts';
import type { FindOwn } from '../shared/providers/index.ts';
import type { Endpoint } from '../shared/workspace.ts';
import { targetPath } from '../shared/request-target.ts';
import type { Clock } from './ports.ts';
import { plainReply } from './receiver/reply.ts';
import type { ReplyPlan } from './receiver/reply.ts';
import { reachOf } from './sender/address.ts';
import { readTarget } from './sender/check.ts';
import { forwardHeaders } from './sender/forward-headers.ts';
import { createForwardWatch } from './sender/forward-health.ts';
import type { ProbeOptions } from './sender/forward-probe.ts';
import { forwardTarget, forwardUrl } from './sender/forward-target.ts';
import { createForwardClient } from './sender/forward.ts';
import type { ForwardOutcome } from './sender/forward.ts';
import type { NewDelivery, Queue } from './sender/queue.ts';
import type { Exchange, History } from './store/history.ts';

/** What forwarding needs. */
export interface ForwarderOptions extends ProbeOptions {
  readonly clock: Clock;
  readonly queue: Pick<Queue, 'enqueue'>;
  readonly history: Pick<History, 'putMessageBody'>;
  readonly endpoints: () => readonly Endpoint[];
  /** A person's own scheme of this id; undefined for the registry's providers. */
  readonly definition?: FindOwn | undefined;
  /** A tunnel of ours wrote the request's X-Forwarded fields; an endpoint may say so of others on this machine. */
  readonly throughTunnel?: ((request: CapturedRequest) => boolean) | undefined;
  readonly onHealth: (health: readonly ForwardHealth[]) => void;
  /** Certificates (PEM) trusted instead of the system's. */
  readonly ca?: string | undefined;
}

/** Forwards whole requests: one whose body was cut must not be given to it. */
export interface Forwarder {
  /** Asks the app and resolves with its answer, or with 502 and what happened. Never rejects. */
  answer(
    request: CapturedRequest,
    endpoint: Endpoint,
    forward: Forward,
  ): Promise<{ readonly plan: ReplyPlan; readonly result: ForwardResult }>;
  /**
   * Queues a copy for every active `copy` forward that takes the request; resolves when they are durable, with one
   * result per such forward, in order: `queued`, `skipped` by its filter, or `failed` where it can never be queued.
   * `wasProcessed` tells filters whether an earlier one of the same delivery was dealt with. Rejects with AppError where
   * the queue is full or the disk refuses: then none is queued, and the provider shall send it again.
   */
  copies(exchange: Exchange, endpoint: Endpoint, wasProcessed: () => boolean): Promise<readonly ForwardResult[]>;
  /** An attempt of any delivery ended: that of a copy tells how its app does. */
  attempted(delivery: Delivery, attempt: Attempt): void;
  health(): readonly ForwardHealth[];
  endpointsChanged(): void;
  /** Ends what is under way with 502 and closes every connection. */
  stop(): void;
}

/** Times that a request may come back here through a forward. */
const maxRounds = 5;
/** Forwarded requests whose rounds are remembered at least. */
const rememberedRounds = 5_000;

type Answered = Extract<ForwardOutcome, { readonly outcome: 'answered' }>;

/** How a request would be sent, or why it cannot be. */
type Planned =
  | { readonly base: URL; readonly target: string; readonly headers: readonly HeaderPair[] }
  | { readonly problem: string };

interface Copy {
  readonly forward: Forward;
  readonly url: string;
  readonly headers: readonly HeaderPair[];
}

interface Told {
  readonly forward: Forward;
  readonly state: 'skipped' | 'failed';
  readonly message: string;
}

const wentRound = { problem: `the request came back here ${maxRounds} times: the forward leads to Hookbench itself` };

/** A forwarder that has seen nothing. */
export function createForwarder(options: ForwarderOptions): Forwarder {
  const { clock, queue, history, endpoints, lookup, ca, throughTunnel = () => false } = options;
  const client = createForwardClient({ clock, lookup, ca });
  const watch = createForwardWatch(options);
  const bases = new WeakMap<Forward, URL | string>();
  /** How often what a request repeats had been forwarded before it, by request id; the older half is let go at once. */
  let rounds = new Map<string, number>();
  let olderRounds = rounds;

  function baseOf(forward: Forward): URL | string {
    const known = bases.get(forward);
    if (known !== undefined) return known;
    const base = readTarget(forward.url);
    bases.set(forward, base);
    return base;
  }

  /** False where the request has come back here through forwards too often. */
  function countRound({ id, headers }: CapturedRequest): boolean {
    const from = headerValue(headers, 'x-hookbench-request');
    const before = from === undefined ? undefined : (rounds.get(from) ?? olderRounds.get(from));
    const round = before === undefined ? 0 : before + 1;
    if (rounds.size >= rememberedRounds) {
      olderRounds = rounds;
      rounds = new Map();
    }
    rounds.set(id, round);
    return round <= maxRounds;
  }

  function signersOf({ provider, generic }: Endpoint): readonly ProviderDefinition[] {
    if (provider === null) return [];
    const own = findDefinition(provider, options.definition, generic);
    return own ? [own] : [];
  }

  function plan(request: CapturedRequest, endpoint: Endpoint, forward: Forward): Planned {
    const base = baseOf(forward);
    if (typeof base === 'string') return { problem: base };
    const { target } = request;
    const arrived = { target, path: targetPath(target), endpointPath: endpoint.path, appendPath: forward.appendPath };
    const asked = forwardTarget(base, arrived);
    if (asked === null) return { problem: 'the path holds .. and would lead out of the forward' };
    const headers = forwardHeaders(request, {
      host: base.host,
      keepHost: forward.keepHost,
      trusted: throughTunnel(request) || saysSo(request, endpoint),
      signers: signersOf(endpoint),
    });
    return { base, target: asked, headers };
  }

  function notice({ origin }: URL, outcome: ForwardOutcome): void {
    if (outcome.outcome === 'answered') watch.answered(origin);
    else if (outcome.reason !== 'not-sent' && outcome.reason !== 'interrupted') watch.failed(origin, outcome.message);
  }

  async function ask(request: CapturedRequest, endpoint: Endpoint, forward: Forward) {
    const planned = countRound(request) ? plan(request, endpoint, forward) : wentRound;
    if ('problem' in planned) return { url: forward.url, outcome: notSent(planned.problem) };
    const { base: url, target, headers } = planned;
    const { method, body } = request;
    const outcome = await client.send({ url, method, target, headers, body, timeoutMs: forward.timeoutMs });
    notice(url, outcome);
    return { url: url.origin + target, outcome };
  }

  async function answer(request: CapturedRequest, endpoint: Endpoint, forward: Forward) {
    const at = clock.now();
    const { url, outcome } = await ask(request, endpoint, forward);
    const isAnswer = outcome.outcome === 'answered';
    const result: ForwardResult = {
      forwardId: forward.id,
      url,
      mode: 'answer',
      state: outcome.outcome,
      status: isAnswer ? outcome.status : null,
      ms: outcome.ms,
      at,
      message: isAnswer ? answerWords(outcome) : outcome.message,
      deliveryId: null,
    };
    return { plan: replyOf(outcome), result };
  }

  /** The deliveries of all copies, durable, or why they could not be queued. */
  async function enqueue(exchange: Exchange, wanted: readonly Copy[]): Promise<readonly Delivery[] | string> {
    if (wanted.length === 0) return [];
    const { request, provider, event, deliveryId } = exchange;
    try {
      const bodyHash = await history.putMessageBody(request.body);
      const message = {
        messageId: deliveryId ?? request.id,
        provider: provider ?? 'generic',
        event,
        method: request.method,
        bodyHash,
        bodySize: request.body.byteLength,
        signature: 'keep' as const,
      };
      return await queue.enqueue(
        wanted.map(({ forward: { schedule }, url, headers }): NewDelivery => {
          const rest = { targetId: null, secretName: null, speed: 1, forwardOf: request.id };
          return { message: { ...message, headers }, url, schedule, ...rest };
        }),
      );
    } catch (error) {
      // Room or disk may be there again when the provider repeats it; anything else would fail again.
      if (!(error instanceof AppError) || isRetryable(error.code)) throw error;
      return `the copy could not be queued: ${error.message}`;
    }
  }

  async function copies(
    exchange: Exchange,
    endpoint: Endpoint,
    wasProcessed: () => boolean,
  ): Promise<readonly ForwardResult[]> {
    const { request } = exchange;
    const wanted = endpoint.forwards.filter(({ active, mode }) => active && mode === 'copy');
    if (wanted.length === 0) return [];
    const at = clock.now();
    const inTime = countRound(request);
    const filtered = { ...exchange, wasProcessed };
    const steps = wanted.map((forward): Copy | Told => {
      const skipped = filteredOut(forward, filtered);
      if (skipped !== null) return { forward, state: 'skipped', message: skipped };
      const planned = inTime ? plan(request, endpoint, forward) : wentRound;
      if ('problem' in planned) return { forward, state: 'failed', message: planned.problem };
      const url = forwardUrl(planned.base, planned.target);
      const message = readTarget(url);
      return typeof message === 'string'
        ? { forward, state: 'failed', message }
        : { forward, url, headers: planned.headers };
    });
    const queued = await enqueue(exchange, steps.filter(isCopy));
    let taken = 0;
    return steps.map((step): ForwardResult => {
      const { forward } = step;
      const result = { forwardId: forward.id, url: forward.url, mode: forward.mode, status: null, ms: null, at };
      if (!isCopy(step)) return { ...result, state: step.state, message: step.message, deliveryId: null };
      if (typeof queued === 'string') return { ...result, state: 'failed', message: queued, deliveryId: null };
      const { id: deliveryId } = queued[taken++] as Delivery;
      return { ...result, url: step.url, state: 'queued', message: 'in the retry queue', deliveryId };
    });
  }

  return {
    answer,
    copies,
    attempted({ forwardOf, url }, { outcome, message }) {
      if (forwardOf === undefined || outcome === 'interrupted' || !URL.canParse(url)) return;
      const { origin } = new URL(url);
      if (outcome === 'delivered' || outcome === 'http-status') watch.answered(origin);
      else watch.failed(origin, message);
    },
    health: () => watch.health(),
    endpointsChanged() {
      const active = endpoints().flatMap(({ forwards }) => forwards.filter((forward) => forward.active));
      const urls = active.map(baseOf).filter((base) => typeof base !== 'string');
      client.keepOnly(new Set(urls.map(({ origin }) => origin)));
      watch.endpointsChanged();
    },
    stop() {
      watch.stop();
      client.close();
    },
  };
}

function saysSo({ remoteAddress }: CapturedRequest, { trustForwarded }: Endpoint): boolean {
  return trustForwarded && reachOf(remoteAddress) === 'this machine';
}

function isCopy(step: Copy | Told): step is Copy {
  return 'headers' in step;
}

function notSent(message: string): ForwardOutcome {
  return { outcome: 'failed', reason: 'not-sent', message, ms: 0 };
}

function answerWords({ status, bodyCut }: Answered): string {
  return `HTTP ${status}${bodyCut ? '; reply body cut' : ''}`;
}

/** What the provider is told. The app's address and what lies behind it are nothing to the outside. */
function replyOf(outcome: ForwardOutcome): ReplyPlan {
  if (outcome.outcome === 'failed') {
    const isPrivate = outcome.reason === 'blocked-address' || outcome.reason === 'not-sent';
    const what = isPrivate ? 'the request was not sent to it' : outcome.message;
    return plainReply(502, `The app behind this endpoint did not answer: ${what}.`);
  }
  const { status, headers, body, bodyCut } = outcome;
  // Half an answer must not pass for a whole one.
  if (bodyCut) return plainReply(502, 'The app behind this endpoint answered with more than 10 MiB.');
  if (status > 599) return plainReply(502, `The app behind this endpoint answered ${status}, which is no HTTP status.`);
  return { status, headers, body };
}
