// What `send`, `replay` and `pull --forward` do with deliveries that they put into the queue: print them, make the first
// attempt or wait for the end, and turn what became of them into an exit code.

import type { Delivery } from '../../shared/delivery.ts';
import { isAttached } from './working-host.ts';
import type { WorkingHost } from './working-host.ts';
import type { CommandRun } from './context.ts';
import { printAttempt, printDelivery } from './deliveries-text.ts';

/** Resolves with the exit code: 1 when one died, or with `--wait` was not delivered. */
export async function finishDeliveries(
  run: CommandRun,
  host: WorkingHost,
  deliveries: readonly Delivery[],
): Promise<number> {
  const { output } = run;
  for (const delivery of deliveries) printDelivery(output, delivery);
  output.flush();
  const waits = run.options['wait'] === true;
  // The owner of the folder makes the attempts.
  if (run.options['enqueueOnly'] === true || (isAttached(host) && !waits)) return 0;
  const ended = await Promise.all(
    deliveries.map((delivery) => (waits ? host.queue.settled(delivery.id) : host.queue.attemptOnce(delivery.id))),
  );
  for (const delivery of ended) {
    for (const attempt of delivery.attempts) printAttempt(output, delivery.id, attempt);
    if (waits || delivery.state !== 'waiting') printDelivery(output, delivery);
  }
  return ended.some((delivery) => delivery.state === 'dead' || (waits && delivery.state !== 'delivered')) ? 1 : 0;
}
