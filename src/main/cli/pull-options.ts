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

/** What the options ask for. */
export interface PullWish {
  readonly provider: PullSetup['provider'];
  readonly source: PullSource;
  readonly config: PullSetup['config'];
  readonly token: string | null;
  readonly baseUrl: string | null;
  /** Epoch ms; null: from where the last look ended. */
  readonly sinceAt: number | null;
  /** Null: one look. */
  readonly everyMs: number | null;
  /** Address to which missed events are sent; null: they are only put into the history. */
  readonly forwardTo: string | null;
}

const configHelp = `
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
    .requiredOption('--provider <id>', pullProviders.join(', '))
    .requiredOption('--since <when>', 'ISO date such as 2026-03-14T09:26:54Z, or last: from where the last look ended')
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

/** Reads the options. Throws AppError that names the option. */
export function readPull(run: CommandRun): PullWish {
  const provider = readProvider(text(run, 'provider') ?? '');
  const config = readConfig(run);
  const source = namingOption('--config', () => createSource(provider, config));
  const token = readToken(run);
  if (token === null && source.needsToken) {
    throw new AppError('CONFIG_INVALID', `--token-env (or --token-file) is needed: ${source.tokenRight}.`);
  }
  const since = text(run, 'since') ?? '';
  const every = text(run, 'every');
  return {
    provider,
    source,
    config,
    token,
    baseUrl: text(run, 'baseUrl') ?? null,
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

function readToken(run: CommandRun): string | null {
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
  for (const [name, option] of forwardOnly) {
    if (run.options[name] !== undefined)
      throw new AppError('CONFIG_INVALID', `${option}: goes with --forward; add that.`);
  }
  return null;
}
