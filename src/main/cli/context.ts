// What a command of the command line is given, and how it registers itself.

import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { secretTypes } from '../../shared/secret-types.ts';
import type { Environment, StoreParts } from '../host-options.ts';
import type { Clock, Logger, Random } from '../ports.ts';
import type { Output } from './output.ts';

/** One run of one command. */
export interface CommandRun {
  /** Options as commander parsed them; each command reads its own. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly positional: readonly (string | undefined)[];
  readonly output: Output;
  readonly env: NodeJS.ProcessEnv;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly store: Partial<StoreParts> | undefined;
  /** Resolves when nobody reads standard output any more. */
  readonly outputClosed: Promise<void>;
}

/** Registers commands. */
export interface CliContext {
  /** `run` resolves with the exit code; an AppError it throws becomes a message and its code. */
  command(
    usage: string,
    description: string,
    configure: (command: Command) => void,
    run: (run: CommandRun) => Promise<number>,
  ): Command;
  /** A command that only holds others: `target add`. */
  group(name: string, description: string): CliContext;
}

/** Collects a repeatable option. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** Adds the options that give secrets. */
export function addSecretOptions(command: Command): void {
  command
    .option('--secret <value>', 'secret, repeatable for rotation', collect)
    .option('--secret-env <name>', 'environment variable that holds a secret, repeatable', collect)
    .option('--secret-file <file>', 'file that holds a secret, for example a key in PEM, repeatable', collect)
    .option('--secrets <file>', 'JSON array of {name, type, value, url?, alg?}: certificates, keys, key ids')
    .addHelpText('after', `\nTypes in --secrets: ${secretTypes.join(', ')}.`);
}

/** The options that give secrets, by their names in {@link CommandRun}. */
export const secretOptions = ['secret', 'secretEnv', 'secretFile', 'secrets'] as const;

/** Whether the command line gives a secret. */
export function givesSecret({ options }: CommandRun): boolean {
  return secretOptions.some((name) => options[name] !== undefined);
}

/** Whether `--unsigned` is given. Throws CONFIG_INVALID where a secret is given beside it. */
export function wantsUnsigned(run: CommandRun): boolean {
  if (run.options['unsigned'] !== true) return false;
  if (givesSecret(run)) throw new AppError('CONFIG_INVALID', '--unsigned: leave it out beside a secret.');
  return true;
}

/** The option as text, or undefined. */
export function text(run: CommandRun, name: string): string | undefined {
  const value = run.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** A switch that may be given as `--name` or `--no-name`; undefined when neither was. */
export function flag(run: CommandRun, name: string): boolean | undefined {
  const value = run.options[name];
  return typeof value === 'boolean' ? value : undefined;
}

/** The repeatable option as a list. */
export function list(run: CommandRun, name: string): readonly string[] {
  const value = run.options[name];
  return Array.isArray(value) ? (value as string[]) : [];
}

/** One of a few words; undefined when the option was not given. Throws CONFIG_INVALID that lists them. */
export function readChoice<T extends string>(
  run: CommandRun,
  name: string,
  option: string,
  choices: readonly T[],
): T | undefined {
  const value = text(run, name);
  if (value === undefined) return undefined;
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new AppError('CONFIG_INVALID', `${option} must be one of ${choices.join(', ')}, not "${value}".`);
}
