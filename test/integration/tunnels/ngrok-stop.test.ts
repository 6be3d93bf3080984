// The end of a run that still connects. The library is replaced: it cannot be told when its server answers.

import { afterEach, expect, it, vi } from 'vitest';
import type { TunnelSetup } from '../../../src/shared/tunnels.ts';
import { createTunnelWorld } from '../../support/tunnel-world.ts';
import type { TunnelWorld } from '../../support/tunnel-world.ts';

const connections = vi.hoisted(() => ({ open: 0, most: 0, waiting: [] as (() => void)[] }));

vi.mock('@ngrok/ngrok', () => {
  const session = { close: () => void (connections.open -= 1), httpEndpoint: () => endpoint };
  const endpoint = { listenAndForward: () => Promise.resolve({ url: () => 'https://x.ngrok.example' }) };
  class SessionBuilder {
    connect(): Promise<typeof session> {
      connections.open += 1;
      connections.most = Math.max(connections.most, connections.open);
      return new Promise((resolve) => connections.waiting.push(() => resolve(session)));
    }
  }
  for (const name of ['authtoken', 'clientInfo', 'handleDisconnection', 'handleStopCommand']) {
    Object.defineProperty(SessionBuilder.prototype, name, {
      value(this: SessionBuilder) {
        return this;
      },
    });
  }
  return { SessionBuilder, default: undefined };
});

const setup: TunnelSetup = {
  id: 't1',
  name: 'ngrok',
  autoStart: false,
  kind: 'ngrok',
  secretName: 'ngrok',
  domain: null,
};
let world: TunnelWorld;

afterEach(() => world.close());

async function connecting(killMs: number): Promise<void> {
  Object.assign(connections, { open: 0, most: 0, waiting: [] });
  world = await createTunnelWorld([setup], { limits: { killMs, firstProbesMs: [] } });
  world.secrets.set('ngrok', '2fake_0123456789');
  world.tunnels.start('t1');
  await vi.waitUntil(() => connections.waiting.length === 1, { interval: 5 });
}

it('has no second session while the first one still connects', async () => {
  await connecting(60_000);
  const stopped = world.tunnels.stop('t1');
  world.tunnels.start('t1');
  // Turns in which a second run would connect.
  for (let turn = 0; turn < 200; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  expect(connections.waiting).toHaveLength(1);
  connections.waiting.shift()?.();
  await vi.waitUntil(() => connections.waiting.length === 1, { interval: 5 });
  connections.waiting.shift()?.();
  await world.until(({ state }) => state === 'up');
  await stopped;
  expect(connections).toMatchObject({ open: 1, most: 1 });
  await world.tunnels.stop('t1');
  expect(connections.open).toBe(0);
});

it('does not wait for ever for one that never connects', async () => {
  await connecting(20);
  expect((await world.tunnels.stop('t1')).state).toBe('stopped');
  connections.waiting.shift()?.();
  await vi.waitUntil(() => connections.open === 0, { interval: 5 });
});
