// What is read from the words of programs and services, and what is said of them.

import { delimiter } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { baseOf, isLoopback, keepsAddress, localUrl, urlsIn } from '../../../../src/main/tunnels/addresses.ts';
import { leadsToPort } from '../../../../src/main/tunnels/attach.ts';
import { backOff } from '../../../../src/main/tunnels/back-off.ts';
import { findProgram } from '../../../../src/main/tunnels/child.ts';
import { installHint } from '../../../../src/main/tunnels/cloudflared.ts';
import { createTunnelLog } from '../../../../src/main/tunnels/log.ts';
import { problemOf } from '../../../../src/main/tunnels/ngrok.ts';
import { sshProblem } from '../../../../src/main/tunnels/ssh-problems.ts';
import { addressTold, sshArguments } from '../../../../src/main/tunnels/ssh.ts';
import { tunnelSchema } from '../../../../src/shared/tunnels.ts';
import type { TunnelSetup } from '../../../../src/shared/tunnels.ts';

describe('ssh', () => {
  const setup: Extract<TunnelSetup, { kind: 'ssh' }> = {
    id: 't1',
    name: 'own',
    autoStart: false,
    kind: 'ssh',
    host: 'tunnel.example.com',
    port: 2222,
    user: 'me',
    remotePort: 8080,
    remoteHost: null,
    identityFile: '/keys/my "50%" key',
    knownHostsFile: '/known hosts',
    publicUrl: 'https://hooks.example.com',
  };

  it('is always told to check the key, to ask nothing and to end with its forward', () => {
    const args = sshArguments(setup, '127.0.0.1:4100');
    for (const option of [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      'ExitOnForwardFailure=yes',
      'ServerAliveInterval=15',
    ]) {
      expect(args).toContain(option);
    }
    expect(args).toContain('UserKnownHostsFile="/known hosts"');
    expect(args).toContain('IdentityFile="/keys/my \\"50%%\\" key"');
    expect(args.slice(-6)).toEqual(['-l', 'me', '-R', '8080:127.0.0.1:4100', '--', 'tunnel.example.com']);
    expect(args[0]).toBe('-N');
    const service = sshArguments(
      { ...setup, port: 22, user: null, remoteHost: '2001:db8::1', publicUrl: null },
      '127.0.0.1:1',
    );
    expect(service).not.toContain('-N');
    expect(service).not.toContain('-p');
    expect(service).toContain('[2001:db8::1]:8080:127.0.0.1:1');
  });

  it.each([
    ['abc123.lhr.life tunneled with tls termination, https://abc123.lhr.life', 'https://abc123.lhr.life'],
    ['Forwarding HTTP traffic from https://words.serveo.net', 'https://words.serveo.net'],
    [
      '\u001b[32mForwarding HTTP traffic from https://words.serveousercontent.com\u001b[0m',
      'https://words.serveousercontent.com',
    ],
    ['https://rnxyz-1-2-3-4.a.free.pinggy.link', 'https://rnxyz-1-2-3-4.a.free.pinggy.link'],
    ['Follow your favourite reverse tunnel at [https://twitter.com/localhost_run].', null],
    ['To set up custom domains go to https://admin.localhost.run/', null],
    ['More details at https://localhost.run/docs/forever-free/', null],
    ['http://plain.example.com', null],
    ['Welcome!', null],
  ])('reads the address of a service: %s', (line, address) => {
    expect(addressTold(line, 'localhost.run')).toBe(address);
  });

  it.each([
    ['ssh: Could not resolve hostname nowhere.example: Name or service not known', 'connect', 'later'],
    ['ssh: connect to host 192.0.2.1 port 22: Connection timed out', 'connect', 'later'],
    ['Error: remote port forwarding failed for listen port 80', 'port-refused', 'later'],
    ['me@tunnel.example.com: Permission denied (publickey,password).', 'login-refused', 'never'],
    ['Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures', 'login-refused', 'never'],
    ['Host key verification failed.', 'host-key', 'never'],
    ['command-line: line 0: Bad configuration option: forkafterauthentication', 'exited', 'never'],
    ['something else', 'exited', 'later'],
  ])('names: %s', (line, code, again) => {
    const found = sshProblem(setup, [line], { code: 255, signal: null, notStarted: null }, '/known hosts');
    expect([found.problem.code, found.again]).toEqual([code, again]);
    expect(found.problem.cure).not.toBe('');
  });

  it('gives commands that can be pasted', () => {
    const end = { code: 255, signal: null, notStarted: null };
    const key = sshProblem(setup, ['@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @'], end, "/it's here");
    expect(key.problem.cure).toContain(`ssh-keygen -f '/it'\\''s here' -R '[tunnel.example.com]:2222'`);
    const rights = sshProblem(
      setup,
      ['@ WARNING: UNPROTECTED PRIVATE KEY FILE! @', 'me@x: Permission denied (publickey).'],
      end,
      '/k',
    );
    expect(rights.problem.cure).toBe(`Run: chmod 600 '/keys/my "50%" key'`);
  });

  it('gives no command that does more than it says', () => {
    const end = { code: 255, signal: null, notStarted: null };
    const strange = { ...setup, host: 'x;touch${IFS}/tmp/y', user: "a'$(id)" };
    const cure = (line: string) => sshProblem(strange, [line], end, '/k').problem.cure;
    expect(cure('Host key verification failed.')).toContain("ssh-keyscan -p 2222 'x;touch${IFS}/tmp/y' >> /k");
    expect(cure('Connection timed out')).toContain("ssh -v -p 2222 'x;touch${IFS}/tmp/y'.");
    expect(cure('x: Permission denied (publickey).')).toContain("'a'\\''$(id)@x;touch${IFS}/tmp/y' true");
  });

  it.each([
    ['host', 'tunnel.example.com', true],
    ['host', 'fe80::1%eth0', true],
    ['host', '[2001:db8::1]', true],
    ['host', 'x;id', false],
    ['host', '$(id)', false],
    ['host', '-oProxyCommand=id', false],
    ['user', 'me@corp.example', true],
    ['user', "o'neil", false],
    ['user', '`id`', false],
  ])('takes as its %s: %s (%s)', (field, value, fits) => {
    expect(v.safeParse(tunnelSchema, { ...setup, [field]: value }).success).toBe(fits);
  });
});

