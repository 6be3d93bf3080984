// One provider API that is asked for missed events: at intervals through the engine's poller, and whenever a person asks.
// The two never overlap. What it knows is told as a status; errors become sentences, which never hold the token.

import { AppError } from '../shared/errors.ts';
import type { ExchangeSummary } from '../shared/exchange.ts';
import type { PulledEvent, PullSetup, PullStatus } from '../shared/pulls.ts';
import type { Parts } from './host-parts.ts';
import { createBodyIndex } from './host-pull-bodies.ts';
import { findPulled, isPulled, recordPulled } from './host-pull-history.ts';
import type { Random } from './ports.ts';
import { createPoller } from './reconcile/poller.ts';
import type { Poller } from './reconcile/poller.ts';
import type { PullCursor, PullLine, PullOptions, PullSummary } from './reconcile/pull-contract.ts';
import { PullError } from './reconcile/pull-error.ts';
import { pull } from './reconcile/pull.ts';
import { createSource } from './reconcile/sources.ts';
import type { Exchange } from './store/history.ts';

/** What it is given. */
interface PullWatchOptions {
  readonly parts: Parts;
  readonly random: Random;
  /** As it was checked when it was saved. */
  readonly setup: PullSetup;
  /** The token of a setup that names none, for looks that leave no trace of it (the command line's). */
  readonly token?: string | undefined;
  readonly onStatus: (status: PullStatus) => void;
  /** A pulled request is in the history. */
  readonly onStored: (summary: ExchangeSummary) => void;
}

/** Watches one API. */
export interface PullWatch {
  /** Looks at once and then at its intervals; does nothing where the setup has none, or while it does so already. */
  start(): void;
  /** The token is another one: looks at intervals go on with it, also where they had ended for want of it. */
  tokenChanged(): void;
  /**
   * Looks now: from `sinceAt` (epoch ms) or, when null, from where the last look ended. Resolves with the status when
   * the look has ended, whatever came of it.
   */
  look(sinceAt: number | null): Promise<PullStatus>;
  status(): PullStatus;
  /** A request was stored. */
  noticed(exchange: Exchange): void;
  /** Ends everything; resolves when nothing is under way. What was recorded stays. */
  stop(): Promise<void>;
}

/** How far a first look goes back, ms: as far as GitHub remembers. */
const firstLookMs = 3 * 86_400_000;
/** Longest that an asked look waits for a rate limit, ms. */
const maxWaitMs = 60_000;
const mostEvents = 500;

