// The options of `pull`: which API, with which token, since when, and what becomes of the missed events. The token
// comes from the environment or a file, since a command line is seen by every process of the machine.

import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { pullProviders } from '../../shared/pulls.ts';
import type { PullSetup } from '../../shared/pulls.ts';
import { createSource } from '../host-offline.ts';
import type { PullSource } from '../host-offline.ts';
import { addSecretOptions, text } from './context.ts';
import type { CommandRun } from './context.ts';
import { readDuration } from './durations.ts';
import { namingOption, parseJson, readInput, readTime } from './inputs.ts';

/** What a look does, whichever API it asks. */
export interface PullWish {
  /** As the options give it; null: they give none. */
  readonly token: string | null;
  /** Epoch ms; null: from where the last look ended. */
  readonly sinceAt: number | null;
  /** Null: one look. */
  readonly everyMs: number | null;
  /** Address to which missed events are sent; null: they are only put into the history. */
  readonly forwardTo: string | null;
}

/** The API that the options describe. */
export interface DescribedPull extends Pick<PullSetup, 'provider' | 'config' | 'baseUrl'> {
  readonly api: PullSource;
}

const configHelp = `
NAME is the name or id of a pull that the app stored; its settings, token and place are used.

Settings in --config (JSON):
  github   {"owner", "repo", "hookId"} or {"org", "hookId"}
  svix     {"appId", "endpointId"?}
  shopify  {"shop", "topic"?, "apiVersion"?}
  generic  {"url", "itemsPath", "idPath", "timePath", "timeUnit": "seconds", "milliseconds" or "iso",
            "page": {"kind": "link"}, {"kind": "cursor", "path", "param"}, {"kind": "page", "param", "start"} or {"kind": "none"},
            "method"?, "headers"?, "tokenHeader"?, "eventPath"?, "bodyPath"?, "failedPath"?}
  stripe   none`;

/** Adds the options. */
export function addPullOptions(command: Command): void {
  addSecretOptions(command);
  command
    .option('--list', 'list the stored pulls')
    .option('--provider <id>', pullProviders.join(', '))
    .option(
      '--since <when>',
      'ISO date such as 2026-03-14T09:26:54Z, or last: from where the last look ended (default with NAME)',
    )
    .option('--token-env <name>', 'environment variable that holds your read token')
    .option('--token-file <file>', 'file that holds your read token')
    .option('--base-url <url>', "address in place of the provider's")
    .option('--config <file>', "the source's settings as JSON, see below")
    .option(
      '--endpoint <name>',
      "endpoint that the events belong to (default: the provider's only one, else the catch-all)",
    )
    .option('--every <time>', 'look again and again, such as 5m, until SIGTERM')
    .option('--forward', 'send missed events to --to; --secret signs them anew, with the same id')
    .option('--to <url>', 'with --forward: where to')
    .option('--wait', 'with --forward: stay until delivered or dead')
    .addHelpText('after', configHelp);
}

/** Options that a stored set-up has in itself, by their names in the run. */
export const storedOnly = [
  ['provider', '--provider'],
  ['config', '--config'],
  ['baseUrl', '--base-url'],
  ['endpoint', '--endpoint'],
] as const;

/** Throws CONFIG_INVALID when one of these options is given: `why` ends the sentence. */
export function refuseOptions(run: CommandRun, options: readonly (readonly [string, string])[], why: string): void {
  const given = options.find(([name]) => run.options[name] !== undefined);
  if (given) throw new AppError('CONFIG_INVALID', `${given[1]}: ${why}.`);
}

/** Reads which API is meant; `token` is what was given for it. Throws AppError that names the option. */
export function readDescribedPull(run: CommandRun, token: string | null): DescribedPull {
  const id = text(run, 'provider');
  if (id === undefined) {
    throw new AppError('CONFIG_INVALID', '--provider is needed, or the NAME of a stored pull; see them with --list.');
  }
  const provider = readProvider(id);
  const config = readConfig(run);
  const api = namingOption('--config', () => createSource(provider, config));
  if (token === null && api.needsToken) {
    throw new AppError('CONFIG_INVALID', `--token-env (or --token-file) is needed: ${api.tokenRight}.`);
  }
  return { provider, config, baseUrl: text(run, 'baseUrl') ?? null, api };
}

/** Reads how to look. `defaultSince` stands in for `--since`; null: it must be given. Throws AppError that names the option. */
export function readPullWish(run: CommandRun, token: string | null, defaultSince: 'last' | null): PullWish {
  const since = text(run, 'since') ?? defaultSince;
  if (since === null) throw new AppError('CONFIG_INVALID', '--since is needed: an ISO date, or last.');
  const every = text(run, 'every');
  return {
    token,
    sinceAt: since === 'last' ? null : readTime('--since', since),
    everyMs: every === undefined ? null : readDuration('--every', every, 1_000, 86_400_000),
    forwardTo: readForward(run),
  };
}

function readProvider(id: string): PullSetup['provider'] {
  const provider = pullProviders.find((known) => known === id);
  if (provider !== undefined) return provider;
  const message = `--provider: nothing can be pulled from "${id}"; take one of ${pullProviders.join(', ')}.`;
  throw new AppError('CONFIG_UNKNOWN_PROVIDER', message);
}

function readConfig(run: CommandRun): PullSetup['config'] {
  const path = text(run, 'config');
  if (path === undefined) return {};
  const config = parseJson('--config', readInput('--config', path));
  if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config as PullSetup['config'];
  throw new AppError('CONFIG_INVALID', '--config: the file must hold a JSON object.');
}

/** The token as the options give it, or null; a file may be standard input, so it is read once. */
export function readToken(run: CommandRun): string | null {
  const [name, path] = [text(run, 'tokenEnv'), text(run, 'tokenFile')];
  if (name !== undefined && path !== undefined) {
    throw new AppError('CONFIG_INVALID', 'Give one of --token-env and --token-file.');
  }
  if (path !== undefined) return present('--token-file', Buffer.from(readInput('--token-file', path)).toString('utf8'));
  if (name === undefined) return null;
  const value = run.env[name];
  if (value === undefined) throw new AppError('CONFIG_INVALID', `--token-env: the environment has no ${name}.`);
  return present('--token-env', value);
}

function present(option: string, given: string): string {
  const token = given.trim();
  if (token === '') throw new AppError('CONFIG_INVALID', `${option}: the token is empty.`);
  return token;
}

const forwardOnly = [
  ['to', '--to'],
  ['wait', '--wait'],
  ['secret', '--secret'],
  ['secretEnv', '--secret-env'],
  ['secretFile', '--secret-file'],
  ['secrets', '--secrets'],
] as const;

function readForward(run: CommandRun): string | null {
  const to = text(run, 'to');
  if (run.options['forward'] === true) {
    if (to !== undefined) return to;
    throw new AppError('CONFIG_INVALID', '--to with an address is needed for --forward.');
  }
  refuseOptions(run, forwardOnly, 'goes with --forward; add that');
  return null;
}
