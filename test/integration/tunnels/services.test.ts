import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import type { TunnelSetup } from '../../../src/shared/tunnels.ts';
import { createTunnelWorld, freePort } from '../../support/tunnel-world.ts';
import type { TunnelWorld } from '../../support/tunnel-world.ts';

let world: TunnelWorld;
let agent: Server | null = null;

afterEach(async () => {
  await world.close();
  const server = agent;
  agent = null;
  server?.closeAllConnections();
  if (server?.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
});

const ngrok = (secretName: string | null): TunnelSetup => ({
  id: 't1',
  name: 'ngrok',
  autoStart: false,
  kind: 'ngrok',
  secretName,
  domain: null,
});

it('ngrok: says that the token is missing, and goes on when it is there', async () => {
  const port = await freePort();
  world = await createTunnelWorld([ngrok('ngrok')], { limits: { ngrokServer: `127.0.0.1:${port}` } });
  world.tunnels.start('t1');
  const status = world.tunnels.states()[0];
  expect(status).toMatchObject({ state: 'failed', problem: { code: 'token-missing' } });
  expect(status?.problem?.cure).toContain('dashboard.ngrok.com');
  world.secrets.set('ngrok', '2fake_0123456789');
  world.tunnels.secretSet('other');
  expect(world.tunnels.states()[0]?.state).toBe('failed');
  world.tunnels.secretSet('ngrok');
  await world.until(({ state }) => state === 'down');
});

it('ngrok: says that the service cannot be reached, and tries again', async () => {
  const port = await freePort();
  world = await createTunnelWorld([ngrok('ngrok')], { limits: { ngrokServer: `127.0.0.1:${port}` } });
  world.secrets.set('ngrok', '2fake_0123456789');
  world.tunnels.start('t1');
  const down = await world.until(({ state }) => state === 'down');
  expect(down.problem).toMatchObject({ code: 'connect' });
  expect(down.problem?.message).toContain('could not be reached');
  await world.until(() => world.statuses.filter(({ state }) => state === 'down').length >= 2);
  expect(JSON.stringify([world.statuses, world.tunnels.log('t1')])).not.toContain('2fake_0123456789');
});

/** An ngrok agent as far as it lists its tunnels. */
async function startAgent(list: () => unknown, port = 0): Promise<number> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/api/tunnels' ? 200 : 404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(list()));
  });
  agent = server;
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

it('attaches to an agent that leads here, follows its address, and waits for it when it is gone', async () => {
  const port = await freePort();
  const attach: TunnelSetup = {
    id: 't1',
    name: 'agent',
    autoStart: true,
    kind: 'attach',
    agentUrl: `http://127.0.0.1:${port}`,
  };
  world = await createTunnelWorld([attach], { limits: { firstProbesMs: [] } });
  world.tunnels.startAutomatic();
  const missing = await world.until(({ state }) => state === 'down');
  expect(missing.problem).toMatchObject({ code: 'not-running', message: expect.stringContaining('ECONNREFUSED') });

  let tunnels: unknown[] = [{ public_url: 'https://other.ngrok.app', config: { addr: 'http://localhost:1' } }];
  await startAgent(() => ({ tunnels }), port);
  const other = await world.until(({ problem }) => problem?.code === 'no-match');
  expect(other.problem?.message).toContain('https://other.ngrok.app leads to http://localhost:1');

  const addr = `http://localhost:${world.receiver()?.port}`;
  tunnels = [
    ...tunnels,
    { public_url: 'http://one.ngrok.app', config: { addr } },
    { public_url: 'https://one.ngrok.app', config: { addr } },
  ];
  await world.until(({ state, publicUrl }) => state === 'up' && publicUrl === 'https://one.ngrok.app');
  tunnels = [{ public_url: 'https://two.ngrok.app', config: { addr } }];
  const moved = await world.until(({ state, publicUrl }) => state === 'up' && publicUrl === 'https://two.ngrok.app');
  expect(moved.movedFrom).toBe('https://one.ngrok.app');
  tunnels = [];
  await world.until(({ state, problem }) => state === 'down' && problem?.code === 'no-match');
});

it('says so when something else answers at the agent', async () => {
  const port = await startAgent(() => 'hello');
  world = await createTunnelWorld([
    { id: 't1', name: 'agent', autoStart: false, kind: 'attach', agentUrl: `http://127.0.0.1:${port}` },
  ]);
  world.tunnels.start('t1');
  const { problem } = await world.until(({ state }) => state === 'down');
  expect(problem).toMatchObject({ code: 'not-running', message: expect.stringContaining('something else answers') });
});

it('attach: says once that it waits, goes on looking, and reads no endless answer', async () => {
  const port = await freePort();
  world = await createTunnelWorld(
    [{ id: 't1', name: 'agent', autoStart: false, kind: 'attach', agentUrl: `http://127.0.0.1:${port}` }],
    { limits: { attachMs: 5 } },
  );
  world.tunnels.start('t1');
  await world.until(({ state }) => state === 'down');
  let looks = 0;
  let cut = 0;
  const chunk = Buffer.alloc(65_536, 'a');
  const server = createServer((_request, response) => {
    looks += 1;
    response.on('close', () => (cut += 1));
    const more = (): void => {
      while (response.write(chunk));
      response.once('drain', more);
    };
    more();
  });
  agent = server;
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await vi.waitUntil(() => looks > 10 && cut > 10, { timeout: 3_000, interval: 5 });
  expect(world.statuses.map(({ state, retryAt }) => [state, retryAt])).toEqual([
    ['starting', null],
    ['starting', null],
    ['down', null],
    ['down', null],
  ]);
  expect(world.tunnels.log('t1')).toHaveLength(2);
  expect(world.statuses.at(-1)?.problem?.message).toContain('something else answers');
  // A person who asks again is heard.
  expect(world.tunnels.start('t1').state).toBe('starting');
  await world.until(({ state }) => state === 'down');
});
