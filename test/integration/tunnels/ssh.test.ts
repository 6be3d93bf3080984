import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TunnelSetup } from '../../../src/shared/tunnels.ts';
import { createSshServer } from '../../support/tunnel-sshd.ts';
import type { SshServer } from '../../support/tunnel-sshd.ts';
import { createTunnelWorld, freePort } from '../../support/tunnel-world.ts';
import type { TunnelWorld } from '../../support/tunnel-world.ts';

type SshSetup = Extract<TunnelSetup, { kind: 'ssh' }>;

let server: SshServer;
let world: TunnelWorld;

beforeEach(async () => {
  server = await createSshServer();
  await server.start();
});

afterEach(async () => {
  await world.close();
  await server.remove();
});

const setup = (more: Partial<SshSetup> = {}): SshSetup => ({
  id: 't1',
  name: 'own server',
  autoStart: false,
  kind: 'ssh',
  host: '127.0.0.1',
  port: server.port,
  user: server.user,
  remotePort: 0,
  remoteHost: null,
  identityFile: server.identityFile,
  knownHostsFile: server.knownHosts,
  publicUrl: 'http://127.0.0.1:{port}',
  ...more,
});

it('leads to the receiver, comes back when the server was gone, and ends with nothing left', async () => {
  const remotePort = await freePort();
  world = await createTunnelWorld([setup({ remotePort })]);
  expect(world.tunnels.start('t1').state).toBe('starting');
  const up = await world.until(({ state, probe }) => state === 'up' && probe !== null);
  expect(up.publicUrl).toBe(`http://127.0.0.1:${remotePort}`);
  expect(up.probe).toMatchObject({ ok: true, code: 'ok' });
  await fetch(`${up.publicUrl}/hook`, { method: 'POST', body: '{ "a": 1 }' });
  expect(world.arrived).toHaveLength(1);
  expect(world.passages[0]).toEqual({ tunnelId: 't1', sender: null, trusted: false });

  await server.stop();
  const down = await world.until(({ state }) => state === 'down');
  expect(down.problem?.code).toBe('connect');
  expect(down.retryAt).not.toBeNull();
  await server.start();
  await world.until(({ state, probe }) => state === 'up' && probe?.ok === true);
  await fetch(`${up.publicUrl}/hook`, { method: 'POST', body: 'again' });
  expect(world.arrived.map(({ target }) => target)).toEqual(['/hook', '/hook']);

  expect((await world.tunnels.stop('t1')).state).toBe('stopped');
  await expect(fetch(`${up.publicUrl}/hook`)).rejects.toThrow('fetch failed');
});

it('takes the port that the server chose, and says which address senders still know after a change', async () => {
  world = await createTunnelWorld([setup()]);
  world.kept.set('t1', 'http://127.0.0.1:1');
  world.tunnels.start('t1');
  const up = await world.until(({ state, probe }) => state === 'up' && probe !== null);
  expect(up.publicUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d{2,5}$/);
  expect(up.probe?.ok).toBe(true);
  expect(up.movedFrom).toBe('http://127.0.0.1:1');
  await world.tunnels.registered('t1');
  expect(world.tunnels.states()[0]?.movedFrom).toBeNull();
  expect(world.kept.get('t1')).toBe(up.publicUrl);
});

it('leads to the new port after the receiver moved', async () => {
  const remotePort = await freePort();
  world = await createTunnelWorld([setup({ remotePort })]);
  world.tunnels.start('t1');
  await world.until(({ state, probe }) => state === 'up' && probe?.ok === true);
  await world.moveReceiver();
  const up = await world.until(({ state, probe }) => state === 'up' && probe?.ok === true);
  await fetch(`${up.publicUrl}/moved`, { method: 'POST' });
  expect(world.arrived.map(({ target }) => target)).toEqual(['/moved']);
});

it('names an unknown host key and the commands that mend it', async () => {
  world = await createTunnelWorld([setup({ knownHostsFile: server.emptyHosts })]);
  world.tunnels.start('t1');
  const { problem } = await world.until(({ state }) => state === 'failed');
  expect(problem?.code).toBe('host-key');
  expect(problem?.cure).toContain(`ssh-keyscan -p ${server.port} 127.0.0.1 >> ${server.emptyHosts}`);
});

it('names a changed host key', async () => {
  world = await createTunnelWorld([setup({ knownHostsFile: server.wrongHosts })]);
  world.tunnels.start('t1');
  const { problem } = await world.until(({ state }) => state === 'failed');
  expect(problem?.code).toBe('host-key');
  expect(problem?.message).toContain('another host key');
  expect(problem?.cure).toContain(`-R '[127.0.0.1]:${server.port}'`);
});

it('names a refused login', async () => {
  world = await createTunnelWorld([setup({ identityFile: server.strangersKey })]);
  world.tunnels.start('t1');
  const { problem } = await world.until(({ state }) => state === 'failed');
  expect(problem?.code).toBe('login-refused');
});

it('names a port that is taken, and comes back when it is free', async () => {
  const remotePort = await freePort();
  const holder = createServer();
  // In both families: the server is content with one.
  await new Promise<void>((resolve) => holder.listen(remotePort, resolve));
  world = await createTunnelWorld([setup({ remotePort })]);
  world.tunnels.start('t1');
  const { problem } = await world.until(({ state }) => state === 'down');
  expect(problem?.code).toBe('port-refused');
  await new Promise<void>((resolve) => holder.close(() => resolve()));
  await world.until(({ state, probe }) => state === 'up' && probe?.ok === true);
});

it('names a server that is not there', async () => {
  world = await createTunnelWorld([setup({ port: await freePort() })]);
  world.tunnels.start('t1');
  const { problem } = await world.until(({ state }) => state === 'down');
  expect(problem).toMatchObject({ code: 'connect' });
});
