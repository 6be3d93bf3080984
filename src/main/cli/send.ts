// `send` and `replay`: enqueue durably, then one attempt at once, or wait for the end.

import type { Delivery, Resign } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import { schedules } from '../../shared/schedules.ts';
import type { Host } from '../host.ts';
import { enqueueDrafts, enqueueReplay } from '../host-send.ts';
import { addSecretOptions, collect, list, text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { readDrafts, readSchedule } from './drafts.ts';
import { printAttempt, printDelivery } from './deliveries-text.ts';
import { parseHeader, readInput, readNumber, readSecrets } from './inputs.ts';
import { readKeptSecret } from './kept-secret.ts';
import { openHost } from './open-host.ts';
import { addProviderHelp, findChosen, isOwnId } from './provider-option.ts';

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
        .option('--provider <id>', 'provider whose scheme signs, or your own scheme in the data folder', 'generic')
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
      addProviderHelp(options);
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
  const provider = text(run, 'provider') ?? 'generic';
  const rate = text(run, 'rate');
  // Mistakes are told before the data folder is touched, except where it alone knows the scheme.
  const early = isOwnId(provider) ? null : readDrafts(run, findChosen(provider));
  const host = await openSender(run);
  try {
    const drafts = early ?? readDrafts(run, findChosen(provider, host.parts.workspace.data.schemes));
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
    schedule: readSchedule(run, 'quick'),
    speed: readNumber('--speed', text(run, 'speed') ?? '1', 0.001, 1_000_000, false),
  };
  const isSigned = readSecrets(run.options, run.env).length > 0;
  if (resign !== 'keep' && !isSigned) {
    throw new AppError('CONFIG_INVALID', `--secret is needed for --resign ${resign}.`);
  }
  const host = await openSender(run);
  try {
    const secret = isSigned ? readKeptSecret(run, signerOf(host, request.requestId)) : null;
    await host.start();
    return await finish(run, host, await enqueueReplay(sendContext(run, host), { ...request, secret }));
  } finally {
    await host.stop();
  }
}

/** Whose signature a replay of the request carries. */
function signerOf({ parts }: Host, requestId: string): ProviderDefinition {
  const provider = parts.history.get(requestId)?.provider ?? 'generic';
  return findChosen(provider, parts.workspace.data.schemes);
}
