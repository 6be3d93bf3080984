import { afterEach, expect, it } from 'vitest';
import type { TunnelSetup } from '../../../src/shared/tunnels.ts';
import { startChannelServer } from '../../support/tunnel-channel.ts';
import type { ChannelServer } from '../../support/tunnel-channel.ts';
import { createTunnelWorld } from '../../support/tunnel-world.ts';
import type { TunnelWorld } from '../../support/tunnel-world.ts';

let server: ChannelServer;
let world: TunnelWorld;

afterEach(async () => {
  await world.close();
  await server.close();
});

async function open(raw = false): Promise<void> {
  server = await startChannelServer(raw);
  const setup: TunnelSetup = { id: 't1', name: 'channel', autoStart: false, kind: 'smee', channel: server.channel };
  world = await createTunnelWorld([setup]);
  world.tunnels.start('t1');
}

const text = (body: Uint8Array | undefined) => Buffer.from(body ?? []).toString('utf8');

it('hands events to the path that the sender named, and knows them as its own', async () => {
  await open();
  const up = await world.until(({ state, probe }) => state === 'up' && probe !== null);
  expect(up.publicUrl).toBe(server.channel);
  expect(up.probe).toMatchObject({ ok: true, code: 'ok' });
  expect(up.probe?.message).toContain('signatures');
  await fetch(`${server.channel}?hookbench-path=%2Fgithub&a=1`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-GitHub-Event': 'push' },
    body: '{ "a": 1 }',
  });
  await world.untilArrived(1);
  expect(world.arrived[0]).toMatchObject({ method: 'POST', target: '/github?a=1' });
  expect(text(world.arrived[0]?.body)).toBe('{"a":1}');
  expect(world.arrived[0]?.headers).toContainEqual(['x-github-event', 'push']);
  expect(world.passages[0]).toEqual({ tunnelId: 't1', sender: null, trusted: false });
  expect(world.tunnels.log('t1').some(({ text: line }) => line.includes('writes JSON bodies anew'))).toBe(true);
});

it('knows a request of its own from one that only looks like it', async () => {
  await open();
  await world.until(({ state }) => state === 'up');
  const { host } = new URL(server.channel);
  await fetch(`${world.receiver()?.url}/x`, { method: 'POST', headers: { 'X-Forwarded-Host': host } });
  expect(world.passages).toEqual([null]);
});

it('keeps the bytes that a gosmee server keeps, and survives its greeting', async () => {
  await open(true);
  const up = await world.until(({ state, probe }) => state === 'up' && probe !== null);
  expect(up.probe).toMatchObject({ ok: true, message: 'A signed probe came through the channel unchanged.' });
  await fetch(server.channel, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{ "a":  1 }\n',
  });
  await world.untilArrived(1);
  expect(text(world.arrived[0]?.body)).toBe('{ "a":  1 }\n');
});

it('survives events that are no requests', async () => {
  await open();
  await world.until(({ state }) => state === 'up');
  for (const data of ['not json', '[]', 'null', '7', '{}', '{"query":{"hookbench-path":"/x"}}']) server.event(data);
  server.event(
    '{"body":{"n":1},"bad name":"x","line":"a\\r\\nb","transfer-encoding":"chunked","x-list":["1","2"],"n":7}',
  );
  server.event(`{"body":${'['.repeat(20_000)}${']'.repeat(20_000)}}`);
  server.event('{"body":"after"}');
  await world.untilArrived(2);
  expect(text(world.arrived[0]?.body)).toBe('{"n":1}');
  expect(text(world.arrived[1]?.body)).toBe('"after"');
  expect(world.statuses.at(-1)?.state).toBe('up');
  expect(world.tunnels.log('t1').some(({ text: line }) => line.startsWith('An event could not be read'))).toBe(true);
  expect(world.arrived[0]?.headers.map(([name]) => name.toLowerCase())).toEqual([
    'host',
    'x-list',
    'x-list',
    'content-length',
    'connection',
  ]);
});

it('comes back when the connection breaks', async () => {
  await open();
  await world.until(({ state }) => state === 'up');
  server.drop();
  const down = await world.until(({ state }) => state === 'down');
  expect(down.problem?.code).toBe('connect');
  await world.until(({ state }) => state === 'up');
  expect(server.listeners.size).toBe(1);
});

it('says that there is no such channel, and waits for a person', async () => {
  server = await startChannelServer();
  server.answerWith(404);
  world = await createTunnelWorld([
    { id: 't1', name: 'channel', autoStart: false, kind: 'smee', channel: server.channel },
  ]);
  world.tunnels.start('t1');
  const failed = await world.until(({ state }) => state === 'failed');
  expect(failed.problem).toMatchObject({ code: 'connect' });
  expect(failed.problem?.message).toContain('no channel');
  server.answerWith(null);
  world.tunnels.start('t1');
  await world.until(({ state }) => state === 'up');
});
