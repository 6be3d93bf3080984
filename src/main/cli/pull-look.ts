// A look of `pull` at a provider's API, once or again and again: the place where it ended is kept in the data folder, as
// the app keeps it, and what was missed is sent on where that is wished.

import type { PullSetup } from '../../shared/pulls.ts';
import type { Host } from '../host.ts';
import { createPoller, pull, PullError } from '../host-offline.ts';
import type { PullCursor, PullLine, PullSource, PullSummary } from '../host-offline.ts';
import { createBodyIndex } from '../host-pull-bodies.ts';
import { findPulled, isPulled, recordPulled } from '../host-pull-history.ts';
import type { CommandRun } from './context.ts';
import { printAttempt, printDelivery } from './deliveries-text.ts';
import { finishDeliveries } from './finish-deliveries.ts';
import { createForwarder } from './pull-forward.ts';
import type { PullWish } from './pull-options.ts';
import { createCounts, exitCode, printEvent, printSummary } from './pull-text.ts';

/** How far a first look with `--since last` goes back, ms: as far as GitHub remembers. */
const firstLookMs = 3 * 86_400_000;
/** Longest that a single look waits for rate limits, ms. */
const maxWaitMs = 60_000;

/** What one look or many need. */
export interface Look {
  readonly run: CommandRun;
  readonly host: Host;
  readonly wish: PullWish;
  readonly setup: PullSetup;
  readonly api: PullSource;
  readonly token: string | null;
  /** What a kept cursor belongs to. */
  readonly source: string;
}

/** What the engine is asked with, once or again and again. */
async function engineOptions(
  { run, host, wish, setup, api, token }: Look,
  sinceAt: number,
  onMissed: (id: string) => void,
) {
  const { parts } = host;
  const { provider } = setup;
  const own = { history: parts.history, endpoint: setup.endpointId, provider, path: 'id', now: () => run.clock.now() };
  const bodies = provider === 'shopify' ? createBodyIndex(own) : null;
  await bodies?.load(sinceAt);
  const recording = { parts, random: run.random, onStored: () => {} };
  return {
    source: api,
    token,
    baseUrl: setup.baseUrl ?? undefined,
    sinceAt,
    clock: run.clock,
    isKnown: (id: string, event: Parameters<typeof findPulled>[3]) => findPulled(parts, setup, id, event, bodies),
    isPulled: (requestId: string) => isPulled(parts, requestId),
    async record(event: Parameters<typeof recordPulled>[2]) {
      const requestId = await recordPulled(recording, setup, event);
      // Without a body there is nothing to hand on.
      if (event.body !== null) onMissed(requestId);
      else if (wish.forwardTo !== null) run.output.note(`${event.id}: not forwarded, as the API tells no body for it.`);
      return requestId;
    },
    onEvent: (line: PullLine) => printEvent(run.output, line),
  };
}

/** The kept place and a way to keep another. */
function keptPlace({ run, host, setup, source }: Look) {
  const { pullState } = host.parts;
  const find = () => pullState.data.pulls.find((one) => one.id === setup.id && one.source === source);
  async function keep(cursor: PullCursor, lastAt: number | null): Promise<void> {
    await pullState.update((data) => ({
      pulls: [...data.pulls.filter(({ id }) => id !== setup.id), { id: setup.id, source, cursor, lastAt }],
    }));
  }
  return {
    cursor: () => find()?.cursor ?? null,
    save: (cursor: PullCursor) => keep(cursor, find()?.lastAt ?? null),
    async ended({ ended, cursor }: PullSummary) {
      if (ended === 'complete' && find()) await keep(cursor, run.clock.now());
    },
  };
}

/** From where a look begins, and whether the place it reaches may be kept: a later beginning would leave a gap. */
function beginning({ run, wish }: Look, kept: PullCursor | null) {
  if (wish.sinceAt !== null) {
    return { sinceAt: wish.sinceAt, cursor: null, keeps: kept === null || wish.sinceAt <= kept.sinceAt };
  }
  if (kept === null) run.output.note('--since last: nothing was pulled from here before; looking three days back.');
  return { sinceAt: kept?.sinceAt ?? run.clock.now() - firstLookMs, cursor: kept, keeps: true };
}

/** Looks once and sends on what is to be sent on; resolves with the exit code. Rejects with PullError. */
export async function lookOnce(look: Look, stopped: Promise<unknown>): Promise<number> {
  const { run, host, wish } = look;
  const place = keptPlace(look);
  const { sinceAt, cursor, keeps } = beginning(look, place.cursor());
  const missed: string[] = [];
  const counts = createCounts();
  const controller = new AbortController();
  void stopped.then(() => controller.abort());
  const options = await engineOptions(look, sinceAt, (id) => missed.push(id));
  let code: number;
  try {
    const summary = await pull({
      ...options,
      onEvent: (line) => counts.add(line, options.onEvent),
      cursor,
      saveCursor: (reached) => (keeps ? place.save(reached) : undefined),
      maxWaitMs,
      signal: controller.signal,
    });
    if (keeps) await place.ended(summary);
    printSummary(run.output, { ...summary, limits: look.api.limits });
    code = exitCode(run.output, summary);
  } catch (error) {
    if (error instanceof PullError) printSummary(run.output, counts.failed());
    throw error;
  }
  const forwarded = await createForwarder(run, host, wish.forwardTo)(missed);
  await finishDeliveries(run, host, forwarded);
  return code;
}

/** Looks again and again until `stopped`; resolves with the exit code. Rejects with PullError. */
export async function lookAgain(look: Look, everyMs: number, stopped: Promise<unknown>): Promise<number> {
  const { run, host, wish } = look;
  const place = keptPlace(look);
  const first = beginning(look, place.cursor());
  let cursor = first.cursor;
  let keeps = first.keeps;
  let missed: string[] = [];
  const forward = createForwarder(run, host, wish.forwardTo);
  let forwarding: Promise<unknown> = Promise.resolve();
  let isEnding = false;
  let counts = createCounts();
  const options = await engineOptions(look, first.sinceAt, (id) => missed.push(id));
  if (wish.forwardTo !== null) {
    host.onChange((change) => {
      if (change.type === 'attempt') printAttempt(run.output, change.deliveryId, change.attempt);
      if (change.type === 'delivery') printDelivery(run.output, change.delivery);
    });
  }
  return new Promise<number>((resolve, reject) => {
    const poller = createPoller({
      ...options,
      everyMs,
      onEvent: (line) => counts.add(line, options.onEvent),
      cursor: {
        load: () => cursor,
        async save(reached) {
          cursor = reached;
          if (keeps) await place.save(reached);
        },
      },
      onRun({ summary, error, nextAt }) {
        if (summary) {
          printSummary(run.output, { ...summary, nextAt });
          // From the kept place on there is no gap any more.
          if (keeps) void place.ended(summary).catch(reject);
        } else {
          printSummary(run.output, { ...counts.failed(), nextAt });
          if (error instanceof PullError && nextAt !== null) run.output.note(`hookbench: ${error.message}`);
        }
        counts = createCounts();
        const requests = missed;
        missed = [];
        forwarding = forwarding.then(() => forward(requests)).catch(reject);
        if (error !== null && !isEnding && (nextAt === null || !(error instanceof PullError))) {
          void poller.stop().then(() => reject(error));
        }
      },
    });
    // The poller's timers end with it; a stopped run is no failure.
    void stopped.then(async () => {
      isEnding = true;
      await poller.stop();
      await forwarding;
      resolve(0);
    });
    poller.start();
  });
}
