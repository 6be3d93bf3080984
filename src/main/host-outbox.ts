// The handlers for what waits to be sent and for what was given up: deliveries, dead letters, and the schedules by which
// they are repeated.

import type { CommandHandlers, CommandName, CommandParsed } from '../shared/contract.ts';
import { AppError } from '../shared/errors.ts';
import type { Delivery } from '../shared/delivery.ts';
import { schedules } from '../shared/schedules.ts';
import type { Parts } from './host-parts.ts';
import type { DeliveryChanges, Queue } from './sender/queue-contract.ts';

/** What the handlers work on. */
interface OutboxContext {
  readonly parts: Parts;
  readonly queue: Queue;
  readonly workspaceChanged: () => void;
}

type OutboxCommand = Extract<CommandName, `deliveries.${string}` | `schedules.${string}`>;

/** Delivered ones that a list shows. */
const listedArchived = 500;

/** Builds the handlers. They throw AppError for operational errors. */
export function createOutboxHandlers({
  parts,
  queue,
  workspaceChanged,
}: OutboxContext): Pick<CommandHandlers, OutboxCommand> {
  const { history, workspace } = parts;

  async function readChanges(input: CommandParsed<'deliveries.edit'>): Promise<DeliveryChanges> {
    const { url, headers, body, schedule, speed, secretName } = input;
    if (secretName !== undefined && secretName !== null && !parts.secrets.has(secretName)) {
      throw new AppError('SECRET_UNAVAILABLE', `There is no secret named "${secretName}".`, { field: 'secretName' });
    }
    // Bytes are kept before the delivery refers to them.
    const kept = body && { hash: await history.putMessageBody(body), size: body.byteLength };
    return { url, headers, body: kept, schedule, speed, secretName };
  }

  function known(id: string): Delivery {
    const delivery = queue.find(id);
    if (delivery) return delivery;
    throw new AppError('SEND_NOT_FOUND', `There is no delivery ${id}.`);
  }

  return {
    'deliveries.list': ({ dead }) =>
      dead ? [...queue.dead()].reverse() : [...[...queue.pending()].reverse(), ...history.listArchived(listedArchived)],
    'deliveries.attempts': ({ id }) => history.attempts(id),
    'deliveries.body': ({ id }) => history.messageBody(known(id).message.bodyHash),
    'deliveries.runNow': ({ id }) => queue.runNow(id).then(() => null),
    'deliveries.pause': ({ id }) => queue.pause(id).then(() => null),
    'deliveries.resume': ({ id }) => queue.resume(id).then(() => null),
    'deliveries.redrive': ({ ids }) => queue.redrive(ids),
    'deliveries.remove': async ({ ids }) => ({ removed: (await queue.remove(ids)).length }),
    'deliveries.edit': async (input) => {
      known(input.id);
      return queue.edit(input.id, await readChanges(input));
    },
    async 'schedules.save'(schedule) {
      if (schedules.some(({ id }) => id === schedule.id)) {
        throw new AppError('CONFIG_INVALID', `The id "${schedule.id}" belongs to a built-in schedule.`, {
          field: 'id',
        });
      }
      await workspace.update((data) => ({
        ...data,
        schedules: [...data.schedules.filter(({ id }) => id !== schedule.id), schedule].toSorted((a, b) =>
          a.name.localeCompare(b.name, 'en'),
        ),
      }));
      workspaceChanged();
      return null;
    },
    async 'schedules.remove'({ id }) {
      const { targets, endpoints } = workspace.data;
      const user =
        targets.find((target) => target.schedule === id) ??
        endpoints.find(({ forwards }) => forwards.some(({ schedule }) => schedule === id));
      if (user) {
        throw new AppError('CONFIG_INVALID', `"${user.name}" uses this schedule; choose another one there first.`);
      }
      // Deliveries that are under way keep the id: they go on by the schedule that lasts longest.
      await workspace.update((data) => ({ ...data, schedules: data.schedules.filter((other) => other.id !== id) }));
      workspaceChanged();
      return null;
    },
  };
}
