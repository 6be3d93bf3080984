// `listen`: the full host in a terminal. Prints what arrives when it is committed, and ends cleanly on a signal.

import * as v from 'valibot';
import type { Change } from '../../shared/news.ts';
import { AppError } from '../../shared/errors.ts';
import { endpointSchema } from '../../shared/workspace.ts';
import { refusedLine, requestLine } from '../host-offline.ts';
import { escapeControls } from '../system.ts';
import { callHost } from './call-host.ts';
import { addSecretOptions, readChoice, text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { findingsText } from './findings-text.ts';
import { addForwardOptions, readForwards } from './forward-options.ts';
import { readNumber, readSecrets } from './inputs.ts';
import { openWorkingHost, stopAsked } from './open-host.ts';
import { formatTime, paint, requestText } from './output.ts';
import type { Output } from './output.ts';
import { addProviderHelp, findChosen, isOwnId } from './provider-option.ts';
import { findTunnel, printStatus } from './tunnels.ts';
import { isAttached } from './working-host.ts';
import type { AttachedHost, WorkingHost } from './working-host.ts';

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Registers `listen`. */
export function addListen({ command }: CliContext): void {
  command(
    'listen',
    'receive webhooks, judge them and show them live; delivers the queue as well',
    (options) => {
      addSecretOptions(options);
      options
        .option('--host <address>', 'address to listen on', '127.0.0.1')
        .option('--port <n>', 'port; 0 takes any free one (default: HOOKBENCH_PORT, else the settings, else 4100)')
        .option('--allow-remote', 'allow an address that other machines can reach')
        .option('--provider <id>', 'judge every request as this provider, or by your own scheme in the data folder')
        .option('--public-url <url>', 'address that senders call, for schemes that sign the URL')
        .option('--respond <status>', 'status of the reply')
        .option(
          '--mode <mode>',
          'capture: answer whatever the verdict says; strict: refuse bad signatures and duplicates',
        )
        .option('--tunnel <name>', 'open this stored tunnel as well')
        .option('--no-queue', 'do not deliver the queue');
      addForwardOptions(options);
      addProviderHelp(options);
    },
    listen,
  );
}

async function listen(run: CommandRun): Promise<number> {
  const { output, environment } = run;
  const address = text(run, 'host') ?? '127.0.0.1';
  if (!loopback.has(address) && run.options['allowRemote'] !== true) {
    throw new AppError(
      'RECEIVER_ADDRESS',
      `--host ${address} can be reached by other machines; add --allow-remote if that is wanted.`,
    );
  }
  const portOption = text(run, 'port');
  const status = text(run, 'respond');
  const provider = text(run, 'provider');
  if (provider !== undefined && !isOwnId(provider)) findChosen(provider);
  const publicUrl = readPublicUrl(run);
  const secrets = readSecrets(run.options, run.env);
  const mode = readChoice(run, 'mode', '--mode', ['capture', 'strict']);
  const forwards = readForwards(run);
  const options = [provider, status, publicUrl, mode, forwards];
  const forThisRun = options.some((given) => given !== undefined) || secrets.length > 0;
  const host = await openWorkingHost(run, {
    listen: {
      host: address,
      port: portOption === undefined ? environment.port : readNumber('--port', portOption, 0, 65_535),
    },
    runQueue: run.options['queue'] !== false,
    runEndpoint: forThisRun
      ? {
          provider: provider ?? null,
          secrets,
          publicUrl,
          mode,
          forwards,
          status: status === undefined ? undefined : readNumber('--respond', status, 200, 599),
        }
      : undefined,
  });
  if (isAttached(host)) return follow(run, host, forThisRun || text(run, 'tunnel') !== undefined);
  const stopped = stopAsked(run);
  try {
    if (provider !== undefined) findChosen(provider, host.parts.workspace.data.schemes);
    const tunnelName = text(run, 'tunnel');
    if (tunnelName !== undefined) findTunnel(host, tunnelName);
    const print = createPrinter(output, host);
    host.onChange(print);
    await host.start();
    const state = host.receiver();
    if (state.status === 'failed') throw new AppError(state.error.code, state.error.message, state.error.details);
    if (state.status === 'listening') ready(output, host, state.url, state.port, environment.dataDir);
    if (tunnelName !== undefined) await callHost(host, 'tunnels.start', { id: findTunnel(host, tunnelName).id });
    await stopped;
    return 0;
  } finally {
    await host.stop();
  }
}

/** Beside an owner: shows what arrives there. Throws STORE_LOCKED where this run asks for a receiver of its own. */
async function follow(run: CommandRun, host: AttachedHost, isOwnRun: boolean): Promise<number> {
  const { output, environment } = run;
  const { pid, closed } = host.attached;
  const stopped = stopAsked(run);
  try {
    const state = host.receiver();
    const portOption = text(run, 'port');
    const port = portOption === undefined ? environment.port : readNumber('--port', portOption, 0, 65_535);
    const inUse = `The data folder is in use by process ${pid}`;
    if (state.status !== 'listening') throw new AppError('STORE_LOCKED', `${inUse}, which does not listen.`);
    if (isOwnRun || (port !== null && port !== 0 && port !== state.port)) {
      const what = isOwnRun ? 'these options need a listener of their own' : `it listens on port ${state.port}`;
      throw new AppError('STORE_LOCKED', `${inUse}: ${what}.`);
    }
    host.onChange(createPrinter(output, host));
    ready(output, host, state.url, state.port, environment.dataDir);
    const ended = await Promise.race([stopped, closed]);
    if (ended === 'stop') return 0;
    throw new AppError('IPC_NO_ANSWER', `Process ${pid}, which listens, ended.`);
  } finally {
    await host.stop();
  }
}

/** The URL as an endpoint takes it. Throws CONFIG_INVALID. */
function readPublicUrl(run: CommandRun): string | undefined {
  const url = text(run, 'publicUrl');
  if (url === undefined) return undefined;
  const checked = v.safeParse(endpointSchema.entries.publicUrl, url);
  if (checked.success && URL.canParse(url)) return checked.output ?? undefined;
  const reason = checked.success ? 'is no URL' : checked.issues[0].message;
  throw new AppError('CONFIG_INVALID', `--public-url: "${url}" ${reason}; give it as https://tunnel.example/path.`);
}

function ready(output: Output, host: WorkingHost, url: string, port: number, dataDir: string): void {
  const attached = isAttached(host);
  const line = { type: 'ready', url, port, dataDir, recovered: host.parts.recovered };
  output.line(attached ? { ...line, attached } : line, () => {
    const problems = host.parts.recovered
      .map((sentence) => `\n${paint(output, 'yellow', escapeControls(sentence))}`)
      .join('');
    const what = attached ? `Following process ${host.attached.pid}, listening` : 'Listening';
    return `${paint(output, 'green', what)} on ${url}  (data in ${dataDir}; Ctrl+C stops)${problems}`;
  });
  output.flush();
}

/** Requests whose answer is waited for at most; beyond that the oldest gets no line of its own. */
const mostUnanswered = 100_000;

/** Prints news. A request whose line could not tell the answer gets a second line when it is answered. */
function createPrinter(output: Output, host: WorkingHost): (change: Change) => void {
  const unanswered = new Set<string>();
  return (change) => {
    if (change.type === 'request' && change.summary.reply.status === null && change.summary.pulled !== true) {
      unanswered.add(change.summary.id);
      const [oldest] = unanswered;
      if (unanswered.size > mostUnanswered && oldest !== undefined) unanswered.delete(oldest);
    }
    if (change.type === 'reply') {
      if (unanswered.delete(change.id)) printReply(output, change);
    } else print(output, host, change);
  };
}

function printReply(output: Output, { type, id, status, ms, by }: Extract<Change, { readonly type: 'reply' }>): void {
  output.line({ type, id, status, ms, by }, () => {
    const tone = status !== null && status < 400 ? 'green' : 'red';
    const answer = paint(output, tone, status === null ? 'no answer' : `answered ${status}`);
    const who = by === 'forward' ? ' by the app' : by === 'endpoint' ? '' : ` (${by})`;
    return `          ${answer}${who} in ${Math.round(ms)} ms  ${paint(output, 'dim', id)}`;
  });
}

function print(output: Output, host: WorkingHost, change: Change): void {
  if (change.type === 'request') output.line(requestLine(change.summary), () => requestText(output, change.summary));
  if (change.type === 'tunnel') {
    const { tunnels } = host.parts.workspace.data;
    printStatus(output, tunnels.find(({ id }) => id === change.status.id) ?? { name: change.status.id }, change.status);
  }
  if (change.type === 'diagnosis' && change.findings.length > 0) {
    const { type, id, findings } = change;
    output.line({ type, id, findings }, () => `${findingsText(output, findings, 10)}  ${paint(output, 'dim', id)}`);
  }
  if (change.type === 'refused') {
    const { entry } = change;
    output.line(
      refusedLine(entry),
      () =>
        `${formatTime(entry.at)}  ${paint(output, 'yellow', `refused: ${entry.reason}`)}  ${entry.status ?? 'closed'}  ${entry.bytes} bytes from ${entry.remoteAddress}`,
    );
  }
  if (change.type === 'receiver' && change.receiver.status === 'listening' && change.receiver.storeFault !== null) {
    const { storeFault } = change.receiver;
    output.line({ type: 'error', code: 'STORE_FAULT', message: storeFault }, () =>
      paint(output, 'red', `not stored: ${escapeControls(storeFault)}`),
    );
  }
}
