// Remote forwarding with the system's own ssh: to a server of one's own, or to one that offers it and says the address.
// The host key is always checked, nothing is ever asked for, and a forward that cannot stand ends the program.

import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TunnelSetup } from '../../shared/tunnels.ts';
import type { StartRun } from './contract.ts';
import { baseOf, localHost, urlsIn } from './addresses.ts';
import { findProgram } from './child.ts';
import { programMissing } from './problems.ts';
import { nothingRuns } from './runs.ts';
import { sshProblem } from './ssh-problems.ts';

type SshSetup = Extract<TunnelSetup, { readonly kind: 'ssh' }>;

/** Of the many lines of `-v`, those that tell a person something. */
const tellingDebug =
  /(Connecting to|Connection established|Authenticated to|Authentications that can continue|remote forward|Remote: )/;
/** Lines kept for finding out why it ended. */
const keptLines = 60;

/** Runs ssh; up when the forward stands and the address is known. */
export const startSsh: StartRun<'ssh'> = (setup, context) => {
  const program = findProgram('ssh');
  if (program === null) {
    context.ended(programMissing('ssh', installHint(process.platform)), 'never');
    return nothingRuns;
  }
  const recent: string[] = [];
  let stands = false;
  let port = setup.remotePort;
  let told: string | null = null;

  const look = (): void => {
    // The success is told before the port that the server chose.
    if (!stands || port === 0) return;
    const url = setup.publicUrl === null ? told : setup.publicUrl.replaceAll('{port}', String(port));
    if (url !== null && URL.canParse(url)) context.up(baseOf(new URL(url)));
  };
  const child = context.children.start({
    program,
    args: sshArguments(setup, `${localHost(context.receiver)}:${context.receiver.port}`),
    // Its messages are read.
    env: { LC_ALL: 'C' },
    onLine(text) {
      recent.push(text);
      if (recent.length > keptLines) recent.shift();
      const isDebug = /^debug\d: /.test(text);
      if (!isDebug || tellingDebug.test(text)) context.log(text.replace(/^debug\d: /, ''));
      const allocated = /^Allocated port (\d+) for remote forward/.exec(text)?.[1];
      if (allocated !== undefined) port = Number(allocated);
      if (allocated !== undefined || /remote forward success for/.test(text)) stands = true;
      else if (!isDebug && setup.publicUrl === null) told ??= addressTold(text, setup.host);
      look();
    },
    onEnd: (end) => {
      const { problem, again } = sshProblem(setup, recent, end, knownHostsFile(setup));
      context.ended(problem, again);
    },
  });
  return { stop: () => child.stop() };
};

/** The words after `ssh`. Public for its test. */
export function sshArguments(setup: SshSetup, to: string): string[] {
  const { host, port, user, remotePort, remoteHost, identityFile, knownHostsFile: known, publicUrl } = setup;
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
    'ExitOnForwardFailure=yes',
    // A connection that died without a word is noticed within 45 s, here and not only at the next event.
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
    'ConnectTimeout=15',
    // A connection shared with a person's own session would outlive this run, or be ended with it.
    'ControlMaster=no',
    'ControlPath=none',
    'ForwardAgent=no',
    'ForwardX11=no',
    'PermitLocalCommand=no',
    'ForkAfterAuthentication=no',
    ...(known === null ? [] : [`UserKnownHostsFile=${quoted(known)}`]),
    ...(identityFile === null ? [] : ['IdentitiesOnly=yes', `IdentityFile=${quoted(identityFile)}`]),
  ];
  return [
    // A service that tells its address tells it in a session; without one, ssh asks for the forward only.
    ...(publicUrl === null ? [] : ['-N']),
    '-T',
    '-v',
    ...options.flatMap((option) => ['-o', option]),
    // The usual port is left to the person's own configuration, where `host` may be an alias.
    ...(port === 22 ? [] : ['-p', String(port)]),
    ...(user === null ? [] : ['-l', user]),
    '-R',
    `${remoteHost === null ? '' : `${bracketed(remoteHost)}:`}${remotePort}:${to}`,
    '--',
    host,
  ];
}

/** A path as ssh reads it in an option: one word, and no percent sign that stands for something. */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** The file in which ssh looks for the server's key. */
function knownHostsFile({ knownHostsFile: file }: SshSetup): string {
  return file ?? join(homedir(), '.ssh', 'known_hosts');
}

/** Words before the address, as two services write them; both also print addresses of their own pages. */
const announced = /(?:tunneled with tls termination,|forwarding http traffic from)\s+(https:\/\/\S+)/i;

/** The address that a service tells in this line, or null. Public for its test. */
export function addressTold(text: string, host: string): string | null {
  const clean = text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '');
  const [named] = urlsIn(announced.exec(clean)?.[1] ?? '');
  if (named) return baseOf(named);
  const [url, ...others] = urlsIn(clean).filter(({ protocol }) => protocol === 'https:');
  // A page about the service has a path, or the service's own name; an address of ours has neither.
  if (!url || others.length > 0 || url.pathname !== '/' || url.hostname === host) return null;
  return /^(www|admin|docs|console|dashboard|status)\./.test(url.hostname) || url.hostname.split('.').length < 3
    ? null
    : baseOf(url);
}

function installHint(platform: NodeJS.Platform): string {
  if (platform === 'linux') return 'Install it: sudo apt-get install openssh-client';
  if (platform === 'win32') return 'Install it: Settings, Optional features, OpenSSH Client.';
  return 'Install OpenSSH and see that ssh is in PATH.';
}