describe('ngrok', () => {
  it.each([
    ['failed to connect session: failed to establish tcp connection', 'connect', 'later'],
    ['authentication failed: does not look like a proper authtoken\n\nERR_NGROK_105', 'token-wrong', 'never'],
    ['ERR_NGROK_107', 'token-wrong', 'never'],
    ['limited to 1 simultaneous ngrok agent sessions. ERR_NGROK_108', 'connect', 'later'],
    ['failed to start listener: endpoint is already online. ERR_NGROK_334', 'connect', 'later'],
    ['domain is reserved for another account. ERR_NGROK_320', 'connect', 'never'],
  ])('names: %s', (message, code, again) => {
    const found = problemOf(message);
    expect([found.problem.code, found.again]).toEqual([code, again]);
  });
});

it('knows which tunnels of an agent lead to a port here', () => {
  const yes = [
    'http://localhost:4100',
    'localhost:4100',
    '4100',
    'http://127.0.0.1:4100',
    'http://[::1]:4100/x',
    'https://localhost:4100',
  ];
  const no = ['http://localhost:4101', 'http://192.0.2.1:4100', '410', 'file:///srv', 'http://localhost', '', '::'];
  expect(yes.filter((address) => !leadsToPort(address, 4100))).toEqual([]);
  expect(no.filter((address) => leadsToPort(address, 4100))).toEqual([]);
  expect(leadsToPort('http://localhost', 80)).toBe(true);
});

it('waits twice as long each time, up to a minute, and less by chance', () => {
  const limits = { firstRetryMs: 1_000, longestRetryMs: 60_000 };
  const least = (fallen: number) => backOff(fallen, limits, () => Uint8Array.of(255));
  const most = (fallen: number) => backOff(fallen, limits, () => Uint8Array.of(0));
  expect([0, 1, 2, 5, 6, 7, 1_000].map(most)).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
  expect([0, 6].map(least)).toEqual([800, 48_000]);
});

