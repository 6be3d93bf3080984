// OpenSSH's server on loopback, in a folder of its own: own host key, own authorised key, own port. It takes the person
// who runs the tests, by key only.

import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../src/main/tunnels/child.ts';
import { freePort } from './tunnel-world.ts';

/** A server that can be stopped and started again at the same port. */
export interface SshServer {
  readonly port: number;
  readonly user: string;
  /** A key that the server takes, and one that it does not. */
  readonly identityFile: string;
  readonly strangersKey: string;
  /** Holds the server's key; another holds a wrong one, the last none. */
  readonly knownHosts: string;
  readonly wrongHosts: string;
  readonly emptyHosts: string;
  start(): Promise<void>;
  /** Ends the server and all its sessions. */
  stop(): Promise<void>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

/** The server's program refuses to run by a relative name. */
const program = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path));

/** Prepares a server; it is not started. Throws where no sshd is installed. */
export async function createSshServer(): Promise<SshServer> {
  if (program === undefined) throw new Error('sshd is missing: install the package openssh-server');
  const sshd = program;
  const keygen = findProgram('ssh-keygen') ?? 'ssh-keygen';
  // Checked for rights on the way up, so not below a folder that others may write to without a sticky bit.
  const folder = mkdtempSync('/tmp/hookbench-sshd-');
  const path = (name: string) => join(folder, name);
  const makeKey = (name: string) =>
    execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path(name)]);
  for (const name of ['host', 'wrong-host', 'client', 'stranger']) makeKey(name);
  const publicKey = (name: string) => execFileSync(keygen, ['-y', '-f', path(name)], { encoding: 'utf8' }).trim();
  // As root it insists on a folder to lock itself into.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const port = await freePort();
  const entry = `[127.0.0.1]:${port}`;
  writeFileSync(path('authorized'), `${publicKey('client')}\n`, { mode: 0o600 });
  writeFileSync(path('known'), `${entry} ${publicKey('host')}\n`);
  writeFileSync(path('wrong'), `${entry} ${publicKey('wrong-host')}\n`);
  writeFileSync(path('empty'), '');
  writeFileSync(
    path('config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${path('host')}`,
      `AuthorizedKeysFile ${path('authorized')}`,
      `PidFile ${path('pid')}`,
      'UsePAM no',
      'StrictModes no',
      'PermitRootLogin prohibit-password',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'AllowTcpForwarding yes',
      'GatewayPorts no',
      'PrintMotd no',
      '',
    ].join('\n'),
  );

  let server: ChildProcess | null = null;
  function start(): Promise<void> {
    return new Promise((resolve, reject) => {
      // -D stays in front, -e writes to standard error: its own words tell when it listens.
      const child = spawn(sshd, ['-D', '-e', '-f', path('config')], {
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      server = child;
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes(`Server listening on 127.0.0.1 port ${port}`)) resolve();
      });
      child.on('exit', () => reject(new Error(`sshd ended: ${said}`)));
    });
  }
  function stop(): Promise<void> {
    const child = server;
    server = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.on('exit', () => resolve());
      // The parent first, so that it takes nobody in meanwhile; its sessions lead groups of their own.
      const family = [child.pid as number, ...descendants(child.pid as number)];
      for (const pid of family) endProcess(pid);
    });
  }
  return {
    port,
    user: userInfo().username,
    identityFile: path('client'),
    strangersKey: path('stranger'),
    knownHosts: path('known'),
    wrongHosts: path('wrong'),
    emptyHosts: path('empty'),
    start,
    stop,
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Processes that this one started, and so on. */
function descendants(pid: number): number[] {
  const children = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child as number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
