// Starting, restarting and stopping never overlap: whatever the order of the calls, nothing listens after a stop.

import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEnvironment } from '../../../src/main/host-options.ts';
import { createHost } from '../../../src/main/host.ts';
import type { Host } from '../../../src/main/host.ts';
import { noKeyring, systemClock, systemRandom } from '../../../src/main/system.ts';

let dataDir: string;
let host: Host;
const errors: string[] = [];
beforeEach(async () => {
  errors.length = 0;
  dataDir = await mkdtemp(join(tmpdir(), 'hookbench-host-'));
  const { limits, sendTimeoutMs } = readEnvironment({}, process.platform);
  host = await createHost({
    dataDir,
    version: '0.0.0',
    clock: systemClock,
    random: systemRandom,
    logger: { info: () => {}, warn: () => {}, error: (message) => void errors.push(message) },
    secretBox: noKeyring,
    desktop: null,
    listen: { host: '127.0.0.1', port: 0 },
    limits,
    sendTimeoutMs,
    runQueue: true,
    newSecrets: 'as-chosen',
  });
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
  expect(errors).toEqual([]);
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

test('a stop during the start leaves nothing listening', async () => {
  const ports: number[] = [];
  host.onChange((change) => {
    if (change.type === 'receiver' && change.receiver.status === 'listening') ports.push(change.receiver.port);
  });
  const started = host.start();
  await host.stop();
  await started;
  expect(host.receiver().status).toBe('stopped');
  for (const port of ports) expect(await answers(port)).toBe(false);
});

test('two restarts at once leave one receiver, and a stop ends it', async () => {
  const ports = new Set<number>();
  host.onChange((change) => {
    if (change.type === 'receiver' && change.receiver.status === 'listening') ports.add(change.receiver.port);
  });
  await host.start();
  await Promise.all([host.handlers['receiver.restart']({ port: 0 }), host.handlers['receiver.restart']({ port: 0 })]);
  const open = await Promise.all([...ports].map(answers));
  expect(open.filter(Boolean)).toHaveLength(1);
  await host.stop();
  expect((await Promise.all([...ports].map(answers))).some(Boolean)).toBe(false);
});

test('a person’s secret that is named like a one-off stays after its delivery', async () => {
  await host.start();
  const state = host.receiver();
  const url = state.status === 'listening' ? state.url : '';
  await host.handlers['secrets.set']({ name: 'one-off stripe', value: 'mine', provider: null });
  const { deliveries } = await host.handlers['compose.send']({
    method: 'POST',
    urls: [url],
    targetIds: [],
    provider: 'generic',
    event: null,
    headers: [],
    body: new TextEncoder().encode('{}'),
    variables: false,
    secret: { name: 'one-off stripe' },
    signature: 'fresh',
    schedule: 'quick',
    speed: 1,
  });
  await host.queue.settled(deliveries[0]?.id ?? '');
  await host.stop();
  expect(host.parts.secretList().map(({ name }) => name)).toEqual(['one-off stripe']);
});
