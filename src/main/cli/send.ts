// `send` and `replay`: enqueue durably, then one attempt at once, or wait for the end, or many at a rate.

import type { Draft, Resign } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import { schedules } from '../../shared/schedules.ts';
import { addSecretOptions, collect, list, text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { isOwnSchedule, readDrafts, readSchedule } from './drafts.ts';
import { finishDeliveries } from './finish-deliveries.ts';
import { parseHeader, readInput, readNumber, readSecrets } from './inputs.ts';
import { readKeptSecret } from './kept-secret.ts';
import { openWorkingHost } from './open-host.ts';
import { addProviderHelp, findChosen, isOwnId } from './provider-option.ts';
import { checkMany, readVolume, sendVolume } from './volume.ts';
import { enqueue, enqueueReplayed } from './working-host.ts';
import type { WorkingHost } from './working-host.ts';

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
        .option(
          '--schedule <id>',
          `retry schedule, or your own: ${schedules.map((schedule) => schedule.id).join(', ')}`,
        )
        .option('--speed <n>', 'divides every wait; 3600 makes an hour a second', '1')
        .option('--time <which>', 'that attempts are signed with: real, or simulated as if no wait had been shortened')
        .option('--count <n>', 'send N times, each with its own id where the body does not carry one', '1')
        .option('--rate <n>', 'so many a second, with a live figure and a summary; ends when all is done')
        .option('--yes-outside', 'many deliveries to addresses outside this machine and its network are wanted')
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

function openSender(run: CommandRun, isVolume: boolean): Promise<WorkingHost> {
  return openWorkingHost(run, { listen: null, runQueue: isVolume || run.options['wait'] === true });
}

async function send(run: CommandRun): Promise<number> {
  const provider = text(run, 'provider') ?? 'generic';
  const wish = readVolume(run);
  // Mistakes are told before the data folder is touched, except where it alone knows the scheme or the schedule.
  const isLate = isOwnId(provider) || isOwnSchedule(text(run, 'schedule'));
  const early = isLate ? null : readDrafts(run, findChosen(provider), wish !== null);
  const host = await openSender(run, wish !== null);
  try {
    const { schemes, schedules: own } = host.parts.workspace.data;
    const drafts = early ?? readDrafts(run, findChosen(provider, schemes), wish !== null, own);
    if (wish === null) await checkMany(run, host, text(run, 'batch') === undefined ? drafts : []);
    await host.start();
    if (wish !== null) return await sendVolume(run, host, drafts[0] as Draft, wish);
    return await sendOnce(run, host, drafts);
  } catch (error) {
    // Without --to it is an answer, not a mistake: the filters were asked and none took the event.
    if (!(error instanceof AppError) || error.code !== 'SEND_NO_TARGET' || list(run, 'to').length > 0) throw error;
    run.output.note(error.message);
    return 1;
  } finally {
    await host.stop();
  }
}

/** Each draft once; with `--rate` the messages of a batch one after the other. */
async function sendOnce(run: CommandRun, host: WorkingHost, drafts: readonly Draft[]): Promise<number> {
  const rate = text(run, 'rate');
  if (rate === undefined) return finishDeliveries(run, host, await enqueue(run, host, drafts));
  const gapMs = 1_000 / readNumber('--rate', rate, 0.001, 100_000, false);
  const startedAt = run.clock.monotonic();
  const ends: Promise<number>[] = [];
  for (const [index, draft] of drafts.entries()) {
    const early = startedAt + index * gapMs - run.clock.monotonic();
    if (early > 0) await new Promise<void>((resolve) => setTimeout(resolve, early));
    ends.push(finishDeliveries(run, host, await enqueue(run, host, [draft])));
  }
  return Math.max(...(await Promise.all(ends)));
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
    speed: readNumber('--speed', text(run, 'speed') ?? '1', 0.001, 1_000_000, false),
  };
  const isSigned = readSecrets(run.options, run.env).length > 0;
  if (resign !== 'keep' && !isSigned) {
    throw new AppError('CONFIG_INVALID', `--secret is needed for --resign ${resign}.`);
  }
  const isLate = isOwnSchedule(text(run, 'schedule'));
  const early = isLate ? null : readSchedule(run, 'quick');
  const host = await openSender(run, false);
  try {
    const schedule = early ?? readSchedule(run, 'quick', host.parts.workspace.data.schedules);
    const secret = isSigned ? readKeptSecret(run, signerOf(host, request.requestId)) : null;
    await host.start();
    const replayed = await enqueueReplayed(run, host, { ...request, schedule, secret });
    return await finishDeliveries(run, host, replayed);
  } finally {
    await host.stop();
  }
}

/** Whose signature a replay of the request carries. */
function signerOf({ parts }: WorkingHost, requestId: string): ProviderDefinition {
  const provider = parts.history.get(requestId)?.provider ?? 'generic';
  return findChosen(provider, parts.workspace.data.schemes);
}
