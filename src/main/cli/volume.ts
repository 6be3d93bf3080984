// `send --count N --rate R`: many deliveries at a rate, with a live figure on stderr and a summary at the end. The host
// makes and counts them; this only shows it and stops it.

import type { Change } from '../../shared/news.ts';
import type { Delivery, Draft } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import { makeId } from '../../shared/id.ts';
import type { VolumeRun } from '../../shared/trials.ts';
import type { WorkingHost } from './working-host.ts';
import { checkNearby } from '../host-offline.ts';
import { callHost } from './call-host.ts';
import { text } from './context.ts';
import type { CommandRun } from './context.ts';
import { printDelivery } from './deliveries-text.ts';
import { readNumber } from './inputs.ts';
import { stopAsked } from './open-host.ts';
import { paint } from './output.ts';
import type { Output } from './output.ts';

/** What is asked for. */
export interface VolumeWish {
  readonly count: number;
  readonly ratePerSecond: number;
}

/** Least time between two live figures on a file or pipe, ms. */
const liveEveryMs = 1_000;
const outsideOption = '--yes-outside';

/** What `--count` and `--rate` ask for; null where messages are sent one by one. Throws CONFIG_INVALID. */
export function readVolume(run: CommandRun): VolumeWish | null {
  const rate = text(run, 'rate');
  if (rate === undefined || text(run, 'batch') !== undefined) return null;
  for (const [name, option] of [
    ['enqueueOnly', '--enqueue-only'],
    ['id', '--id'],
  ] as const) {
    const why = name === 'id' ? 'every delivery gets an id of its own' : 'deliveries are sent at the rate';
    if (run.options[name] !== undefined) throw new AppError('CONFIG_INVALID', `${option}: with --rate ${why}; leave one out.`); // prettier-ignore
  }
  return {
    count: readNumber('--count', text(run, 'count') ?? '1', 1, 100_000),
    ratePerSecond: readNumber('--rate', rate, 0.1, 2_000, false),
  };
}

/** Many deliveries without a rate need the same confirmation. Throws CONFIG_INVALID. */
export async function checkMany(run: CommandRun, { parts }: WorkingHost, drafts: readonly Draft[]): Promise<void> {
  const [draft] = drafts;
  if (draft === undefined || drafts.length === 1 || run.options['yesOutside'] === true) return;
  try {
    await checkNearby(draft, parts.workspace.data.targets);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CONFIG_INVALID') throw error;
    throw new AppError(error.code, `${outsideOption}: ${error.message}`);
  }
}

/** Sends the draft so many times and resolves with the exit code: 0 when all were delivered. */
export async function sendVolume(run: CommandRun, host: WorkingHost, draft: Draft, wish: VolumeWish): Promise<number> {
  const { output } = run;
  const runId = makeId('vol', run.random);
  const strangers = new Set(host.queue.pending().map(({ id }) => id));
  const stopped = stopAsked(run).then(() => void callHost(host, 'volume.stop', { runId }));
  const live = createLive(output, () => run.clock.monotonic());
  const startedAt = run.clock.monotonic();
  // The queue's timers do not hold the process.
  const alive = setInterval(() => {}, 3_600_000);
  try {
    const ended = new Promise<VolumeRun>((resolve) => {
      host.onChange((change: Change) => {
        // For a person the figures say it all.
        if (output.json && change.type === 'delivery' && isOver(change.delivery) && !strangers.has(change.delivery.id))
          printDelivery(output, change.delivery);
        if (change.type !== 'volume' || change.run.id !== runId) return;
        live(change.run);
        if (change.run.state !== 'running') resolve(change.run);
      });
    });
    const confirmed = run.options['yesOutside'] === true;
    await callHost(host, 'volume.start', { runId, draft, ...wish, confirmed }, optionNames);
    const result = await ended;
    print(output, result, run.clock.monotonic() - startedAt);
    return result.delivered === result.count ? 0 : 1;
  } finally {
    clearInterval(alive);
    void stopped;
  }
}

const optionNames = { count: '--count', ratePerSecond: '--rate', confirmed: outsideOption };

function isOver({ state }: Delivery): boolean {
  return state === 'delivered' || state === 'dead' || state === 'parked';
}

function createLive(output: Output, now: () => number): (run: VolumeRun) => void {
  let shownAt = -Infinity;
  return (run) => {
    if (!output.isLiveOver && now() - shownAt < liveEveryMs && run.state === 'running') return;
    shownAt = now();
    const { enqueued, count, delivered, dead, perSecond } = run;
    const sums = `${enqueued} of ${count} queued, ${delivered} delivered, ${dead} dead`;
    output.live(`${sums}, ${perSecond} answers/s, ${percentiles(run)}`);
  };
}

function percentiles({ p50, p95, p99 }: VolumeRun): string {
  const ms = (value: number | null) =>
    value === null ? '-' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
  return `p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}`;
}

function print(output: Output, run: VolumeRun, ms: number): void {
  const { count, ratePerSecond, enqueued, delivered, dead, answers, p50, p95, p99, state } = run;
  const unfinished = enqueued - delivered - dead;
  const line = { type: 'volume', count, ratePerSecond, enqueued, delivered, dead, unfinished, answers, p50, p95, p99 };
  output.line({ ...line, ms: Math.round(ms), state }, () => {
    const tone = delivered === count ? 'green' : 'red';
    const sums = `${paint(output, tone, `${delivered} of ${count} delivered`)}, ${dead} dead, ${unfinished} unfinished`;
    const kinds = Object.entries(answers).map(([name, times]) => `${name} x ${times}`);
    return `${sums} in ${(ms / 1_000).toFixed(1)} s; ${percentiles(run)}; answers: ${kinds.join(', ') || 'none'}`;
  });
  if (unfinished > 0) output.note(`${unfinished} stay in the queue; go on with them with: run-queue`);
}
