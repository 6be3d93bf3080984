// Up, down and unknown, and the probes of an app that is down. The clock is the test's, the sockets are real.

import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createForwardWatch } from '../../../../src/main/sender/forward-health.ts';
import type { ForwardHealth } from '../../../../src/shared/forwards.ts';
import { defaultEndpoint } from '../../../../src/shared/workspace.ts';
import type { Endpoint } from '../../../../src/shared/workspace.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createWaiting } from '../../../support/waiting.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

function forward(id: string, url: string, active = true): Endpoint['forwards'][number] {
  const filter = { events: ['*'], verdicts: [], duplicates: [] };
  return { id, url, mode: 'copy', active, appendPath: false, ...filter, keepHost: false, timeoutMs: 1_000, schedule: 'quick' }; // prettier-ignore
}

function start(forwards: Endpoint['forwards']) {
  const clock = createFakeClock();
  const news: (readonly ForwardHealth[])[] = [];
  const waiting = createWaiting(() => JSON.stringify(news.at(-1)));
  const endpoints = [{ ...defaultEndpoint, id: 'hooks', forwards }];
  const watch = createForwardWatch({
    clock,
    endpoints: () => endpoints,
    onHealth(health) {
      news.push(health);
      waiting.notify();
    },
  });
  cleanups.push(() => watch.stop());
  return { clock, news, endpoints, watch, until: waiting.until };
}

async function listen(
  port = 0,
): Promise<{ server: Server; port: number; seen: string[]; until: (c: () => boolean) => Promise<void> }> {
  const seen: string[] = [];
  const open = new Set<Socket>();
  const waiting = createWaiting(() => seen.join());
  const server = createServer((socket) => {
    open.add(socket);
    seen.push('open');
    socket.on('data', () => seen.push('data'));
    socket.on('error', () => {});
    socket.on('close', () => {
      seen.push('close');
      waiting.notify();
    });
    waiting.notify();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { server, port: (server.address() as AddressInfo).port, seen, until: waiting.until };
}

async function freePort(): Promise<number> {
  const { server, port } = await listen();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('is unknown until something was forwarded; then news comes only with changes', () => {
  const { watch, news, clock } = start([forward('a', 'http://127.0.0.1:9/x'), forward('b', 'http://127.0.0.1:9/y')]);
  expect(watch.health()).toMatchObject([
    { endpointId: 'hooks', forwardId: 'a', url: 'http://127.0.0.1:9/x', state: 'unknown', since: null },
    { forwardId: 'b', state: 'unknown' },
  ]);
  watch.answered('http://127.0.0.1:9');
  watch.answered('http://127.0.0.1:9');
  expect(news).toHaveLength(1);
  // One app: both forwards to it.
  expect(news[0]).toMatchObject([{ state: 'up', since: clock.now(), message: 'it answers' }, { state: 'up' }]);
  watch.failed('http://127.0.0.1:9', 'connection refused');
  watch.failed('http://127.0.0.1:9', 'connection refused');
  expect(news).toHaveLength(2);
  watch.failed('http://127.0.0.1:9', 'no reply within 1 s');
  expect(news).toHaveLength(3);
  expect(watch.health()).toEqual(news[2]);
});

it('down keeps its beginning', () => {
  const { watch, clock } = start([forward('a', 'http://127.0.0.1:9/x')]);
  const since = clock.now();
  watch.failed('http://127.0.0.1:9', 'connection refused');
  clock.freeze(1_000);
  watch.failed('http://127.0.0.1:9', 'no reply within 1 s');
  expect(watch.health()).toMatchObject([{ state: 'down', since, message: 'no reply within 1 s' }]);
});

it('an app that is down is probed every 3 s until it takes connections, and is sent nothing', async () => {
  const port = await freePort();
  const { watch, clock, news, until } = start([forward('a', `http://127.0.0.1:${port}/x`)]);
  watch.failed(`http://127.0.0.1:${port}`, 'connection refused');
  await clock.advance(9_000);
  expect(watch.health()).toMatchObject([{ state: 'down' }]);
  const app = await listen(port);
  const before = clock.now();
  await clock.advance(2_999);
  expect(app.seen).toEqual([]);
  await clock.advance(3_000);
  await until(() => news.at(-1)?.[0]?.state === 'up');
  expect(watch.health()).toMatchObject([{ state: 'up', message: 'it takes connections again' }]);
  expect(watch.health()[0]?.since).toBeGreaterThan(before);
  await app.until(() => app.seen.length === 2);
  expect(app.seen).toEqual(['open', 'close']);
  await clock.advance(30_000);
  expect(app.seen).toHaveLength(2);
});

it('an answer, a removed forward and stop each end the probes', async () => {
  const app = await listen();
  const url = `http://127.0.0.1:${app.port}`;
  const { watch, clock, endpoints, news } = start([forward('a', `${url}/x`)]);
  watch.failed(url, 'no reply within 1 s');
  watch.answered(url);
  await clock.advance(10_000);
  expect(app.seen).toEqual([]);

  watch.failed(url, 'no reply within 1 s');
  endpoints.length = 0;
  watch.endpointsChanged();
  expect(news.at(-1)).toEqual([]);
  // The answer of a request that was under way when the forward went.
  watch.failed(url, 'no reply within 1 s');
  await clock.advance(10_000);
  expect(app.seen).toEqual([]);

  endpoints.push({ ...defaultEndpoint, id: 'hooks', forwards: [forward('a', `${url}/x`)] });
  watch.endpointsChanged();
  expect(news.at(-1)).toMatchObject([{ state: 'unknown' }]);
  watch.failed(url, 'no reply within 1 s');
  const told = news.length;
  watch.stop();
  watch.failed(url, 'something else');
  await clock.advance(10_000);
  expect(app.seen).toEqual([]);
  expect(news).toHaveLength(told);
});

it('forwards that are switched off are not listed', () => {
  const { watch, endpoints, news } = start([forward('a', 'http://127.0.0.1:9/x')]);
  endpoints[0] = { ...defaultEndpoint, forwards: [forward('a', 'http://127.0.0.1:9/x', false)] };
  watch.endpointsChanged();
  expect(news).toEqual([[]]);
});
