// `pin`, `note`, `remove` and `retention`: what of the history stays, and for how long.

import { AppError } from '../../shared/errors.ts';
import type { Settings } from '../../shared/workspace.ts';
import type { Host } from '../host.ts';
import { isAttached } from './working-host.ts';
import type { WorkingHost } from './working-host.ts';
import { callHost } from './call-host.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { formatDuration, readDuration } from './durations.ts';
import { readNumber, readSize } from './inputs.ts';
import { withHost } from './open-host.ts';
import { formatSize } from './output.ts';

/** Registers the commands. */
export function addKeepingCommands({ command }: CliContext): void {
  command('pin <ids...>', 'keep requests when old ones are removed', () => {}, withHost(setPinned(true)));
  command('unpin <ids...>', 'let requests be removed when they are old', () => {}, withHost(setPinned(false)));
  command('remove <ids...>', 'delete requests, pinned ones too', () => {}, withHost(remove));
  command('note <id> <text>', 'write a note to a request; an empty one removes it', () => {}, withHost(setNote));
  command(
    'retention',
    'show or set what is kept, and remove now what lies beyond; pinned requests stay',
    (options) => {
      options
        .option('--max-count <n>', 'requests, or none for no limit')
        .option('--max-age <time>', 'age such as 30d, or none')
        .option('--max-size <size>', 'bodies together such as 10GB, or none');
    },
    withHost(retention),
  );
}

function setPinned(pinned: boolean) {
  return async (run: CommandRun, host: WorkingHost): Promise<number> => {
    const ids = run.positional[0] as unknown as readonly string[];
    for (const id of ids) {
      if (host.parts.history.get(id) === null) throw new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
    }
    await callHost(host, 'requests.pin', { ids, pinned });
    for (const id of ids) {
      run.output.line({ type: 'mark', id, pinned }, () => `${pinned ? 'pinned' : 'released'}  ${id}`);
    }
    return 0;
  };
}

/** All or none: an id that is not known is a slip, and what is deleted does not come back. */
async function remove(run: CommandRun, host: WorkingHost): Promise<number> {
  const ids = run.positional[0] as unknown as readonly string[];
  const wanted = [...new Set(ids)];
  for (const id of wanted) {
    if (host.parts.history.get(id) === null) throw new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
  }
  await callHost(host, 'requests.remove', { ids: wanted });
  for (const id of wanted) run.output.line({ type: 'removed', id }, () => `removed  ${id}`);
  return 0;
}

async function setNote(run: CommandRun, host: WorkingHost): Promise<number> {
  const [id = '', note = ''] = run.positional;
  await callHost(host, 'requests.note', { id, note });
  run.output.line({ type: 'mark', id, note }, () => `${note === '' ? 'note removed' : 'noted'}  ${id}`);
  return 0;
}

const dayMs = 86_400_000;

async function retention(run: CommandRun, host: WorkingHost): Promise<number> {
  const { settings } = host.parts;
  const before = settings.data.retention;
  const wanted: Settings['retention'] = {
    maxCount: limit(run, 'maxCount', before.maxCount, (given) =>
      readNumber('--max-count', given, 1, Number.MAX_SAFE_INTEGER),
    ),
    maxAgeDays: limit(
      run,
      'maxAge',
      before.maxAgeDays,
      (given) => readDuration('--max-age', given, 864_000, 36_500 * dayMs) / dayMs,
    ),
    maxBytes: limit(run, 'maxSize', before.maxBytes, (given) => readSize('--max-size', given)),
  };
  const isSet = ['maxCount', 'maxAge', 'maxSize'].some((name) => text(run, name) !== undefined);
  if (isSet) await callHost(host, 'settings.save', { retention: wanted });
  // An owner in another process removes what lies beyond by itself, soon.
  const removed = isAttached(host) ? 0 : (await (host as Host).parts.history.retain(wanted, run.clock.now())).removed;
  const kept = (await callHost(host, 'state.get', undefined)).requestCount;
  run.output.line({ type: 'retention', ...wanted, kept, removed }, () => {
    const { maxCount, maxAgeDays, maxBytes } = wanted;
    const limits = [
      maxCount === null ? '' : `${maxCount} requests`,
      maxAgeDays === null ? '' : formatDuration(Math.round(maxAgeDays * dayMs)),
      maxBytes === null ? '' : `${formatSize(maxBytes)} of bodies`,
    ].filter((words) => words !== '');
    const what = limits.length === 0 ? 'Everything is kept.' : `At most ${limits.join(', ')} are kept.`;
    return `${what} There are ${kept} requests${removed > 0 ? `, ${removed} were removed` : ''}.`;
  });
  return 0;
}

/** Undefined stays, `none` is no limit, anything else is read. */
function limit(run: CommandRun, name: string, before: number | null, read: (given: string) => number): number | null {
  const given = text(run, name);
  if (given === undefined) return before;
  return given === 'none' ? null : read(given);
}
