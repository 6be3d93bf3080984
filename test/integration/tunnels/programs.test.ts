import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { TunnelSetup } from '../../../src/shared/tunnels.ts';
import { createTunnelWorld, freePort } from '../../support/tunnel-world.ts';
import type { TunnelWorld } from '../../support/tunnel-world.ts';

let folder: string;
let world: TunnelWorld | null = null;
const savedPath = process.env['PATH'];
const savedTemporary = process.env['TMPDIR'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookbench-programs-'));
});

afterEach(async () => {
  await world?.close();
  world = null;
  process.env['PATH'] = savedPath;
  if (savedTemporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = savedTemporary;
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);

/** A program of the test's own, in Node. */
function program(name: string, code: string): string {
  writeFileSync(at(name), `#!${process.execPath}\n${code}\n`);
  chmodSync(at(name), 0o755);
  return at(name);
}

/** Forwards a port to the receiver as a tunnel does, and says so. */
const relay = `
const net = require('node:net');
const [port, to, ...words] = process.argv.slice(2);
net.createServer((socket) => {
  const other = net.connect(Number(to), '127.0.0.1');
  socket.pipe(other).pipe(socket);
  socket.on('error', () => other.destroy());
  other.on('error', () => socket.destroy());
}).listen(Number(port), '127.0.0.1', () => {
  console.log('forwarding to http://127.0.0.1:' + to);
  console.log('\\u001b[32myour url is: http://127.0.0.1:' + port + '/\\u001b[0m ' + words.join(' '));
});
`;

const command = (words: string[], more: Partial<Extract<TunnelSetup, { kind: 'command' }>> = {}): TunnelSetup => ({
  id: 't1',
  name: 'own',
  autoStart: false,
  kind: 'command',
  command: words,
  urlHolds: 'http://127.0.0.1',
  ...more,
});

const alive = (pid: number): boolean => {
  try {
    // Dead ones may stay listed where nobody collects them.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

it('runs any command, reads the address and masks secrets in its words', async () => {
  const port = await freePort();
  const script = program('relay', relay);
  world = await createTunnelWorld([command([script, String(port), '{port}', 'token=s3cr3t-value', '{url}'])]);
  world.secrets.set('mine', 's3cr3t-value');
  world.tunnels.start('t1');
  const up = await world.until(({ state, probe }) => state === 'up' && probe !== null);
  expect(up.publicUrl).toBe(`http://127.0.0.1:${port}`);
  expect(up.probe).toMatchObject({ ok: true });
  const log = world.tunnels.log('t1').map(({ text }) => text);
  expect(log).toContain(`your url is: http://127.0.0.1:${port}/ token=[secret] ${world.receiver()?.url}`);
});

it('never has two runs at once, however often it is started, stopped and changed', async () => {
  const port = await freePort();
  const script = program('relay', `process.on('SIGTERM', () => setTimeout(() => process.exit(), 300));${relay}`);
  world = await createTunnelWorld([command([script, String(port), '{port}'])]);
  // A second relay could not listen at the port: it would end with an error and show as down.
  for (let round = 0; round < 3; round += 1) {
    world.tunnels.start('t1');
    const stopping = world.tunnels.stop('t1');
    world.tunnels.start('t1');
    world.setUp(command([script, String(port), '{port}', `round-${round}`]));
    await stopping;
    world.tunnels.start('t1');
    await world.until(({ state, probe }) => state === 'up' && probe?.ok === true);
  }
  expect(world.statuses.filter(({ state }) => state === 'down' || state === 'failed')).toEqual([]);
  const shownNames = world.statuses.length;
  world.setUp(command([script, String(port), '{port}', 'round-2'], { name: 'other', autoStart: true }));
  expect(world.statuses).toHaveLength(shownNames);
});

it('ends the whole tree, one that does not listen included', async () => {
  const stubborn = `
    process.on('SIGTERM', () => {});
    const child = require('node:child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('ready')"]);
    child.stdout.on('data', () => console.log('pids ' + process.pid + ' ' + child.pid + ' http://127.0.0.1:1/'));
  `;
  world = await createTunnelWorld([command([program('stubborn', stubborn)])], { limits: { killMs: 200 } });
  world.tunnels.start('t1');
  await world.until(({ state }) => state === 'up');
  const line = world.tunnels.log('t1').find(({ text }) => text.startsWith('pids'))?.text ?? '';
  const pids = line.split(' ').slice(1, 3).map(Number);
  expect(pids.map(alive)).toEqual([true, true]);
  await world.tunnels.stop('t1');
  expect(pids.map(alive)).toEqual([false, false]);
});

it('starts again by itself, later each time, when the program ends', async () => {
  const script = program('ends', "console.error('no luck today'); process.exit(7);");
  world = await createTunnelWorld([command([script])]);
  world.tunnels.start('t1');
  await world.until(() => (world?.statuses.filter(({ state }) => state === 'down').length ?? 0) >= 4);
  const waits = world.statuses
    .filter(({ state }) => state === 'down')
    .map(({ since, retryAt }) => (retryAt ?? 0) - since);
  expect(waits.length).toBeGreaterThanOrEqual(4);
  expect(waits[3]).toBeGreaterThan((waits[0] as number) * 3);
  expect(world.statuses.at(-1)?.problem).toMatchObject({
    code: 'exited',
    message: expect.stringContaining('no luck today'),
  });
});

it('shows no secret that a program repeats in its last words', async () => {
  const script = program('ends', "console.error('bad token s3cr3t-value'); process.exit(7);");
  world = await createTunnelWorld([command([script])]);
  world.secrets.set('mine', 's3cr3t-value');
  world.tunnels.start('t1');
  const down = await world.until(({ state }) => state === 'down');
  expect(down.problem?.message).toContain('bad token [secret]');
  expect(JSON.stringify(world.statuses)).not.toContain('s3cr3t-value');
});

it('says so when no address comes', async () => {
  const script = program('mute', 'setInterval(() => {}, 1000)');
  world = await createTunnelWorld([command([script])], { limits: { addressMs: 300 } });
  world.tunnels.start('t1');
  expect((await world.until(({ state }) => state === 'down')).problem?.code).toBe('no-address');
});

it('says so when the program is missing', async () => {
  world = await createTunnelWorld([command(['hookbench-no-such-program'])]);
  world.tunnels.start('t1');
  expect(world.tunnels.states()[0]).toMatchObject({ state: 'failed', problem: { code: 'program-missing' } });
});

it('waits while the receiver is down', async () => {
  const port = await freePort();
  world = await createTunnelWorld([command([program('relay', relay), String(port), '{port}'])]);
  world.tunnels.start('t1');
  await world.until(({ state }) => state === 'up');
  await world.closeReceiver();
  world.tunnels.receiverChanged();
  await world.until(({ state, problem }) => state === 'down' && problem?.code === 'receiver-down');
  await world.moveReceiver();
  const up = await world.until(({ state, probe }) => state === 'up' && probe?.ok === true);
  expect(up.problem).toBeNull();
});

it('restarts a tunnel that passes nothing on any more', async () => {
  const port = await freePort();
  // It says its address, but leads nowhere in its first run.
  const script = program(
    'fickle',
    `const fs = require('node:fs'); const mark = ${JSON.stringify(at('mark'))};
     if (fs.existsSync(mark)) { ${relay} } else { fs.writeFileSync(mark, ''); console.log('http://127.0.0.1:' + process.argv[2]); setInterval(() => {}, 1000); }`,
  );
  world = await createTunnelWorld([command([script, String(port), '{port}'], { urlHolds: `127.0.0.1:${port}` })], {
    limits: { firstProbesMs: [0], probeEveryMs: 50, probeAgainMs: 50 },
  });
  world.tunnels.start('t1');
  const down = await world.until(({ state }) => state === 'down');
  expect(down.probe).toMatchObject({ ok: false, code: 'unreachable' });
  await world.until(({ state, probe }) => state === 'up' && probe?.ok === true);
});

it('probes after a sleep and starts again at once', async () => {
  const port = await freePort();
  const script = program(
    'fickle',
    `const fs = require('node:fs'); const mark = ${JSON.stringify(at('mark'))};
     if (fs.existsSync(mark)) { ${relay} } else { fs.writeFileSync(mark, ''); console.log('http://127.0.0.1:' + process.argv[2]); setInterval(() => {}, 1000); }`,
  );
  world = await createTunnelWorld([command([script, String(port), '{port}'], { urlHolds: `127.0.0.1:${port}` })], {
    limits: { firstProbesMs: [0], firstRetryMs: 60_000 },
  });
  world.tunnels.start('t1');
  await world.until(({ state, probe }) => state === 'up' && probe?.ok === false);
  world.tunnels.resumed();
  const up = await world.until(({ state, probe }) => state === 'up' && probe?.ok === true);
  expect(up.retryAt).toBeNull();
});

const cloudflared = (more: Partial<Extract<TunnelSetup, { kind: 'cloudflared' }>> = {}): TunnelSetup => ({
  id: 't1',
  name: 'cloudflare',
  autoStart: false,
  kind: 'cloudflared',
  program: null,
  secretName: null,
  publicUrl: null,
  ...more,
});

it('cloudflared: says that it is missing and how to install it', async () => {
  process.env['PATH'] = folder;
  world = await createTunnelWorld([cloudflared({ program: 'cloudflared-that-is-not-there' })]);
  world.tunnels.start('t1');
  const status = world.tunnels.states()[0];
  expect(status).toMatchObject({ state: 'failed', problem: { code: 'program-missing' } });
  expect(status?.problem?.cure).toContain('cloudflared');
});

it('cloudflared: reads the quick address, not the one that names are asked at', async () => {
  const script = program(
    'cloudflared',
    `console.error('INF asking https://api.trycloudflare.com/tunnel');
     console.error('INF |  https://odd-words-here.trycloudflare.com  |');
     console.error('INF Registered tunnel connection connIndex=0');
     console.error('args ' + process.argv.slice(2).join(' '));
     setInterval(() => {}, 1000);`,
  );
  world = await createTunnelWorld([cloudflared({ program: script })], { limits: { firstProbesMs: [] } });
  world.tunnels.start('t1');
  const up = await world.until(({ state }) => state === 'up');
  expect(up.publicUrl).toBe('https://odd-words-here.trycloudflare.com');
});

it('cloudflared: gives the token in a file that only we can read, and takes it away', async () => {
  const script = program(
    'cloudflared',
    `const fs = require('node:fs'); const file = process.argv[process.argv.indexOf('--token-file') + 1];
     fs.writeFileSync(${JSON.stringify(at('seen'))}, JSON.stringify({ args: process.argv.slice(2), env: process.env, mode: fs.statSync(file).mode & 0o777, folderMode: fs.statSync(require('node:path').dirname(file)).mode & 0o777, file, text: fs.readFileSync(file, 'utf8') }));
     console.error('token is ' + fs.readFileSync(file, 'utf8')); console.error('Registered tunnel connection'); setInterval(() => {}, 1000);`,
  );
  world = await createTunnelWorld(
    [cloudflared({ program: script, secretName: 'cf', publicUrl: 'https://hooks.example.com/' })],
    { limits: { firstProbesMs: [] } },
  );
  world.secrets.set('cf', 'tok-0123456789');
  world.tunnels.start('t1');
  const up = await world.until(({ state }) => state === 'up');
  expect(up.publicUrl).toBe('https://hooks.example.com');
  const seen = JSON.parse(readFileSync(at('seen'), 'utf8')) as {
    args: string[];
    env: object;
    mode: number;
    folderMode: number;
    file: string;
    text: string;
  };
  expect(seen.text).toBe('tok-0123456789');
  expect(seen.mode).toBe(0o600);
  expect(JSON.stringify([seen.args, seen.env])).not.toContain('tok-0123456789');
  expect(seen.folderMode).toBe(0o700);
  // Not only at its end: a Hookbench that is killed takes nothing away.
  expect(existsSync(join(seen.file, '..'))).toBe(false);
  expect(JSON.stringify(world.tunnels.log('t1'))).not.toContain('tok-0123456789');
});

it('cloudflared: takes the token away at its end, connected or not, and what a killed Hookbench left behind', async () => {
  process.env['TMPDIR'] = folder;
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  const [left, own] = [`hookbench-tunnel-${dead.pid}-abcdef`, `hookbench-tunnel-${process.pid}-abcdef`];
  for (const name of [left, own]) mkdirSync(at(name), { mode: 0o700 });
  writeFileSync(at(join(left, 'token')), 'tok-0123456789', { mode: 0o600 });
  const script = program(
    'cloudflared',
    "console.error(process.argv[process.argv.indexOf('--token-file') + 1]); setInterval(() => {}, 1000);",
  );
  const named = cloudflared({ program: script, secretName: 'cf', publicUrl: 'https://hooks.example.com/' });
  world = await createTunnelWorld([named]);
  expect([left, own].map((name) => existsSync(at(name)))).toEqual([false, true]);
  world.secrets.set('cf', 'tok-0123456789');
  world.tunnels.start('t1');
  const { tunnels } = world;
  const said = () => tunnels.log('t1').find(({ text }) => text.startsWith(at('hookbench-tunnel-')))?.text;
  const file = await vi.waitUntil(said, { timeout: 5_000, interval: 10 });
  expect(readFileSync(file, 'utf8')).toBe('tok-0123456789');
  await tunnels.stop('t1');
  expect(existsSync(join(file, '..'))).toBe(false);
});

it('cloudflared: a token that is missing, one that is wrong, and a network that is gone', async () => {
  const script = program(
    'cloudflared',
    `const fs = require('node:fs'); const file = process.argv[process.argv.indexOf('--token-file') + 1];
     const wrong = file && fs.existsSync(file) && fs.readFileSync(file, 'utf8') === 'wrong';
     console.error(wrong ? 'Provided Tunnel token is not valid.' : 'failed to request quick Tunnel: dial tcp: no such host'); process.exit(1);`,
  );
  const named = cloudflared({ program: script, secretName: 'cf', publicUrl: 'https://hooks.example.com' });
  world = await createTunnelWorld([named]);
  world.tunnels.start('t1');
  expect(world.tunnels.states()[0]).toMatchObject({ state: 'failed', problem: { code: 'token-missing' } });
  world.secrets.set('cf', 'wrong');
  world.tunnels.secretSet('cf');
  await world.until(({ state, problem }) => state === 'failed' && problem?.code === 'token-wrong');
  world.setUp(cloudflared({ program: script }));
  await world.until(({ state, problem }) => state === 'down' && problem?.code === 'connect');
});

it.runIf(process.platform === 'linux')('leaves no program behind when it is killed', async () => {
  const script = program('quiet', "console.log('pid ' + process.pid); setInterval(() => {}, 1000);");
  await build({
    root: process.cwd(),
    logLevel: 'silent',
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: {
        input: { holder: 'test/support/tunnel-child.ts' },
        output: { entryFileNames: '[name].mjs' },
      },
    },
  });
  const holder = spawn(process.execPath, [at('holder.mjs'), script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(holder.stdout), 'line')) as [string];
  const pid = Number(line.split(' ')[1]);
  expect(alive(pid)).toBe(true);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await vi.waitUntil(() => !alive(pid), { timeout: 5_000, interval: 10 });
});
