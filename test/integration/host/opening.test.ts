// What a data folder gets at its first opening and at later ones, and a host that only listens.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEnvironment } from '../../../src/main/host-options.ts';
import type { HostOptions } from '../../../src/main/host-options.ts';
import { createHost } from '../../../src/main/host.ts';
import type { Host } from '../../../src/main/host.ts';
import { encodeEnvelope } from '../../../src/main/store/envelope.ts';
import { noKeyring, systemClock, systemRandom } from '../../../src/main/system.ts';
import { defaultEndpoint } from '../../../src/shared/workspace.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookbench-host-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function withHost<T>(work: (host: Host) => T | Promise<T>, more: Partial<HostOptions> = {}): Promise<T> {
  const { limits, sendTimeoutMs } = readEnvironment({}, process.platform);
  const host = await createHost({
    dataDir,
    version: '0.0.0',
    clock: systemClock,
    random: systemRandom,
    logger: { info: () => {}, warn: () => {}, error: () => {} },
    secretBox: noKeyring,
    desktop: null,
    listen: { host: '127.0.0.1', port: 0 },
    limits,
    sendTimeoutMs,
    runQueue: false,
    newSecrets: 'as-chosen',
    ...more,
  });
  try {
    await host.start();
    return await work(host);
  } finally {
    await host.stop();
  }
}

const retention = () => withHost(({ parts }) => parts.settings.data.retention);
const everything = { maxCount: null, maxAgeDays: null, maxBytes: null };
const first = { maxCount: 250_000, maxAgeDays: null, maxBytes: 10_737_418_240 };

test('a new folder gets limits, and keeps them', async () => {
  expect(await retention()).toEqual(first);
  expect(await readFile(join(dataDir, 'settings.json'), 'utf8')).toContain('250000');
  expect(await retention()).toEqual(first);
  await withHost(({ handlers }) => handlers['settings.save']({ retention: { ...first, maxCount: null } }));
  expect(await retention()).toEqual({ ...first, maxCount: null });
});

test('settings that were written before there were limits keep everything', async () => {
  await writeFile(join(dataDir, 'settings.json'), encodeEnvelope(1, { theme: 'dark', port: 4100 }));
  expect(await retention()).toEqual(everything);
  await withHost(({ handlers }) => handlers['settings.save']({ theme: 'light' }));
  expect(await retention()).toEqual(everything);
});

test('a history whose owner never changed a setting keeps everything', async () => {
  await retention();
  for (const name of ['settings.json', 'settings.json.bak1', 'settings.json.bak2']) {
    await rm(join(dataDir, name), { force: true });
  }
  expect(await retention()).toEqual(everything);
});

test('a host that only listens opens no tunnel by itself', async () => {
  const command = [process.execPath, '-e', 'setInterval(() => {}, 1000)', '{port}'];
  const states = async ({ handlers }: Host) =>
    (await handlers['state.get'](undefined)).tunnelStates.map(({ state }) => state);
  await withHost(({ handlers }) =>
    handlers['tunnels.save']({ id: 'own', name: 'Own', autoStart: true, kind: 'command', command, urlHolds: '' }),
  );
  expect(await withHost(states)).not.toEqual(['stopped']);
  expect(await withHost(states, { listen: { host: '127.0.0.1', port: 0, only: true } })).toEqual(['stopped']);
});

test('an endpoint for this run answers where the stored one is switched off', async () => {
  await withHost(({ handlers }) => handlers['endpoints.save']({ ...defaultEndpoint, active: false }));
  const status = (more: Partial<HostOptions>) =>
    withHost(async (host) => {
      const state = host.receiver();
      if (state.status !== 'listening') throw new Error(`the receiver is ${state.status}`);
      return (await fetch(state.url, { method: 'POST', body: '{}' })).status;
    }, more);
  expect(await status({})).toBe(404);
  expect(await status({ runEndpoint: { provider: null, secrets: [], status: 201 } })).toBe(201);
});