/** A watch that does nothing until it is started or asked. */
export function createPullWatch(options: PullWatchOptions): PullWatch {
  const { parts, random, setup, onStatus, onStored } = options;
  const { clock, logger, pullState, endpoint } = parts;
  const { id, provider, config, baseUrl, tokenName } = setup;
  /** What a kept cursor belongs to. */
  const source = JSON.stringify([provider, config, baseUrl, setup.endpointId]);
  const everyMs = setup.everyMinutes === null ? null : setup.everyMinutes * 60_000;
  const api = createSource(provider, config);
  const bodies =
    provider === 'shopify'
      ? createBodyIndex({
          history: parts.history,
          endpoint: endpoint(setup.endpointId).id,
          provider,
          path: 'id',
          now: () => clock.now(),
        })
      : null;

  let running = false;
  let nextAt: number | null = null;
  let events: readonly PulledEvent[] = [];
  let missed = 0;
  let problem: string | null = null;
  let watching = false;
  let poller: Poller | null = null;
  let cancelStart: (() => void) | null = null;
  let asked: AbortController | null = null;
  let last: Promise<unknown> = Promise.resolve();
  /** Beginnings and ends of looks at intervals that are under way. */
  const unsettled = new Set<Promise<void>>();
  let stopped = false;

  const kept = () => pullState.data.pulls.find((one) => one.id === id && one.source === source);
  const status = (): PullStatus => ({ id, running, lastAt: kept()?.lastAt ?? null, nextAt, events, missed, problem });
  const changed = (): void => {
    if (!stopped) onStatus(status());
  };

  async function keep(cursor: PullCursor, lastAt: number | null): Promise<void> {
    await pullState.update((data) => ({
      pulls: [...data.pulls.filter((one) => one.id !== id), { id, source, cursor, lastAt }],
    }));
  }

  /** What every look needs. Throws SECRET_UNAVAILABLE. */
  function request(sinceAt: number): Omit<PullOptions, 'cursor' | 'saveCursor' | 'signal'> {
    const token = tokenName === null ? (options.token ?? null) : (parts.secretValue(tokenName)?.value ?? null);
    if (tokenName !== null && token === null) {
      throw new AppError(
        'SECRET_UNAVAILABLE',
        `The token "${tokenName}" is not stored, or cannot be opened here. Give it again.`,
      );
    }
    return {
      source: api,
      token,
      baseUrl: baseUrl ?? undefined,
      sinceAt,
      clock,
      isKnown: (eventId, event) => findPulled(parts, setup, eventId, event, bodies),
      isPulled: (requestId) => isPulled(parts, requestId),
      record: (event) => recordPulled({ parts, random, onStored }, setup, event),
      onEvent: enter,
    };
  }

  function enter({ id: eventId, event, at, state, requestId, pulled }: PullLine): void {
    if (state !== 'arrived') missed += 1;
    // This very look may have pulled it before it was interrupted, and has told so.
    if (pulled && events.some((one) => one.id === eventId && one.state !== 'arrived')) return;
    const others = events.filter((one) => one.id !== eventId);
    const mark = pulled ? { pulled } : {};
    events = [{ id: eventId, event, at, state, requestId, ...mark }, ...others]
      .toSorted((a, b) => b.at - a.at)
      .slice(0, mostEvents);
  }

  function begin(): void {
    running = true;
    nextAt = null;
    changed();
  }

  async function end(summary: PullSummary | null, error: unknown, next: number | null): Promise<void> {
    running = false;
    nextAt = next;
    problem = error === null ? trouble(summary) : say(error);
    const known = kept();
    if (summary?.ended === 'complete' && known) {
      await keep(known.cursor, clock.now()).catch((fault: unknown) => {
        logger.error(`The end of a look at ${api.name} could not be kept`, fault);
      });
    }
    changed();
  }

  /** PullError and AppError speak to a person; anything else is a fault of ours. */
  function say(error: unknown): string {
    if (error instanceof PullError || error instanceof AppError) return error.message;
    logger.error(`A look at ${api.name} failed`, error);
    return 'The look failed because of a fault in Hookbench; the log says more.';
  }

  function trouble(summary: PullSummary | null): string | null {
    switch (summary?.ended) {
      case 'rate-limited':
        return `${api.name} asks for a pause; the next look goes on from here.`;
      case 'page-limit':
        return `Only ${summary.pages} pages were read; the next look goes on from here.`;
      default:
        return null;
    }
  }

  async function startPolling(): Promise<void> {
    cancelStart = null;
    if (everyMs === null || !mayPoll()) return;
    const sinceAt = kept()?.cursor.sinceAt ?? clock.now() - firstLookMs;
    try {
      await bodies?.load(sinceAt);
      const asking = request(sinceAt);
      if (!mayPoll()) return;
      poller = createPoller({
        ...asking,
        everyMs,
        cursor: {
          load() {
            // The poller asks for it when a look begins.
            begin();
            return kept()?.cursor ?? null;
          },
          save: async (cursor) => {
            await keep(cursor, kept()?.lastAt ?? null);
            changed();
          },
        },
        onRun: ({ summary, error, nextAt: next }) => follow(end(summary, error, next)),
      });
      poller.start();
    } catch (error) {
      await end(null, error, null);
    }
  }

  function follow(work: Promise<void>): void {
    const settled = work.finally(() => unsettled.delete(settled));
    unsettled.add(settled);
  }

  const mayPoll = (): boolean => watching && !stopped && poller === null && asked === null;

  async function stopPolling(): Promise<void> {
    cancelStart?.();
    cancelStart = null;
    const ending = poller;
    poller = null;
    await ending?.stop();
  }

  async function lookNow(sinceAt: number | null): Promise<PullStatus> {
    if (stopped) return status();
    const controller = new AbortController();
    asked = controller;
    // An interrupted look is gone on with: what it found belongs to this one.
    if (!running) events = [];
    await stopPolling();
    const before = kept()?.cursor ?? null;
    const cursor = sinceAt === null ? before : null;
    const from = sinceAt ?? before?.sinceAt ?? clock.now() - firstLookMs;
    // A look that begins later than the kept place would leave a gap behind it.
    const keeps = before === null || from <= before.sinceAt;
    begin();
    try {
      await bodies?.load(from);
      const summary = await pull({
        ...request(from),
        cursor,
        maxWaitMs,
        signal: controller.signal,
        async saveCursor(place) {
          if (keeps) await keep(place, kept()?.lastAt ?? null);
          changed();
        },
      });
      await end(summary, null, planNext(summary.rateLimitedUntil ?? 0));
    } catch (error) {
      await end(null, error, planNext(0));
    }
    asked = null;
    return status();
  }

  /** The looks at intervals go on one interval after an asked one. */
  function planNext(earliest: number): number | null {
    if (!watching || stopped || everyMs === null) return null;
    const at = Math.max(clock.now() + everyMs, earliest);
    cancelStart = clock.after(at - clock.now(), () => follow(startPolling()));
    return at;
  }

  return {
    start() {
      if (everyMs === null || stopped) return;
      watching = true;
      if (cancelStart === null && mayPoll()) follow(startPolling());
    },
    tokenChanged() {
      if (watching && asked === null) follow(stopPolling().then(startPolling));
    },
    look(sinceAt) {
      const turn = last.then(() => lookNow(sinceAt));
      last = turn.catch(() => {});
      return turn;
    },
    status,
    noticed(exchange) {
      bodies?.noticed(exchange);
    },
    async stop() {
      stopped = true;
      watching = false;
      asked?.abort();
      await stopPolling();
      await last;
      await Promise.all(unsettled);
    },
  };
}
