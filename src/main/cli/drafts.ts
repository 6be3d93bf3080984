// From the options of `send` to drafts: what is sent, to whom, signed how. Nothing is stored or sent here.

import { Buffer } from 'node:buffer';
import * as v from 'valibot';
import type { Draft } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import { findSchedule, schedules } from '../../shared/schedules.ts';
import type { OwnSchedule } from '../../shared/schedules.ts';
import { list, text } from './context.ts';
import type { CommandRun } from './context.ts';
import { parseHeader, readInput, readNumber } from './inputs.ts';
import { readKeptSecret } from './kept-secret.ts';
import { checkSchemeOption, contentTypeFor } from './provider-option.ts';

const batchSchema = v.union([
  v.strictObject({ body: v.string(), event: v.optional(v.string()), id: v.optional(v.string()) }),
  v.strictObject({ bodyBase64: v.string(), event: v.optional(v.string()), id: v.optional(v.string()) }),
]);

/** One message of this call: its bytes and what may name it. */
interface Message {
  readonly body: Uint8Array;
  readonly event: string | null;
  readonly id?: string | undefined;
  readonly headers: readonly HeaderPair[];
  readonly variables: boolean;
}

function readMessages(run: CommandRun, provider: ProviderDefinition, isVolume: boolean): Message[] {
  const [body, sample, batch] = [text(run, 'body'), text(run, 'sample'), text(run, 'batch')];
  if ([body, sample, batch].filter((option) => option !== undefined).length !== 1) {
    throw new AppError('CONFIG_INVALID', 'Give exactly one of --body, --sample and --batch.');
  }
  const event = text(run, 'event') ?? null;
  const id = text(run, 'id');
  const count = isVolume ? 1 : readNumber('--count', text(run, 'count') ?? '1', 1, 10_000);
  if (batch !== undefined) return readBatch(batch, provider);
  if (sample !== undefined) {
    const { samples } = provider;
    const found = samples.find((known) => known.name === sample);
    if (!found) {
      const names = samples.map((known) => known.name).join(', ');
      throw new AppError('CONFIG_INVALID', `--sample: "${sample}" is not one of ${names}.`);
    }
    const headers: HeaderPair[] = [['Content-Type', found.contentType], ...(found.headers ?? [])];
    const message = {
      body: new TextEncoder().encode(found.body),
      event: event ?? found.name,
      id,
      headers,
      variables: true,
    };
    return Array.from({ length: count }, () => message);
  }
  const bytes = readInput('--body', body as string);
  const message = { body: bytes, event, id, headers: [contentTypeFor(provider, bytes)], variables: false };
  return Array.from({ length: count }, () => message);
}

function readBatch(path: string, provider: ProviderDefinition): Message[] {
  const lines = Buffer.from(readInput('--batch', path)).toString('utf8').split('\n');
  const messages: Message[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), batchSchema), line);
    if (!parsed.success)
      throw new AppError('CONFIG_INVALID', `--batch: line ${index + 1} is not {body or bodyBase64, event?, id?}.`);
    const { event, id } = parsed.output;
    const body =
      'body' in parsed.output
        ? Buffer.from(parsed.output.body, 'utf8')
        : Buffer.from(parsed.output.bodyBase64, 'base64');
    const headers = [contentTypeFor(provider, body)];
    messages.push({ body, event: event ?? null, id, headers, variables: false });
  }
  if (messages.length === 0) throw new AppError('CONFIG_INVALID', '--batch: the file holds no message.');
  return messages;
}

/** Whether the id is one of a person's own schedules, which only the data folder knows. */
export function isOwnSchedule(id: string | undefined): boolean {
  return id?.startsWith('own-') ?? false;
}

/** The named schedule; `fallback` may be empty: each target's own, `quick` for an address. */
export function readSchedule(run: CommandRun, fallback: string, own: readonly OwnSchedule[] = []): string {
  const schedule = text(run, 'schedule') ?? fallback;
  if (schedule === '' || findSchedule(schedule, own)) return schedule;
  const known = [...schedules, ...own].map(({ id }) => id).join(', ');
  throw new AppError('CONFIG_INVALID', `--schedule: "${schedule}" is not one of ${known}.`);
}

function readClock(run: CommandRun): 'real' | 'simulated' | undefined {
  const time = text(run, 'time');
  if (time === undefined || time === 'real' || time === 'simulated') return time;
  throw new AppError('CONFIG_INVALID', `--time must be real or simulated, not "${time}".`);
}

/**
 * The drafts of one `send`, signed by this provider; one where `isVolume` (many are made of it). Throws AppError that
 * names the option.
 */
export function readDrafts(
  run: CommandRun,
  provider: ProviderDefinition,
  isVolume: boolean,
  own: readonly OwnSchedule[] = [],
): Draft[] {
  checkSchemeOption(run, provider);
  const targets = list(run, 'to');
  const extra = list(run, 'header').map((line) => parseHeader('--header', line));
  const messages = readMessages(run, provider, isVolume);
  const speed = readNumber('--speed', text(run, 'speed') ?? '1', 0.001, 1_000_000, false);
  const schedule = readSchedule(run, '', own);
  const time = readClock(run);
  const secret = readKeptSecret(run, provider);
  const isUrl = (target: string) => /^[a-z][a-z0-9+.-]*:/i.test(target);
  return messages.map((message) => ({
    method: (text(run, 'method') ?? 'POST').toUpperCase(),
    urls: targets.filter(isUrl),
    targetIds: targets.filter((target) => !isUrl(target)),
    provider: provider.id,
    scheme: text(run, 'scheme'),
    event: message.event,
    headers: [...withoutNames(message.headers, extra), ...extra],
    body: message.body,
    variables: message.variables,
    secret,
    messageId: message.id,
    signature: secret === null && targets.every(isUrl) && targets.length > 0 ? 'none' : 'fresh',
    schedule,
    speed,
    time,
  }));
}

/** The headers without those that `others` give. */
function withoutNames(headers: readonly HeaderPair[], others: readonly HeaderPair[]): HeaderPair[] {
  return headers.filter(([name]) => headerValue(others, name) === undefined);
}
