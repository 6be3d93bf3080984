// `deliveries`, `redrive` and `run-queue`: the outbox from the command line.

import { AppError } from '../../shared/errors.ts';
import type { DeliveryState } from '../../shared/delivery.ts';
import { openReader } from '../host-reader.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { printAttempt, printDelivery } from './deliveries-text.ts';
import { readNumber } from './inputs.ts';
import { openHost, stopAsked } from './open-host.ts';

const states: readonly DeliveryState[] = ['waiting', 'sending', 'delivered', 'dead', 'parked'];

/** Registers the queue commands. */
export function addQueueCommands({ command }: CliContext): void {
  command(
    'deliveries',
    'list deliveries, dead ones included, oldest first',
    (options) => {
      options.option('--state <state>', states.join(', '));
    },
    listDeliveries,
  );
  command(
    'redrive [id]',
    'deliver a dead letter again, as a new delivery',
    (options) => {
      options.option('--all', 'every dead letter');
    },
    redrive,
  );
  command(
    'run-queue',
    'deliver what is queued',
    (options) => {
      options
        .option('--until-empty', 'end when nothing is waiting or being sent')
        .option('--speed <n>', 'replaces the stored speed for this run');
    },
    runQueue,
  );
}

async function listDeliveries(run: CommandRun): Promise<number> {
  const wanted = text(run, 'state');
  if (wanted !== undefined && !states.some((state) => state === wanted)) {
    throw new AppError('CONFIG_INVALID', `--state must be one of ${states.join(', ')}, not "${wanted}".`);
  }
  const reader = openReader({ dataDir: run.environment.dataDir, clock: run.clock, logger: run.logger });
  try {
    for (const delivery of await reader.deliveries()) {
      if (wanted === undefined || delivery.state === wanted) printDelivery(run.output, delivery);
    }
    return 0;
  } finally {
    await reader.close();
  }
}

async function redrive(run: CommandRun): Promise<number> {
  const id = run.positional[0];
  const all = run.options['all'] === true;
  if ((id === undefined) === !all) throw new AppError('CONFIG_INVALID', 'Give the id of a dead letter, or --all.');
  const host = await openHost(run, { listen: null, runQueue: false });
  try {
    for (const delivery of await host.queue.redrive(all ? 'all' : [id as string])) printDelivery(run.output, delivery);
    return 0;
  } finally {
    await host.stop();
  }
}

async function runQueue(run: CommandRun): Promise<number> {
  const speed = text(run, 'speed');
  const host = await openHost(run, {
    listen: null,
    runQueue: true,
    queueSpeed: speed === undefined ? undefined : readNumber('--speed', speed, 0.001, 1_000_000, false),
  });
  let died = false;
  host.onChange((change) => {
    if (change.type === 'attempt') printAttempt(run.output, change.deliveryId, change.attempt);
    if (change.type === 'delivery') {
      if (change.delivery.state === 'dead') died = true;
      printDelivery(run.output, change.delivery);
    }
  });
  const stopped = stopAsked(run);
  // Waits may be hours long and the queue's timers do not hold the process: this does.
  const alive = setInterval(() => {}, 3_600_000);
  try {
    if (host.parts.queueDocument.readOnly || host.parts.deadLetters.readOnly) {
      throw new AppError('STORE_READ_ONLY', 'queue.json or dead-letters.json was written by a newer Hookbench.');
    }
    await host.start();
    const ended = run.options['untilEmpty'] === true ? await Promise.race([stopped, host.queue.idle()]) : await stopped;
    return ended === 'stop' || !died ? 0 : 1;
  } finally {
    clearInterval(alive);
    await host.stop();
  }
}
