// `send` and `replay`: enqueue durably, then one attempt at once, or wait for the end.

import { Buffer } from 'node:buffer';
import * as v from 'valibot';
import type { Delivery, Draft, Resign } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { findProvider } from '../../shared/providers/index.ts';
import { findSchedule, schedules } from '../../shared/schedules.ts';
import type { Host } from '../host.ts';
import { enqueueDrafts, enqueueReplay } from '../host-send.ts';
import { addSecretOptions, collect, list, text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { printAttempt, printDelivery } from './deliveries-text.ts';
import { checkProvider, readInput, readNumber, readSecrets } from './inputs.ts';
import { openHost } from './open-host.ts';

/** Registers `send` and `replay`. */
export function addSendCommands({ command }: CliContext): void {
  command(
    'send',
    'send a signed event through the retry queue',
    (options) => {
      addSecretOptions(options);
      options
        .option(
          '--to <url or target>',
          'where to; repeatable (default: every active target whose filter matches)',
          collect,
        )
        .option('--provider <id>', 'provider whose scheme signs', 'generic')
        .option('--scheme <id>', "signature scheme (default: the provider's first)")
        .option('--body <file>', 'body, byte for byte')
        .option('--sample <name>', "one of the provider's sample events")
        .option('--batch <file>', 'JSON lines {body or bodyBase64, event?, id?}')
        .option('--event <name>', 'event type')
        .option('--id <id>', 'delivery id (default: a new one)')
        .option('--method <method>', 'request method', 'POST')
        .option('--header <name:value>', 'extra header, repeatable', collect)
        .option('--schedule <name>', `retry schedule: ${schedules.map((schedule) => schedule.id).join(', ')}`)
        .option('--speed <n>', 'divides every wait', '1')
        .option('--count <n>', 'send N times, each with its own id', '1')
        .option('--rate <n>', 'with --count: so many a second')
        .option('--wait', 'stay until delivered or dead')
        .option('--enqueue-only', 'make no attempt');
    },
    send,
  );
  command(
    'replay <id>',
    'send a captured request again',
    (options) => {
      addSecretOptions(options);
      options
        .requiredOption('--to <url>', 'where to')
        .option('--resign <how>', 'keep, same-id or new-id', 'keep')
        .option('--method <method>', 'another method')
        .option('--set-header <name:value>', 'replace or add a header, repeatable', collect)
        .option('--body <file>', 'another body')
        .option('--schedule <name>', 'retry schedule', 'quick')
        .option('--speed <n>', 'divides every wait', '1')
        .option('--wait', 'stay until delivered or dead')
        .option('--enqueue-only', 'make no attempt');
    },
    replay,
  );
}

function openSender(run: CommandRun): Promise<Host> {
  return openHost(run, { listen: null, runQueue: run.options['wait'] === true });
}

async function send(run: CommandRun): Promise<number> {
  const drafts = readDrafts(run);
  const rate = text(run, 'rate');
  const host = await openSender(run);
  try {
    await host.start();
    if (rate === undefined) return await finish(run, host, await enqueueDrafts(sendContext(run, host), drafts));
    const gapMs = 1_000 / readNumber('--rate', rate, 0.001, 100_000, false);
    const startedAt = run.clock.monotonic();
    const ends: Promise<number>[] = [];
    for (const [index, draft] of drafts.entries()) {
      const early = startedAt + index * gapMs - run.clock.monotonic();
      if (early > 0) await new Promise<void>((resolve) => setTimeout(resolve, early));
      ends.push(finish(run, host, await enqueueDrafts(sendContext(run, host), [draft])));
    }
    return Math.max(...(await Promise.all(ends)));
  } catch (error) {
    // Without --to it is an answer, not a mistake: the filters were asked and none took the event.
    if (!(error instanceof AppError) || error.code !== 'SEND_NO_TARGET' || list(run, 'to').length > 0) throw error;
    run.output.note(error.message);
    return 1;
  } finally {
    await host.stop();
  }
}

function sendContext(run: CommandRun, host: Host) {
  return { parts: host.parts, queue: host.queue, random: run.random };
}

async function finish(run: CommandRun, host: Host, deliveries: readonly Delivery[]): Promise<number> {
  const { output } = run;
  for (const delivery of deliveries) printDelivery(output, delivery);
  output.flush();
  if (run.options['enqueueOnly'] === true) return 0;
  const waits = run.options['wait'] === true;
  const ended = await Promise.all(
    deliveries.map((delivery) => (waits ? host.queue.settled(delivery.id) : host.queue.attemptOnce(delivery.id))),
  );
  for (const delivery of ended) {
    for (const attempt of delivery.attempts) printAttempt(output, delivery.id, attempt);
    if (waits || delivery.state !== 'waiting') printDelivery(output, delivery);
  }
  return ended.some((delivery) => delivery.state === 'dead' || (waits && delivery.state !== 'delivered')) ? 1 : 0;
}

function parseHeader(option: string, line: string): HeaderPair {
  const colon = line.indexOf(':');
  if (colon <= 0) throw new AppError('SEND_INVALID_HEADER', `${option}: "${line}" is not Name:value.`);
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}

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

const json: HeaderPair = ['Content-Type', 'application/json'];

function readMessages(run: CommandRun, provider: string): Message[] {
  const [body, sample, batch] = [text(run, 'body'), text(run, 'sample'), text(run, 'batch')];
  if ([body, sample, batch].filter((option) => option !== undefined).length !== 1) {
    throw new AppError('CONFIG_INVALID', 'Give exactly one of --body, --sample and --batch.');
  }
  const event = text(run, 'event') ?? null;
  const id = text(run, 'id');
  const count = readNumber('--count', text(run, 'count') ?? '1', 1, 10_000);
  if (batch !== undefined) return readBatch(batch);
  if (sample !== undefined) {
    const samples = findProvider(provider)?.samples ?? [];
    const found = samples.find((known) => known.name === sample);
    if (!found)
      throw new AppError(
        'CONFIG_INVALID',
        `--sample: "${sample}" is not one of ${samples.map((known) => known.name).join(', ')}.`,
      );
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
  const message = { body: readInput('--body', body as string), event, id, headers: [json], variables: false };
  return Array.from({ length: count }, () => message);
}

function readBatch(path: string): Message[] {
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
    messages.push({ body, event: event ?? null, id, headers: [json], variables: false });
  }
  if (messages.length === 0) throw new AppError('CONFIG_INVALID', '--batch: the file holds no message.');
  return messages;
}

/** The named schedule; `fallback` may be empty: each target's own, `quick` for an address. */
function readSchedule(run: CommandRun, fallback: string): string {
  const schedule = text(run, 'schedule') ?? fallback;
  if (schedule === '' || findSchedule(schedule)) return schedule;
  throw new AppError(
    'CONFIG_INVALID',
    `--schedule: "${schedule}" is not one of ${schedules.map((known) => known.id).join(', ')}.`,
  );
}

function readSecret(run: CommandRun, provider: string | null): Draft['secret'] {
  const [secret, ...more] = readSecrets(run.options, run.env);
  if (more.length > 0) throw new AppError('CONFIG_INVALID', '--secret: this command signs with one secret.');
  if (!secret) return null;
  const schemes = provider === null ? [] : (findProvider(provider)?.schemes ?? []);
  if (secret.type !== undefined && !schemes.some((scheme) => scheme.secretType === secret.type)) {
    throw new AppError('CONFIG_INVALID', `--secrets: a kept secret is of the provider's own type, not ${secret.type}.`);
  }
  run.output.note(
    'The secret is kept in the data folder (secrets.json, readable only by you) until the last delivery that needs it is done.',
  );
  return { value: secret.value };
}

function readDrafts(run: CommandRun): Draft[] {
  const provider = checkProvider(text(run, 'provider') ?? 'generic');
  const targets = list(run, 'to');
  const messages = readMessages(run, provider);
  const secret = readSecret(run, provider);
  const extra = list(run, 'header').map((line) => parseHeader('--header', line));
  const speed = readNumber('--speed', text(run, 'speed') ?? '1', 0.001, 1_000_000, false);
  const isUrl = (target: string) => /^[a-z][a-z0-9+.-]*:/i.test(target);
  return messages.map((message) => ({
    method: (text(run, 'method') ?? 'POST').toUpperCase(),
    urls: targets.filter(isUrl),
    targetIds: targets.filter((target) => !isUrl(target)),
    provider,
    scheme: text(run, 'scheme'),
    event: message.event,
    headers: [...message.headers, ...extra],
    body: message.body,
    variables: message.variables,
    secret,
    messageId: message.id,
    signature: secret === null && targets.every(isUrl) && targets.length > 0 ? 'none' : 'fresh',
    schedule: readSchedule(run, ''),
    speed,
  }));
}

async function replay(run: CommandRun): Promise<number> {
  const resign = text(run, 'resign') as Resign;
  if (!['keep', 'same-id', 'new-id'].includes(resign))
    throw new AppError('CONFIG_INVALID', `--resign must be keep, same-id or new-id, not "${resign}".`);
  const body = text(run, 'body');
  const request = {
    requestId: run.positional[0] as string,
    url: text(run, 'to') as string,
    resign,
    method: text(run, 'method'),
    setHeaders: list(run, 'setHeader').map((line) => parseHeader('--set-header', line)),
    body: body === undefined ? undefined : readInput('--body', body),
    secret: readSecret(run, null),
    schedule: readSchedule(run, 'quick'),
    speed: readNumber('--speed', text(run, 'speed') ?? '1', 0.001, 1_000_000, false),
  };
  if (resign !== 'keep' && request.secret === null) {
    throw new AppError('CONFIG_INVALID', '--secret is needed to sign anew.');
  }
  const host = await openSender(run);
  try {
    await host.start();
    return await finish(run, host, await enqueueReplay(sendContext(run, host), request));
  } finally {
    await host.stop();
  }
}
