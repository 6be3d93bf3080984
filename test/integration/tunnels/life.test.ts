// Whether a tunnel lives: what is taken as a proof, when it is started anew, and that nothing of it outlives its end.

import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/main/system.ts';
import type { TunnelSetup } from '../../../src/shared/tunnels.ts';
import { createTunnelWorld } from '../../support/tunnel-world.ts';
import type { TunnelWorld } from '../../support/tunnel-world.ts';

let world: TunnelWorld;

afterEach(() => world.close());

/** A program that says this address and stays; nothing is there. */
const saying = (url: string, urlHolds: string): TunnelSetup => ({
  id: 't1',
  name: 'own',
  autoStart: false,
  kind: 'command',
  command: [process.execPath, '-e', `console.log('${url}'); setInterval(() => {}, 1000)`],
  urlHolds,
});
const oftenProbed = { limits: { firstProbesMs: [0], probeEveryMs: 20, probeAgainMs: 20 } };
const failedProbes = () => world.statuses.filter(({ probe }) => probe?.ok === false).length;

/** A request with this host straight to the receiver, as a tunnel hands it over. */
function arrive(host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: world.receiver()?.port, method: 'POST', headers: { Host: host } },
      (answer) => {
        answer.resume().on('end', resolve);
      },
    );
    sent.on('error', reject);
    sent.end('x');
  });
}

it('keeps a tunnel that carries requests, though this machine cannot reach its address', async () => {
  world = await createTunnelWorld([saying('http://own.tunnel.invalid', 'own.tunnel.invalid')], oftenProbed);
  world.tunnels.start('t1');
  await world.until(({ state }) => state === 'up');
  await arrive('own.tunnel.invalid');
  await world.until(() => failedProbes() >= 6);
  expect(world.statuses.filter(({ state }) => state === 'down')).toEqual([]);
});

it('starts one anew that carries nothing, where it keeps its address', async () => {
  world = await createTunnelWorld([saying('http://own.tunnel.invalid', 'own.tunnel.invalid')], oftenProbed);
  world.tunnels.start('t1');
  await world.until(({ state }) => state === 'up');
  await arrive('other.tunnel.invalid');
  const { problem } = await world.until(({ state }) => state === 'down');
  expect(problem?.message).toContain('no longer passes anything on');
});

it('leaves one alone that would come back at another address', async () => {
  world = await createTunnelWorld([saying('http://own.tunnel.invalid', 'tunnel.invalid')], oftenProbed);
  world.tunnels.start('t1');
  await world.until(({ state }) => state === 'up');
  await world.until(() => failedProbes() >= 4);
  world.tunnels.resumed();
  await world.until(() => failedProbes() >= 6);
  expect(world.statuses.filter(({ state }) => state === 'down')).toEqual([]);
});

it('takes everybody for a stranger from the start of a raw tunnel to its end', async () => {
  world = await createTunnelWorld([
    {
      ...saying('http://own.tunnel.invalid', 'never said'),
      command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
    } as TunnelSetup,
  ]);
  await arrive('localhost');
  world.tunnels.start('t1');
  await arrive('localhost');
  const stopped = world.tunnels.stop('t1');
  await arrive('localhost');
  await stopped;
  await arrive('localhost');
  const stranger = { tunnelId: 't1', sender: null, trusted: false };
  expect(world.passages).toEqual([null, stranger, stranger, null]);
});

it('takes them for strangers until a tunnel that was removed has ended', async () => {
  const stubborn =
    "process.on('SIGTERM', () => setTimeout(() => process.exit(), 200)); console.log('http://own.tunnel.invalid'); setInterval(() => {}, 1000)";
  world = await createTunnelWorld(
    [{ ...saying('', 'own.tunnel.invalid'), command: [process.execPath, '-e', stubborn] } as TunnelSetup],
    { limits: { firstProbesMs: [] } },
  );
  world.tunnels.start('t1');
  await world.until(({ state }) => state === 'up');
  world.setups.length = 0;
  world.tunnels.setupsChanged();
  await arrive('localhost');
  await world.until(({ state }) => state === 'stopped');
  await arrive('localhost');
  expect(world.passages.map((passage) => passage?.tunnelId ?? null)).toEqual(['t1', null]);
});

it('leaves no timer and no connection behind', async () => {
  const timers = new Set<object>();
  const clock = {
    ...systemClock,
    after(ms: number, run: () => void) {
      const timer = {};
      timers.add(timer);
      const cancel = systemClock.after(ms, () => {
        timers.delete(timer);
        run();
      });
      return () => {
        timers.delete(timer);
        cancel();
      };
    },
  };
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const asked = new Promise<void>((resolve) => silent.once('request', () => resolve()));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  world = await createTunnelWorld([saying(url, 'http:')], { clock });
  world.tunnels.start('t1');
  await asked;
  expect(timers.size).toBeGreaterThan(0);
  await world.tunnels.close();
  expect(timers.size).toBe(0);
  // Closes only when nobody is connected.
  await new Promise<void>((resolve) => silent.close(() => resolve()));
});
