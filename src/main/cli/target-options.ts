// The options of `target add` and `target set`, and what they change of a target. Nothing is read from the data folder.

import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { schedules } from '../../shared/schedules.ts';
import type { Target } from '../../shared/workspace.ts';
import { addSecretOptions, collect, flag, list, text, wantsUnsigned } from './context.ts';
import type { CommandRun } from './context.ts';
import type { OptionNames } from './call-host.ts';
import { readDuration } from './durations.ts';
import { parseHeader, readNumber } from './inputs.ts';
import { addProviderHelp } from './provider-option.ts';

/** Which option fills which field. */
export const targetOptionNames: OptionNames = {
  id: 'NAME',
  name: 'NAME',
  url: '--url',
  provider: '--provider',
  secretName: '--secret',
  alsoSecretNames: '--secret',
  events: '--events',
  headers: '--header',
  schedule: '--schedule',
  connectTimeoutMs: '--connect-timeout',
  totalTimeoutMs: '--total-timeout',
  concurrency: '--concurrency',
  ratePerSecond: '--rate',
};

/** A new target before any option: what the window fills in as well. */
export const plainTarget: Omit<Target, 'id' | 'name' | 'url'> = {
  provider: 'generic',
  secretName: null,
  events: ['*'],
  headers: [],
  schedule: 'svix',
  state: 'active',
  parkedReason: null,
  alsoSecretNames: [],
  connectTimeoutMs: null,
  totalTimeoutMs: null,
  concurrency: 4,
  ratePerSecond: null,
  followRedirects: false,
  strictOrder: false,
  allowLinkLocal: false,
  skipTlsCheck: false,
};

/** Adds what `target add` and `target set` share. */
export function addTargetOptions(command: Command): void {
  addSecretOptions(command);
  command
    .option('--provider <id>', 'provider whose scheme signs, or your own scheme in the data folder')
    .option('--unsigned', 'without a secret')
    .option('--events <filter>', 'event names with commas between: exact, order.*, or * for all')
    .option('--schedule <id>', `retry schedule, or your own: ${schedules.map(({ id }) => id).join(', ')}`)
    .option('--header <name:value>', 'header to add to every request, repeatable', collect)
    .option('--no-headers', 'take all added headers away')
    .option('--concurrency <n>', 'attempts at once, 1 to 64')
    .option('--rate <n>', 'attempts per second at most, or none')
    .option('--connect-timeout <time>', 'deadline of the connection such as 5s, or default')
    .option('--total-timeout <time>', 'deadline of a whole attempt such as 30s, or default')
    .option('--follow-redirects', 'follow up to 5 redirects; credentials and body never cross an origin')
    .option('--no-follow-redirects', 'take a redirect for a failure')
    .option('--strict-order', 'one after the other; a failed delivery holds up the rest')
    .option('--no-strict-order', 'any order')
    .option('--allow-link-local', 'link-local and cloud metadata addresses are meant')
    .option('--no-allow-link-local', 'refuse link-local and cloud metadata addresses')
    .option('--skip-tls-check', 'dangerous: take any certificate')
    .option('--no-skip-tls-check', 'check certificates');
  addProviderHelp(command);
}

/** What the options change; absent fields stay. Secrets are not among them. Throws AppError that names the option. */
export function readTargetChanges(run: CommandRun): Partial<Target> {
  const events = text(run, 'events');
  const concurrency = text(run, 'concurrency');
  const rate = text(run, 'rate');
  const headers = list(run, 'header').map((line) => parseHeader('--header', line));
  const isBare = flag(run, 'headers') === false;
  if (isBare && headers.length > 0) throw new AppError('CONFIG_INVALID', '--no-headers: leave it out beside --header.');
  // Asked here only for its refusal, which comes before anything is saved.
  wantsUnsigned(run);
  return defined({
    url: text(run, 'url'),
    provider: text(run, 'provider'),
    events: events?.split(',').map((name) => name.trim()),
    schedule: text(run, 'schedule'),
    headers: isBare || headers.length > 0 ? headers : undefined,
    concurrency: concurrency === undefined ? undefined : readNumber('--concurrency', concurrency, 1, 64),
    ratePerSecond: unless(rate, 'none', (given) => readNumber('--rate', given, 0.01, 10_000, false)),
    connectTimeoutMs: readTimeout(run, 'connectTimeout', '--connect-timeout'),
    totalTimeoutMs: readTimeout(run, 'totalTimeout', '--total-timeout'),
    followRedirects: flag(run, 'followRedirects'),
    strictOrder: flag(run, 'strictOrder'),
    allowLinkLocal: flag(run, 'allowLinkLocal'),
    skipTlsCheck: flag(run, 'skipTlsCheck'),
  });
}

function readTimeout(run: CommandRun, name: string, option: string): number | null | undefined {
  return unless(text(run, name), 'default', (given) => readDuration(option, given, 100, 600_000));
}

/** Undefined stays, `word` is null, anything else is read. */
function unless(given: string | undefined, word: string, read: (text: string) => number): number | null | undefined {
  if (given === undefined) return undefined;
  return given === word ? null : read(given);
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
