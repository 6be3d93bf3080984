// `tunnel`: ways in from outside, from the command line. `listen --tunnel` opens one; `tunnel test` opens it only to see
// whether it leads here.

import * as v from 'valibot';
import { AppError } from '../../shared/errors.ts';
import { tunnelSchema } from '../../shared/tunnels.ts';
import type { TunnelKind, TunnelProbe, TunnelSetup, TunnelStatus } from '../../shared/tunnels.ts';
import type { WorkingHost } from './working-host.ts';
import { escapeControls } from '../system.ts';
import { callHost, idFromName } from './call-host.ts';
import { addSecretOptions, givesSecret, readChoice, secretOptions, text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { readDuration } from './durations.ts';
import { readNumber } from './inputs.ts';
import { openHost, readStoredWorkspace, withHost } from './open-host.ts';
import { paint } from './output.ts';
import type { Output } from './output.ts';
import { dropSecrets, keepSecrets, settleSecrets } from './owned-secrets.ts';

const kinds = ['ngrok', 'cloudflared', 'ssh', 'smee', 'command', 'attach'] as const satisfies readonly TunnelKind[];

/** Registers the `tunnel` commands. */
export function addTunnelCommands(context: CliContext): void {
  const { command } = context.group('tunnel', 'ways in from outside: list, add, test, remove');
  command('list', 'list the tunnels', () => {}, listTunnels);
  command(
    'add <name> [command...]',
    'add a tunnel; for kind command, the program and its arguments follow after --',
    (options) => {
      addSecretOptions(options);
      options
        .requiredOption('--kind <kind>', kinds.join(', '))
        .option('--auto-start', 'open it whenever Hookbench starts')
        .option('--domain <domain>', 'ngrok: a reserved domain')
        .option('--program <path>', 'cloudflared: the program, when it is not in PATH')
        .option('--ssh <user@host>', 'ssh: the server')
        .option('--ssh-port <n>', 'ssh: its port')
        .option('--remote-port <n>', 'ssh: port that the server opens; 0 lets it choose')
        .option('--remote-host <address>', 'ssh: address that the server opens it on')
        .option('--identity <file>', 'ssh: key file')
        .option('--known-hosts <file>', 'ssh: known-hosts file')
        .option(
          '--public-url <url>',
          'address under which it is reached, where its output does not tell; {port} stands for the remote port',
        )
        .option('--channel <url>', 'smee: the channel, such as https://smee.io/abc')
        .option('--url-holds <text>', 'command: text that the address in its output holds')
        .option('--agent <url>', 'attach: API of a running ngrok agent');
    },
    addTunnel,
  );
  command(
    'test <name>',
    'open a tunnel, send a signed probe through it, and close it; exit 1 when it does not lead here',
    (options) => {
      options.option('--port <n>', 'port to listen on meanwhile').option('--timeout <time>', 'how long to wait', '60s');
    },
    testTunnel,
  );
  command(
    'remove <name>',
    'remove a tunnel',
    (options) => {
      options.option('--with-secrets', 'remove its secret too, unless something else needs it');
    },
    withHost(removeTunnel),
  );
}

async function listTunnels(run: CommandRun): Promise<number> {
  for (const tunnel of (await readStoredWorkspace(run)).tunnels) printTunnel(run.output, tunnel);
  return 0;
}

function addTunnel(run: CommandRun): Promise<number> {
  const name = run.positional[0] as string;
  const wanted = readSetup(run, name);
  return withHost(async (_run, host) => {
    const { tunnels } = host.parts.workspace.data;
    if (tunnels.some((tunnel) => tunnel.name === name || tunnel.id === name)) {
      throw new AppError('CONFIG_INVALID', `NAME: there is a tunnel "${name}" already; remove it first.`);
    }
    const id = idFromName(
      name,
      tunnels.map((tunnel) => tunnel.id),
      'tunnel',
    );
    const setup = { ...wanted, id };
    await callHost(host, 'tunnels.save', setup, optionNames);
    let names: readonly string[] | null = null;
    try {
      names = await keepSecrets(run, host, { kind: 'tunnel', id, name, secretNames: [], most: 1 }, null);
      if (names?.[0] !== undefined && 'secretName' in setup) {
        await callHost(host, 'tunnels.save', { ...setup, secretName: names[0] }, optionNames);
      }
    } catch (error) {
      await callHost(host, 'tunnels.remove', { id });
      await dropSecrets(host, names ?? []);
      throw error;
    }
    printTunnel(run.output, findTunnel(host, id));
    return 0;
  })(run);
}

const optionNames = {
  name: 'NAME',
  secretName: '--secret',
  host: '--ssh',
  channel: '--channel',
  publicUrl: '--public-url',
};

/** The options that fill each field of a kind; anything else that was given does not belong to it. */
const fieldsOf: Readonly<Record<TunnelKind, readonly string[]>> = {
  ngrok: ['domain', ...secretOptions],
  cloudflared: ['program', 'publicUrl', ...secretOptions],
  ssh: ['ssh', 'sshPort', 'remotePort', 'remoteHost', 'identity', 'knownHosts', 'publicUrl'],
  smee: ['channel'],
  command: ['urlHolds'],
  attach: ['agent'],
};

function readSetup(run: CommandRun, name: string): TunnelSetup {
  const kind = readChoice(run, 'kind', '--kind', kinds) as TunnelKind;
  for (const field of new Set(Object.values(fieldsOf).flat())) {
    if (run.options[field] === undefined || fieldsOf[kind].includes(field)) continue;
    throw new AppError('CONFIG_INVALID', `--${dashed(field)}: leave it out with --kind ${kind}.`);
  }
  // The host says the same of a kept secret; here nothing is kept yet.
  if (kind === 'cloudflared' && givesSecret(run) && text(run, 'publicUrl') === undefined) {
    throw new AppError(
      'CONFIG_INVALID',
      '--public-url is needed beside a secret: a named tunnel does not tell its address.',
    );
  }
  const shared = { id: 'tunnel', name, autoStart: run.options['autoStart'] === true };
  const parsed = v.safeParse(tunnelSchema, { ...shared, kind, ...readFields(run, kind) });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new AppError('CONFIG_INVALID', `${optionOf(kind, v.getDotPath(issue))}: ${issue.message}.`);
}

function readFields(run: CommandRun, kind: TunnelKind): Record<string, unknown> {
  const publicUrl = text(run, 'publicUrl') ?? null;
  switch (kind) {
    case 'ngrok':
      return { secretName: null, domain: text(run, 'domain') ?? null };
    case 'cloudflared':
      return { program: text(run, 'program') ?? null, publicUrl };
    case 'ssh': {
      const [host = '', user = null] = (text(run, 'ssh') ?? '').split('@', 2).toReversed();
      if (host === '') throw new AppError('CONFIG_INVALID', '--ssh is needed: USER@HOST of the server.');
      const port = text(run, 'sshPort');
      return {
        host,
        user,
        ...(port !== undefined && { port: readNumber('--ssh-port', port, 1, 65_535) }),
        remotePort: readNumber('--remote-port', text(run, 'remotePort') ?? '0', 0, 65_535),
        remoteHost: text(run, 'remoteHost') ?? null,
        identityFile: text(run, 'identity') ?? null,
        knownHostsFile: text(run, 'knownHosts') ?? null,
        publicUrl,
      };
    }
    case 'smee':
      return { channel: text(run, 'channel') };
    case 'command': {
      const words = run.positional[1] as unknown;
      return { command: Array.isArray(words) ? words : [], urlHolds: text(run, 'urlHolds') ?? '' };
    }
    case 'attach':
      return { ...(text(run, 'agent') !== undefined && { agentUrl: text(run, 'agent') }) };
  }
}

function optionOf(kind: TunnelKind, field: string | null): string {
  const known: Readonly<Record<string, string>> = {
    name: 'NAME',
    host: '--ssh',
    user: '--ssh',
    identityFile: '--identity',
    knownHostsFile: '--known-hosts',
    agentUrl: '--agent',
    command: 'COMMAND',
  };
  const name = field?.split('.')[0] ?? `--kind ${kind}`;
  return known[name] ?? (name.startsWith('--') ? name : `--${dashed(name)}`);
}

function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

async function testTunnel(run: CommandRun): Promise<number> {
  const timeoutMs = readDuration('--timeout', text(run, 'timeout') ?? '60s', 1_000, 600_000);
  const portOption = text(run, 'port');
  const port = portOption === undefined ? 0 : readNumber('--port', portOption, 0, 65_535);
  const host = await openHost(run, { listen: { host: '127.0.0.1', port, only: true }, runQueue: false });
  try {
    const tunnel = findTunnel(host, run.positional[0] as string);
    await host.start();
    const state = host.receiver();
    if (state.status === 'failed') throw new AppError(state.error.code, state.error.message, state.error.details);
    const status = await openTunnel(run, host, tunnel, timeoutMs);
    if (status.state !== 'up') return 1;
    const probe = await callHost(host, 'tunnels.probe', { id: tunnel.id });
    printProbe(run.output, tunnel, probe);
    return probe.ok ? 0 : 1;
  } finally {
    await host.stop();
  }
}

/** Starts a tunnel, prints how it stands, and resolves when it is up, needs a person, or the time is over. */
export async function openTunnel(
  run: CommandRun,
  host: WorkingHost,
  { id }: TunnelSetup,
  timeoutMs: number,
): Promise<TunnelStatus> {
  let last: TunnelStatus | null = null;
  const settled = new Promise<void>((resolve) => {
    const cancel = run.clock.after(timeoutMs, resolve);
    host.onChange((change) => {
      if (change.type !== 'tunnel' || change.status.id !== id) return;
      last = change.status;
      if (last.state !== 'up' && last.state !== 'failed') return;
      cancel();
      resolve();
    });
  });
  const started = await callHost(host, 'tunnels.start', { id });
  last ??= started;
  if (last.state !== 'up' && last.state !== 'failed') await settled;
  printStatus(run.output, findTunnel(host, id), last);
  return last;
}

async function removeTunnel(run: CommandRun, host: WorkingHost): Promise<number> {
  const tunnel = findTunnel(host, run.positional[0] as string);
  await callHost(host, 'tunnels.remove', { id: tunnel.id });
  const { id, name } = tunnel;
  run.output.line({ type: 'tunnel-removed', id, name }, () => `removed  ${escapeControls(name)}`);
  const secretName = 'secretName' in tunnel ? tunnel.secretName : null;
  await settleSecrets(run, host, secretName === null ? [] : [secretName]);
  return 0;
}

/** The tunnel of this id or name. Throws CONFIG_INVALID that lists the names. */
export function findTunnel({ parts }: Pick<WorkingHost, 'parts'>, wanted: string): TunnelSetup {
  const { tunnels } = parts.workspace.data;
  const found = tunnels.find(({ id }) => id === wanted) ?? tunnels.find(({ name }) => name === wanted);
  if (found) return found;
  const names = tunnels.map(({ name }) => `"${name}"`).join(', ');
  const known = names === '' ? 'there are none; add one with: tunnel add' : `there are ${names}`;
  throw new AppError('CONFIG_INVALID', `There is no tunnel "${wanted}": ${known}.`);
}

const tones = { stopped: 'dim', starting: 'yellow', up: 'green', down: 'yellow', failed: 'red' } as const;

function printTunnel(output: Output, tunnel: TunnelSetup): void {
  output.line({ type: 'tunnel-setup', ...tunnel }, () =>
    [tunnel.kind, escapeControls(tunnel.name), tunnel.autoStart ? 'opens at start' : ''].filter(Boolean).join('  '),
  );
}

/** How a tunnel stands, as a line. */
export function printStatus(output: Output, { name }: Pick<TunnelSetup, 'name'>, status: TunnelStatus): void {
  output.line({ type: 'tunnel', ...status }, () => {
    const { state, publicUrl, problem } = status;
    const head = `${paint(output, tones[state], `tunnel ${state}`)}  ${escapeControls(name)}`;
    const url = publicUrl === null ? '' : `  ${escapeControls(publicUrl)}`;
    return `${head}${url}${problem === null ? '' : `\n  ${escapeControls(problem.message)} ${escapeControls(problem.cure)}`}`;
  });
}

function printProbe(output: Output, { id, name }: TunnelSetup, probe: TunnelProbe): void {
  output.line({ type: 'tunnel-probe', id, ...probe }, () => {
    const { ok, message, cure, ms } = probe;
    const head = paint(output, ok ? 'green' : 'red', ok ? 'leads here' : 'does not lead here');
    return `${head}  ${escapeControls(name)}  ${Math.round(ms)} ms  ${escapeControls(message)} ${escapeControls(cure)}`;
  });
}
