// `deliveries` and `redrive`: the outbox and the dead letters. Listing reads without owning the data folder; whatever
// changes a delivery goes through the host.

import type { CommandInput, DeadLetterChoice } from '../../shared/contract.ts';
import type { Delivery, DeliveryState } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { WorkingHost } from './working-host.ts';
import { openReader } from '../host-reader.ts';
import { callHost } from './call-host.ts';
import { collect, list, text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { printAttempt, printDelivery, printRecords } from './deliveries-text.ts';
import { isOwnSchedule, readSchedule } from './drafts.ts';
import { parseHeader, readInput, readNumber } from './inputs.ts';
import { withHost } from './open-host.ts';
import { findTarget } from './targets.ts';

const states: readonly DeliveryState[] = ['waiting', 'sending', 'delivered', 'dead', 'parked'];
/** Options of `deliveries` that change one delivery, in the order of its help. */
const changes = ['runNow', 'pause', 'resume', 'remove'] as const;
const changeOptions = { runNow: '--run-now', pause: '--pause', resume: '--resume', remove: '--remove' } as const;

/** Registers `deliveries` and `redrive`. */
export function addDeliveryCommands({ command }: CliContext): void {
  command(
    'deliveries [id]',
    'list deliveries, dead ones included, oldest first; with an id that one with requests and answers in full',
    (options) => {
      options
        .option('--state <state>', states.join(', '))
        .option('--run-now <id>', 'make an attempt now, due or not')
        .option('--pause <id>', 'keep it until it is resumed')
        .option('--resume <id>', 'due now')
        .option('--remove <id>', 'delete a dead or parked one; all deletes every dead letter');
    },
    (run) => (changes.some((name) => text(run, name) !== undefined) ? withHost(changeDelivery)(run) : show(run)),
  );
  command(
    'redrive [id]',
    'deliver dead letters again, as new deliveries; one of them also changed',
    (options) => {
      options
        .option('--all', 'every dead letter')
        .option('--target <name>', 'those of this target')
        .option('--event <name>', 'those of this event')
        .option('--to <url>', 'with an id: to another address')
        .option('--body <file>', 'with an id: another body')
        .option('--header <name:value>', 'with an id: these headers in place of its own, repeatable', collect)
        .option('--schedule <id>', 'with an id: another retry schedule')
        .option('--speed <n>', 'with an id: divides every wait');
    },
    redrive,
  );
}

async function show(run: CommandRun): Promise<number> {
  const state = text(run, 'state');
  if (state !== undefined && !states.some((known) => known === state)) {
    throw new AppError('CONFIG_INVALID', `--state must be one of ${states.join(', ')}, not "${state}".`);
  }
  const id = run.positional[0];
  const reader = openReader({ dataDir: run.environment.dataDir, clock: run.clock, logger: run.logger });
  try {
    const wanted = (delivery: Delivery) =>
      (id ?? delivery.id) === delivery.id && (state ?? delivery.state) === delivery.state;
    const found = (await reader.deliveries()).filter(wanted);
    if (id !== undefined && found.length === 0) throw new AppError('SEND_NOT_FOUND', `There is no delivery ${id}.`);
    for (const delivery of found) {
      const records = delivery.attempts.length === 0 ? [] : (reader.history?.attempts(delivery.id) ?? []);
      printRecords(run.output, delivery, records, id !== undefined);
    }
    return 0;
  } finally {
    await reader.close();
  }
}

async function changeDelivery(run: CommandRun, host: WorkingHost): Promise<number> {
  const given = changes.filter((name) => text(run, name) !== undefined);
  const [change] = given;
  if (change === undefined || given.length > 1 || run.positional[0] !== undefined || text(run, 'state') !== undefined) {
    const names = given.map((name) => changeOptions[name]).join(', ');
    throw new AppError('CONFIG_INVALID', `${names}: give one of them alone, with an id after it.`);
  }
  const id = text(run, change) as string;
  const { queue } = host;
  if (change === 'remove') {
    const { removed } = await callHost(host, 'deliveries.remove', { ids: id === 'all' ? 'all' : [id] });
    run.output.line({ type: 'removed', removed }, () => `${removed} removed`);
    return 0;
  }
  if (!queue.find(id)) throw new AppError('SEND_NOT_FOUND', `${changeOptions[change]}: there is no delivery ${id}.`);
  await callHost(host, `deliveries.${change}`, { id });
  if (change !== 'runNow') {
    printDelivery(run.output, queue.find(id) as Delivery);
    return 0;
  }
  const delivery = await queue.attemptOnce(id);
  const attempt = delivery.attempts.at(-1);
  if (attempt) printAttempt(run.output, id, attempt);
  printDelivery(run.output, delivery);
  return delivery.state === 'dead' ? 1 : 0;
}

function redrive(run: CommandRun): Promise<number> {
  const id = run.positional[0];
  const all = run.options['all'] === true;
  const [target, event] = [text(run, 'target'), text(run, 'event')];
  const isFilter = target !== undefined || event !== undefined;
  if ([id !== undefined, all, isFilter].filter(Boolean).length !== 1) {
    throw new AppError('CONFIG_INVALID', 'Give the id of a dead letter, or --all, or --target and --event.');
  }
  const edits = readEdits(run);
  if (edits !== null && id === undefined) {
    throw new AppError('CONFIG_INVALID', '--to, --body, --header, --schedule and --speed change one: give its id.');
  }
  return withHost(async (_run, host) => {
    if (id !== undefined && edits !== null) {
      const schedule = run.options['schedule'] === undefined ? undefined : readSchedule(run, '', host.parts.workspace.data.schedules); // prettier-ignore
      printDelivery(run.output, await callHost(host, 'deliveries.edit', { ...edits, id, schedule }, editOptions));
      return 0;
    }
    const choice: DeadLetterChoice =
      id !== undefined ? [id] : all ? 'all' : { targetId: targetId(host, target), event };
    const made = await callHost(host, 'deliveries.redrive', { ids: choice });
    for (const delivery of made) printDelivery(run.output, delivery);
    if (made.length === 0) run.output.note('There is no such dead letter; list them with: deliveries --state dead');
    return 0;
  })(run);
}

const editOptions = { url: '--to', headers: '--header', body: '--body', schedule: '--schedule', speed: '--speed' };

/** What changes of one delivery; null when nothing does. */
function readEdits(run: CommandRun): Omit<CommandInput<'deliveries.edit'>, 'id' | 'schedule'> | null {
  if (['to', 'body', 'header', 'schedule', 'speed'].every((name) => run.options[name] === undefined)) return null;
  const [body, speed] = [text(run, 'body'), text(run, 'speed')];
  const headers = list(run, 'header').map((line) => parseHeader('--header', line));
  if (!isOwnSchedule(text(run, 'schedule'))) readSchedule(run, '');
  return {
    url: text(run, 'to'),
    body: body === undefined ? undefined : readInput('--body', body),
    headers: headers.length === 0 ? undefined : headers,
    speed: speed === undefined ? undefined : readNumber('--speed', speed, 0.001, 1_000_000, false),
  };
}

/** A target that was removed left its id behind in its dead letters. */
function targetId(host: WorkingHost, wanted: string | undefined): string | undefined {
  if (wanted === undefined || host.queue.dead().some((delivery) => delivery.targetId === wanted)) return wanted;
  return findTarget(host, wanted).id;
}
