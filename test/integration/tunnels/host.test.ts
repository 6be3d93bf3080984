// A whole host behind a real tunnel: what is set up by command, what arrives, what is kept.

import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { TunnelSetup, TunnelStatus } from '../../../src/shared/tunnels.ts';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';
import { createSshServer } from '../../support/tunnel-sshd.ts';
import type { SshServer } from '../../support/tunnel-sshd.ts';
import { freePort } from '../../support/tunnel-world.ts';

let server: SshServer;
let test: TestHost;
let setup: Extract<TunnelSetup, { kind: 'ssh' }>;

beforeEach(async () => {
  server = await createSshServer();
  await server.start();
  test = await startTestHost();
  setup = {
    id: 't1',
    name: 'own server',
    autoStart: false,
    kind: 'ssh',
    host: '127.0.0.1',
    port: server.port,
    user: server.user,
    remotePort: await freePort(),
    remoteHost: null,
    identityFile: server.identityFile,
    knownHostsFile: server.knownHosts,
    publicUrl: 'http://127.0.0.1:{port}',
  };
});

afterEach(async () => {
  await test.stop();
  await server.remove();
});

const status = (): TunnelStatus | undefined => test.changes.findLast((change) => change.type === 'tunnel')?.status;

const until = (fits: (status: TunnelStatus) => boolean): Promise<unknown> =>
  vi.waitUntil(() => fits(status() as TunnelStatus), { timeout: 10_000, interval: 10 });

const green = ({ state, probe }: TunnelStatus): boolean => state === 'up' && probe?.ok === true;
const list = async () => (await test.host.handlers['requests.list']({ query: '', limit: 50 })).rows;
const tunnels = () => test.host.handlers;

it('takes an event from the far side, and comes back after the server was gone', async () => {
  await tunnels()['tunnels.save'](setup);
  await tunnels()['tunnels.start']({ id: 't1' });
  await until(green);
  const publicUrl = status()?.publicUrl ?? '';
  expect(await list()).toEqual([]);
  expect((await fetch(`${publicUrl}/hook`, { method: 'POST', body: 'event' })).status).toBe(200);
  expect((await list()).map(({ target }) => target)).toEqual(['/hook']);

  await server.stop();
  await until(({ state }) => state === 'down');
  await expect(fetch(`${publicUrl}/hook`, { method: 'POST', body: 'lost' })).rejects.toThrow('fetch failed');
  await server.start();
  await until(green);
  expect(await list()).toHaveLength(1);
  expect(await tunnels()['tunnels.probe']({ id: 't1' })).toMatchObject({ ok: true, code: 'ok' });
  await fetch(`${publicUrl}/hook`, { method: 'POST', body: 'back' });
  expect(await list()).toHaveLength(2);
});

it('lets its probe through where every other path is shut', async () => {
  const state = await tunnels()['state.get'](undefined);
  const catchAll = state.endpoints.find(({ id }) => id === 'default');
  if (!catchAll) throw new Error('no catch-all');
  await tunnels()['endpoints.save']({ ...catchAll, active: false });
  await tunnels()['tunnels.save'](setup);
  await tunnels()['tunnels.start']({ id: 't1' });
  await until(green);
  const forged = await fetch(`${status()?.publicUrl}/hookbench/probe/${'0'.repeat(32)}`, { method: 'POST' });
  expect(forged.status).toBe(404);
});

it('takes for a stranger who writes the host of this machine', async () => {
  const state = await tunnels()['state.get'](undefined);
  const catchAll = state.endpoints.find(({ id }) => id === 'default');
  if (!catchAll) throw new Error('no catch-all');
  const allow = ['127.0.0.0/8', '::1'];
  await tunnels()['endpoints.save']({ ...catchAll, access: { ...catchAll.access, allow } });
  const post = (url: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request(url, { method: 'POST', headers: { Host: 'localhost' }, agent: false }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      });
      sent.on('error', reject);
      sent.end('x');
    });
  expect(await post(`${test.url()}/before`)).toBe(200);
  await tunnels()['tunnels.save'](setup);
  await tunnels()['tunnels.start']({ id: 't1' });
  await until(green);
  expect(await post(`${status()?.publicUrl}/x`)).toBe(403);
  await tunnels()['tunnels.stop']({ id: 't1' });
  expect(await post(`${test.url()}/after`)).toBe(200);
  expect((await list()).map(({ target }) => target)).toEqual(['/after', '/before']);
});

it('restarts what is changed, stops what is removed, and forgets it', async () => {
  await tunnels()['tunnels.save'](setup);
  await tunnels()['tunnels.start']({ id: 't1' });
  await until(green);
  const before = status()?.publicUrl;
  const next = { ...setup, remotePort: await freePort() };
  await tunnels()['tunnels.save'](next);
  await until((now) => green(now) && now.publicUrl !== before);
  expect(status()).toMatchObject({ publicUrl: `http://127.0.0.1:${next.remotePort}`, movedFrom: before });
  await expect(fetch(`${before}/x`)).rejects.toThrow('fetch failed');
  await tunnels()['tunnels.registered']({ id: 't1' });
  expect(status()?.movedFrom).toBeNull();
  expect(test.host.parts.tunnelState.data.tunnels).toEqual([{ id: 't1', registeredUrl: status()?.publicUrl }]);
  await tunnels()['tunnels.remove']({ id: 't1' });
  expect(test.host.parts.tunnelState.data.tunnels).toEqual([]);
  expect((await tunnels()['state.get'](undefined)).tunnelStates).toEqual([]);
  await expect(fetch(`http://127.0.0.1:${next.remotePort}/x`)).rejects.toThrow('fetch failed');
});

it('follows the receiver to another port', async () => {
  await tunnels()['tunnels.save'](setup);
  await tunnels()['tunnels.start']({ id: 't1' });
  await until(green);
  await tunnels()['receiver.restart']({ port: await freePort() });
  await until(({ state, problem }) => state !== 'up' || problem !== null);
  await until(green);
  await fetch(`${status()?.publicUrl}/moved`, { method: 'POST' });
  expect((await list()).map(({ target }) => target)).toEqual(['/moved']);
});

it('remembers over a restart which address senders know', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookbench-tunnels-'));
  const own = test;
  for (const port of [1, 2]) {
    test = await startTestHost({ dataDir });
    const moved = { ...setup, autoStart: true, remotePort: await freePort() };
    await tunnels()['tunnels.save'](moved);
    await tunnels()['tunnels.start']({ id: 't1' });
    await until(green);
    if (port === 1) expect(status()?.movedFrom).toBeNull();
    else expect(status()?.movedFrom).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await test.host.stop();
  }
  test = own;
  await rm(dataDir, { recursive: true });
});

it.each<[string, object, string]>([
  ['a second name', { id: 't2' }, 'name'],
  ['an unknown secret', { id: 't3', name: 'x', kind: 'ngrok', secretName: 'none', domain: null }, 'secretName'],
  ['no address', { id: 't4', name: 'y', publicUrl: 'http://a b' }, 'publicUrl'],
  ['no channel', { id: 't5', name: 'z', kind: 'smee', channel: 'http://:1' }, 'channel'],
])('refuses %s', async (_what, more, field) => {
  await tunnels()['tunnels.save'](setup);
  const wrong = { ...setup, ...more } as TunnelSetup;
  await expect(tunnels()['tunnels.save'](wrong)).rejects.toMatchObject({ details: { field } });
  expect(() => tunnels()['tunnels.start']({ id: 'none' })).toThrow('There is no tunnel none');
});
