// The options that name local apps to which requests are passed on: for an endpoint, and for one run of `listen`.

import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { forwardSchema } from '../../shared/forwards.ts';
import type { Forward } from '../../shared/forwards.ts';
import * as v from 'valibot';
import { forwardFault } from '../host-offline.ts';
import { collect, flag, list, text } from './context.ts';
import type { CommandRun } from './context.ts';
import { readDuration } from './durations.ts';

/** Adds the options. */
export function addForwardOptions(command: Command): void {
  command
    .option('--forward-to <url>', 'local app whose answer goes to the provider')
    .option('--copy-to <url>', 'local app that gets a copy through the retry queue, repeatable', collect)
    .option('--no-forwards', 'take all forwards away')
    .option('--forward-events <filter>', 'only these events: exact, order.*, with commas between')
    .option('--forward-verdicts <list>', 'only requests with these verdicts, such as valid,unverified')
    .option('--append-path', 'add what follows the endpoint’s path to the address')
    .option('--no-append-path', 'send to exactly this address')
    .option('--keep-host', 'keep the Host header as received')
    .option('--no-keep-host', 'send the app’s own Host header')
    .option('--forward-timeout <time>', 'deadline of the app’s answer such as 10s');
}

/**
 * The forwards that the options ask for: all of them anew where an address is given, `before` with the other options
 * applied to each where none is; undefined when nothing was given. Throws AppError that names the option.
 */
export function readForwards(run: CommandRun, before: readonly Forward[] = []): Forward[] | undefined {
  const answerUrl = text(run, 'forwardTo');
  const copyUrls = list(run, 'copyTo');
  const own = readOwn(run);
  const hasUrl = answerUrl !== undefined || copyUrls.length > 0;
  if (flag(run, 'forwards') === false) {
    if (hasUrl) throw new AppError('CONFIG_INVALID', '--no-forwards: leave it out beside --forward-to and --copy-to.');
    return [];
  }
  if (!hasUrl) {
    if (Object.keys(own).length === 0) return undefined;
    if (before.length > 0) return before.map((forward) => ({ ...forward, ...own }));
    throw new AppError('CONFIG_INVALID', '--forward-to or --copy-to is needed: there is nothing to forward to.');
  }
  const answers = answerUrl === undefined ? [] : [made('answer', '--forward-to', answerUrl, 'answer', own)];
  const copies = copyUrls.map((url, index) => made(`copy-${index + 1}`, '--copy-to', url, 'copy', own));
  return [...answers, ...copies];
}

function readOwn(run: CommandRun): Partial<Forward> {
  const events = text(run, 'forwardEvents');
  const verdicts = text(run, 'forwardVerdicts');
  const timeout = text(run, 'forwardTimeout');
  const appendPath = flag(run, 'appendPath');
  const keepHost = flag(run, 'keepHost');
  return {
    ...(events !== undefined && { events: words(events) }),
    ...(verdicts !== undefined && { verdicts: readVerdicts(verdicts) }),
    ...(appendPath !== undefined && { appendPath }),
    ...(keepHost !== undefined && { keepHost }),
    ...(timeout !== undefined && { timeoutMs: readDuration('--forward-timeout', timeout, 100, 600_000) }),
  };
}

function words(given: string): string[] {
  return given
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function readVerdicts(given: string): Forward['verdicts'] {
  const parsed = v.safeParse(forwardSchema.entries.verdicts, words(given));
  if (parsed.success) return parsed.output;
  const known = forwardSchema.entries.verdicts.wrapped.item.options.join(', ');
  throw new AppError('CONFIG_INVALID', `--forward-verdicts must name verdicts, not "${given}": ${known}.`);
}

function made(id: string, option: string, url: string, mode: Forward['mode'], own: Partial<Forward>): Forward {
  // An address without a path means the whole app: what was called there is called here.
  const appendPath = URL.canParse(url) && new URL(url).pathname === '/' && !url.endsWith('/');
  const parsed = v.safeParse(forwardSchema, { id, url, mode, appendPath, ...own });
  const how = 'Give it as http://localhost:3000/webhooks.';
  const fault = parsed.success ? forwardFault(url) : `"${url}" ${parsed.issues[0].message}.`;
  if (parsed.success && fault === null) return parsed.output;
  throw new AppError('CONFIG_INVALID', `${option}: ${fault} ${how}`);
}
