// Reads what options point to: secrets, bodies, headers. Every complaint names the option and the cure.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as v from 'valibot';
import { AppError } from '../../shared/errors.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { secretTypes } from '../../shared/secret-types.ts';
import type { SecretValue } from '../host-offline.ts';

/** Options that give secrets, each repeatable. */
export interface SecretOptions {
  readonly secret?: readonly string[];
  readonly secretEnv?: readonly string[];
  readonly secretFile?: readonly string[];
  readonly secrets?: string;
}

const secretListSchema = v.array(
  v.object({
    name: v.string(),
    type: v.picklist(secretTypes),
    value: v.pipe(v.string(), v.minLength(1)),
    url: v.exactOptional(v.string()),
    alg: v.exactOptional(v.string()),
  }),
);

/** Reads a file as bytes. Throws CONFIG_INVALID that names the option. */
export function readInput(option: string, path: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    throw new AppError('CONFIG_INVALID', `${option}: cannot read ${path} (${errorCode(error)}).`);
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Collects the secrets of a command line, in the order of rotation. */
export function readSecrets(options: SecretOptions, env: NodeJS.ProcessEnv): SecretValue[] {
  const found: SecretValue[] = [];
  const add = (name: string, option: string, value: string) => {
    if (value === '') throw new AppError('SECRET_MALFORMED', `${option}: the secret is empty.`);
    found.push({ name, value });
  };
  for (const [index, value] of (options.secret ?? []).entries())
    add(index === 0 ? 'command line' : `command line ${index + 1}`, '--secret', value);
  for (const name of options.secretEnv ?? []) {
    const value = env[name];
    if (value === undefined) throw new AppError('CONFIG_INVALID', `--secret-env: the environment has no ${name}.`);
    add(name, '--secret-env', value);
  }
  for (const path of options.secretFile ?? []) {
    add(
      // Names are shown, stored, and sent as key ids: they must not tell where files lie on this machine.
      basename(path),
      '--secret-file',
      Buffer.from(readInput('--secret-file', path))
        .toString('utf8')
        .replace(/\r?\n$/, ''),
    );
  }
  if (options.secrets !== undefined) {
    const parsed = v.safeParse(secretListSchema, parseJson('--secrets', readInput('--secrets', options.secrets)));
    if (!parsed.success) {
      const place = v.getDotPath(parsed.issues[0]) ?? 'the file';
      const wanted = `a list of {name, type, value, url?, alg?}, type one of ${secretTypes.join(', ')}`;
      throw new AppError('CONFIG_INVALID', `--secrets: ${place} is not as expected: ${wanted}.`);
    }
    found.push(...parsed.output);
  }
  return found;
}

/** The option that gave the secrets; the first, where several did. */
export function secretOption(options: SecretOptions): string {
  if (options.secret !== undefined) return '--secret';
  if (options.secretEnv !== undefined) return '--secret-env';
  return options.secretFile === undefined ? '--secrets' : '--secret-file';
}

/** What is thrown deeper down about a secret, with the name of the option that gave it. */
export function naming<T>(options: SecretOptions, work: () => T): T {
  return namingOption(secretOption(options), work);
}

/** What is thrown deeper down, with the name of the option that gave it. */
export function namingOption<T>(option: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${option}: ${error.message.replace(/\.?$/, '.')}`);
  }
}

/** Parses a file's bytes as JSON. Throws CONFIG_INVALID that names the option. */
export function parseJson(option: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    // What a file of secrets holds must not come back in a message.
    if (option === '--secrets') throw new AppError('CONFIG_INVALID', '--secrets: the file is not valid JSON.');
    throw new AppError(
      'CONFIG_INVALID',
      `${option}: not valid JSON (${error instanceof Error ? error.message : String(error)}).`,
    );
  }
}

const headerListSchema = v.array(v.tuple([v.string(), v.string()]));

/** Headers from a JSON array of `[name, value]` pairs, or from raw `Name: value` lines. */
export function readHeaders(option: string, path: string): HeaderPair[] {
  const bytes = readInput(option, path);
  const text = Buffer.from(bytes).toString('latin1');
  if (text.trimStart().startsWith('[')) {
    const parsed = v.safeParse(headerListSchema, parseJson(option, bytes));
    if (!parsed.success)
      throw new AppError(
        'CONFIG_INVALID',
        `${option}: entry ${v.getDotPath(parsed.issues[0]) ?? ''} is not a [name, value] pair.`,
      );
    return parsed.output;
  }
  const pairs: HeaderPair[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const colon = line.indexOf(':');
    if (colon <= 0) throw new AppError('CONFIG_INVALID', `${option}: line ${index + 1} is not "Name: value".`);
    pairs.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  return pairs;
}

/** A header from `Name:value`. Throws SEND_INVALID_HEADER that names the option. */
export function parseHeader(option: string, line: string): HeaderPair {
  const colon = line.indexOf(':');
  if (colon <= 0) throw new AppError('SEND_INVALID_HEADER', `${option}: "${line}" is not Name:value.`);
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}

/** Epoch ms of an ISO date. */
export function readTime(option: string, text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new AppError('CONFIG_INVALID', `${option}: "${text}" is not an ISO date such as 2026-03-14T09:26:54Z.`);
  return at;
}

/** A number within limits. */
export function readNumber(option: string, text: string, least: number, most: number, whole = true): number {
  const value = Number(text);
  if (
    text.trim() === '' ||
    !Number.isFinite(value) ||
    value < least ||
    value > most ||
    (whole && !Number.isInteger(value))
  ) {
    throw new AppError(
      'CONFIG_INVALID',
      `${option} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${text}".`,
    );
  }
  return value;
}

const sizeUnits = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 } as const;

/** Bytes of a size such as `500MB`. Throws CONFIG_INVALID that names the option. */
export function readSize(option: string, given: string): number {
  const [, count, unit = 'B'] = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)?$/i.exec(given.trim()) ?? [];
  if (count === undefined) {
    throw new AppError('CONFIG_INVALID', `${option} must be a size such as 500MB or 2GB, not "${given}".`);
  }
  const bytes = Math.round(Number(count) * sizeUnits[unit.toUpperCase() as keyof typeof sizeUnits]);
  if (bytes < 1) throw new AppError('CONFIG_INVALID', `${option} must be at least 1 byte, not "${given}".`);
  return bytes;
}
