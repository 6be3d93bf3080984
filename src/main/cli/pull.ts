// `pull`: asks a provider's API what it sent, finds what never arrived, and puts that into the history, or sends it on.
// The place where a look ended is kept in the data folder; the token is kept nowhere.

import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { defaultEndpoint } from '../../shared/workspace.ts';
import type { PullSetup } from '../../shared/pulls.ts';
import type { Host } from '../host.ts';
import { createPoller, pull, PullError } from '../host-offline.ts';
import type { PullCursor, PullLine, PullSummary } from '../host-offline.ts';
import { createBodyIndex } from '../host-pull-bodies.ts';
import { findPulled, recordPulled } from '../host-pull-history.ts';
import { escapeControls } from '../system.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { printAttempt, printDelivery } from './deliveries-text.ts';
import { finishDeliveries } from './finish-deliveries.ts';
import { openHost, stopAsked } from './open-host.ts';
import { formatTime, paint } from './output.ts';
import type { Output } from './output.ts';
import { createForwarder } from './pull-forward.ts';
import { addPullOptions, readPull } from './pull-options.ts';
import type { PullWish } from './pull-options.ts';

/** How far a first look with `--since last` goes back, ms: as far as GitHub remembers. */
const firstLookMs = 3 * 86_400_000;
/** Longest that a single look waits for rate limits, ms. */
const maxWaitMs = 60_000;

/** Registers `pull`. */
export function addPull({ command }: CliContext): void {
  command(
    'pull',
    "ask a provider's API for events that never arrived, and put them into the history",
    addPullOptions,
    pullEvents,
  );
}

/** What one look or many need of the host. */
interface Look {
  readonly run: CommandRun;
  readonly host: Host;
  readonly wish: PullWish;
  readonly setup: PullSetup;
  /** What a kept cursor belongs to. */
  readonly source: string;
}

async function pullEvents(run: CommandRun): Promise<number> {
  const wish = readPull(run);
  const stopped = stopAsked(run);
  const sends = wish.forwardTo !== null && (wish.everyMs !== null || run.options['wait'] === true);
  const host = await openHost(run, { listen: null, runQueue: sends });
  try {
    const look = prepare(run, host, wish);
    await host.start();
    return wish.everyMs === null ? await lookOnce(look, stopped) : await lookAgain(look, wish.everyMs, stopped);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    return reportFailure(run.output, error);
  } finally {
    await host.stop();
  }
}

function prepare(run: CommandRun, host: Host, wish: PullWish): Look {
  const endpointId = chooseEndpoint(run, host, wish.provider);
  const { provider, config, baseUrl } = wish;
  // As the app writes it, so that both go on from the same place.
  const source = JSON.stringify([provider, config, baseUrl, endpointId]);
  const known = host.parts.pullState.data.pulls.find((one) => one.source === source);
  const id = known?.id ?? `cli-${createHash('sha256').update(source).digest('hex').slice(0, 20)}`;
  const setup = {
    id,
    name: wish.source.name,
    provider,
    config,
    tokenName: null,
    baseUrl,
    endpointId,
    everyMinutes: null,
  };
  return { run, host, wish, setup, source };
}

function chooseEndpoint(run: CommandRun, { parts }: Host, provider: string): string {
  const wanted = text(run, 'endpoint');
  const { endpoints } = parts.workspace.data;
  if (wanted === undefined) {
    const own = endpoints.filter((endpoint) => endpoint.provider === provider);
    return own.length === 1 && own[0] ? own[0].id : defaultEndpoint.id;
  }
  if (wanted === defaultEndpoint.id) return wanted;
  const found = endpoints.find(({ id }) => id === wanted) ?? endpoints.find(({ name }) => name === wanted);
  if (found) return found.id;
  const names = [...endpoints.map(({ name }) => name), defaultEndpoint.id].map((name) => `"${name}"`).join(', ');
  throw new AppError('CONFIG_INVALID', `--endpoint: there is no "${wanted}"; there are ${names}.`);
}