describe('a log', () => {
  it('shows no secret and moves no cursor', () => {
    const log = createTunnelLog(
      () => 5,
      () => ['hunter2-secret', 'abc'],
    );
    log.hide('hunter2');
    log.add('\u001b[1;31mtoken hunter2-secret\u001b[0m and hunter2, abc\u0007\u202e \tend');
    log.add('  ');
    log.add('to https://me:pass@example.com/x');
    expect(log.lines()).toEqual([
      { at: 5, text: 'token [secret] and [secret], abc\\x07\\u202e  end' },
      { at: 5, text: 'to https://[secret]@example.com/x' },
    ]);
  });

  it('keeps the last 500 lines, and no endless one', () => {
    const log = createTunnelLog(
      () => 5,
      () => [],
    );
    for (let n = 0; n < 600; n += 1) log.add(`line ${n}`);
    expect(log.lines()).toHaveLength(500);
    expect(log.lines().at(-1)?.text).toBe('line 599');
    expect(log.lines()[0]?.text).toBe('line 100');
    log.add('x'.repeat(10_000));
    expect(log.lines().at(-1)?.text).toHaveLength(2_000);
  });
});

it('reads addresses out of sentences', () => {
  const found = (text: string) => urlsIn(text).map(baseOf);
  expect(found('see (https://a.example/x/), "http://b.example:81/". And https://c.example?q=1#f')).toEqual([
    'https://a.example/x',
    'http://b.example:81',
    'https://c.example',
  ]);
  expect(found('http:// ftp://x https')).toEqual([]);
  expect(localUrl({ port: 1, url: 'http://0.0.0.0:1' })).toBe('http://127.0.0.1:1');
  expect(localUrl({ port: 1, url: 'http://[::1]:1' })).toBe('http://[::1]:1');
  expect(['127.9.9.9', '[::1]', '::ffff:127.0.0.1', 'localhost', 'a.localhost'].every(isLoopback)).toBe(true);
  expect(['128.0.0.1', '::2', '::ffff:10.0.0.1', 'localhost.example', '127.0.0.1.example', ''].some(isLoopback)).toBe(
    false,
  );
});

it('finds programs in PATH or where they are said to be, and tells how to install', () => {
  expect(findProgram('sh', ['/nowhere', '/bin'].join(delimiter))).toBe('/bin/sh');
  expect(findProgram('/bin/sh', '')).toBe('/bin/sh');
  expect(findProgram('/bin', '')).toBeNull();
  expect(findProgram('no-such-program-here')).toBeNull();
  const hints = (['darwin', 'win32', 'linux'] as const).map(installHint);
  expect(hints.map((hint) => /brew|winget|apt-get/.exec(hint)?.[0])).toEqual(['brew', 'winget', 'apt-get']);
});

it('knows which tunnels stand at the same address again', () => {
  const shared = { id: 't1', name: 'a', autoStart: false };
  const ssh = v.parse(tunnelSchema, { ...shared, kind: 'ssh', host: 'h', remotePort: 0 }) as Extract<
    TunnelSetup,
    { kind: 'ssh' }
  >;
  const withPort = { ...ssh, publicUrl: 'http://h.example:{port}' };
  const lasting: TunnelSetup[] = [
    { ...shared, kind: 'ngrok', secretName: 'x', domain: 'a.example.com' },
    { ...shared, kind: 'cloudflared', program: null, secretName: 'x', publicUrl: 'https://a.example.com' },
    { ...withPort, remotePort: 80 },
    { ...ssh, publicUrl: 'https://h.example' },
    { ...shared, kind: 'command', command: ['lt'], urlHolds: 'a.example.com' },
    { ...shared, kind: 'attach', agentUrl: 'http://127.0.0.1:4040' },
  ];
  const passing: TunnelSetup[] = [
    { ...shared, kind: 'ngrok', secretName: 'x', domain: null },
    { ...shared, kind: 'cloudflared', program: null, secretName: null, publicUrl: null },
    ssh,
    withPort,
    { ...shared, kind: 'command', command: ['lt'], urlHolds: 'example.com' },
  ];
  const keeps = (setup: TunnelSetup) => keepsAddress(setup, 'https://a.example.com');
  expect(lasting.filter((setup) => !keeps(setup))).toEqual([]);
  expect(passing.filter(keeps)).toEqual([]);
});
