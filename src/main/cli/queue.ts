// `run-queue`: delivers what is queued, in this process, until it is told to stop or nothing is left.

import { AppError } from '../../shared/errors.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { printAttempt, printDelivery } from './deliveries-text.ts';
import { readNumber } from './inputs.ts';
import { openHost, stopAsked } from './open-host.ts';

/** Registers `run-queue`. */
export function addQueueCommands({ command }: CliContext): void {
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