/** What the engine is asked with, once or again and again. */
async function engineOptions({ run, host, wish, setup }: Look, sinceAt: number, onMissed: (id: string) => void) {
  const { parts } = host;
  const { provider } = setup;
  const own = { history: parts.history, endpoint: setup.endpointId, provider, path: 'id', now: () => run.clock.now() };
  const bodies = provider === 'shopify' ? createBodyIndex(own) : null;
  await bodies?.load(sinceAt);
  const recording = { parts, random: run.random, onStored: () => {} };
  return {
    source: wish.source,
    token: wish.token,
    baseUrl: wish.baseUrl ?? undefined,
    sinceAt,
    clock: run.clock,
    isKnown: (id: string, event: Parameters<typeof findPulled>[3]) => findPulled(parts, setup, id, event, bodies),
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

async function lookOnce(look: Look, stopped: Promise<unknown>): Promise<number> {
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
    printSummary(run.output, { ...summary, limits: wish.source.limits });
    code = exitCode(run.output, summary);
  } catch (error) {
    if (error instanceof PullError) printSummary(run.output, counts.failed());
    throw error;
  }
  const forwarded = await createForwarder(run, host, wish.forwardTo)(missed);
  await finishDeliveries(run, host, forwarded);
  return code;
}

async function lookAgain(look: Look, everyMs: number, stopped: Promise<unknown>): Promise<number> {
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

const tones = { arrived: 'green', missed: 'red', failed: 'yellow' } as const;

function printEvent(output: Output, line: PullLine): void {
  const { id, event, at, state, requestId } = line;
  output.line({ type: 'event', id, event, at, state, requestId }, () => {
    const when = new Date(at).toISOString();
    const what = escapeControls(event ?? '-');
    const name = state === 'failed' ? 'failed at the provider' : state;
    return `${when}  ${paint(output, tones[state], name)}  ${what}  ${escapeControls(id)}  ${requestId ?? ''}`.trimEnd();
  });
}

type Counts = Pick<PullSummary, 'arrived' | 'missed' | 'failed'>;

/** Counts what a look that fails has found before that. */
function createCounts() {
  const counts = { arrived: 0, missed: 0, failed: 0 };
  return {
    add(line: PullLine, then: (line: PullLine) => void): void {
      counts[line.state] += 1;
      then(line);
    },
    failed: () => ({ ...counts, recorded: counts.missed + counts.failed, ended: 'failed' as const }),
  };
}

interface SummaryLine extends Counts {
  readonly recorded: number;
  readonly ended: PullSummary['ended'] | 'failed';
  readonly pages?: number;
  readonly nextAt?: number | null;
  readonly limits?: string;
}

const ends = {
  complete: '',
  'rate-limited': 'ended early: the API asks for a pause',
  'page-limit': 'ended early: too many pages',
  stopped: 'stopped',
  failed: 'failed',
} as const;

function printSummary(output: Output, summary: SummaryLine): void {
  const { arrived, missed, failed, recorded, pages, ended, nextAt, limits } = summary;
  const line = { type: 'summary', arrived, missed, failed, recorded, ended };
  const more = { ...(pages === undefined ? {} : { pages }), ...(nextAt === undefined ? {} : { nextAt }) };
  output.line({ ...line, ...more }, () => {
    const tone = recorded === 0 ? 'green' : 'red';
    const sums = `${arrived} arrived, ${paint(output, tone, `${missed} missed`)}, ${failed} failed at the provider`;
    const next = typeof nextAt === 'number' ? `next look ${formatTime(nextAt)}` : '';
    const parts = [sums, `${recorded} put into the history`, ends[ended], next].filter((part) => part !== '');
    return parts.join('; ') + (limits === undefined ? '' : `\n${paint(output, 'dim', limits)}`);
  });
  output.flush();
}

function exitCode(output: Output, { recorded, ended, rateLimitedUntil }: PullSummary): number {
  if (ended !== 'complete') {
    const until = rateLimitedUntil === undefined ? '' : ` after ${new Date(rateLimitedUntil).toISOString()}`;
    output.note(`hookbench: the look did not come to its end; go on with it${until} with: --since last`);
  }
  if (recorded > 0) return 1;
  return ended === 'complete' ? 0 : 3;
}

/** What a person can mend is bad input; an API that is broken or does not answer is an operational failure. */
function reportFailure(output: Output, { reason, message }: PullError): number {
  const isOperational = reason === 'broken' || reason === 'unreachable' || reason === 'too-large';
  output.line({ type: 'error', code: `PULL_${reason.toUpperCase().replaceAll('-', '_')}`, message }, () => null);
  output.note(`hookbench: ${escapeControls(message)}`);
  return isOperational ? 3 : 2;
}
