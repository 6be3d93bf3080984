// `schedule`: the built-in retry schedules and a person's own, from the command line.

import { AppError } from '../../shared/errors.ts';
import { findSchedule, schedules } from '../../shared/schedules.ts';
import type { OwnSchedule, RetrySchedule } from '../../shared/schedules.ts';
import type { WorkingHost } from './working-host.ts';
import { escapeControls } from '../system.ts';
import { callHost, idFromName } from './call-host.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { formatDuration, readDuration } from './durations.ts';
import { readStoredWorkspace, withHost } from './open-host.ts';
import { paint } from './output.ts';
import type { Output } from './output.ts';

const longestWaitMs = 30 * 86_400_000;
const optionNames = { id: 'NAME', name: 'NAME', waitsMs: '--waits', deadlineMs: '--deadline' };

/** Registers the `schedule` commands. */
export function addScheduleCommands(context: CliContext): void {
  const { command } = context.group('schedule', 'when failed attempts are repeated: list, add, remove');
  command('list', 'list the built-in schedules and your own', () => {}, listSchedules);
  command(
    'add <name>',
    'add a schedule of your own; prints the id that --schedule takes',
    (options) => {
      options
        .requiredOption('--waits <times>', 'waits after failed attempts such as 5s,5m,2h; none for one attempt only')
        .option('--deadline <time>', 'how long an answer is waited for such as 10s (default: 30s)')
        .option('--replace', 'put it in the place of your schedule of this name');
    },
    addSchedule,
  );
  command('remove <id>', 'remove a schedule of your own, by id or name', () => {}, withHost(removeSchedule));
}

async function listSchedules(run: CommandRun): Promise<number> {
  const own = (await readStoredWorkspace(run)).schedules;
  for (const schedule of schedules) print(run.output, schedule, false);
  for (const { id } of own) print(run.output, findSchedule(id, own) as RetrySchedule, true);
  return 0;
}

function addSchedule(run: CommandRun): Promise<number> {
  const deadline = text(run, 'deadline');
  const read = {
    name: run.positional[0] as string,
    waitsMs: readWaits(text(run, 'waits') as string),
    deadlineMs: deadline === undefined ? null : readDuration('--deadline', deadline, 100, 600_000),
  };
  return withHost(async (_run, host) => {
    const own = host.parts.workspace.data.schedules;
    const same = own.find(({ name }) => name === read.name);
    if (same && run.options['replace'] !== true) {
      const cure = `add --replace, or remove it with: schedule remove ${same.id}`;
      throw new AppError('CONFIG_INVALID', `NAME: there is a schedule "${read.name}" already; ${cure}.`);
    }
    const prefix = 'own-';
    const taken = own.map(({ id }) => id.slice(prefix.length));
    const id = same?.id ?? prefix + idFromName(read.name.slice(0, 40), taken, 'schedule');
    const schedule: OwnSchedule = { id, ...read };
    await callHost(host, 'schedules.save', schedule, optionNames);
    print(run.output, findSchedule(id, [schedule]) as RetrySchedule, true);
    return 0;
  })(run);
}

async function removeSchedule(run: CommandRun, host: WorkingHost): Promise<number> {
  const wanted = run.positional[0] as string;
  const own = host.parts.workspace.data.schedules;
  const found = own.find(({ id }) => id === wanted) ?? own.find(({ name }) => name === wanted);
  if (!found) {
    const ids = own.map(({ id }) => id).join(', ');
    const known = ids === '' ? 'there are none' : `yours are ${ids}`;
    throw new AppError('CONFIG_INVALID', `ID: "${wanted}" is not a schedule of your own; ${known}.`);
  }
  await callHost(host, 'schedules.remove', { id: found.id });
  const line = { type: 'schedule-removed', id: found.id, name: found.name };
  run.output.line(line, () => `removed  ${escapeControls(found.id)}`);
  return 0;
}

function readWaits(given: string): number[] {
  if (given.trim() === 'none') return [];
  return given.split(',').map((part) => readDuration('--waits', part, 0, longestWaitMs));
}

function print(output: Output, schedule: RetrySchedule, isOwn: boolean): void {
  const { id, name, waitsMs, deadlineMs = null, source, summary } = schedule;
  const line = { type: 'schedule', id, name, own: isOwn, attempts: waitsMs.length + 1, waitsMs, deadlineMs, source };
  output.line(summary === undefined ? line : { ...line, summary }, () => {
    const waits = waitsMs.map(formatDuration).join(', ');
    const deadline = deadlineMs === null ? '' : `deadline ${formatDuration(deadlineMs)}`;
    const mark = isOwn ? paint(output, 'green', 'own') : '';
    return [id.padEnd(18), escapeControls(name), waits, deadline, mark].filter((part) => part !== '').join('  ');
  });
}
