// The second half of F4: settings, workspace and queue of a running host while its disk is full or nearly so. Each save
// is either refused and leaves the good file whole, or done; what the queue was told to deliver is delivered in the end.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startDriven } from './driver.mjs';
import { findDebris, findLeftovers, told } from './stored.mjs';

const pageBytes = 4_096;
const resumeMs = 5_000;

/**
 * @param {object} options
 * @param {string} options.cli
 * @param {string} options.script The driven host.
 * @param {import('./small-disk.mjs').SmallDisk} options.disk
 * @param {string} options.dataDir
 * @param {boolean} options.quick
 * @param {boolean} options.inPlace
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function saveWhileFull({ cli, script, disk, dataDir, quick, inPlace, processes, log }) {
  /** @type {string[]} */
  const problems = [];
  mkdirSync(dataDir, { mode: 0o700 });
  const target = await startTarget();
  /** @type {Record<string, string>} */
  const env = inPlace ? { FAULTS_DOCUMENTS: 'in-place' } : {};
  const host = await startDriven(processes, script, { dataDir, env });
  const tally = { saved: 0, refused: 0, broken: 0 };
  /** @type {string[]} */
  const enqueued = [];

  /** @param {number} n @param {number} size Bytes of header text. */
  const saveTarget = (n, size) =>
    host.call('targets.save', {
      id: `t${n}`,
      name: `Target ${n}`,
      url: target.url,
      provider: 'generic',
      secretName: null,
      events: ['*'],
      headers: [['X-Filler', 'a'.repeat(size)]],
      schedule: 'quick',
      state: 'active',
    });
  const send = async () => {
    const answer = await host.call('compose.send', {
      method: 'POST',
      urls: [target.url],
      targetIds: [],
      provider: 'standard-webhooks',
      event: 'order.created',
      headers: [],
      body: { base64: Buffer.from('{"n":1}').toString('base64') },
      variables: false,
      secret: null,
      signature: 'none',
      schedule: 'quick',
      speed: 5,
    });
    if (answer.ok) enqueued.push(answer.value.deliveries[0].id);
    return answer;
  };
  /** @param {import('./driver.mjs').Answer} answer @param {string} what */
  const note = (answer, what) => {
    if (answer.ok) tally.saved += 1;
    else if (answer.error.code === 'STORE_FULL') tally.refused += 1;
    else problems.push(`${what}: ${answer.error.code} (${answer.error.message})`);
    const broken = brokenDocuments(dataDir);
    tally.broken += broken.length;
    problems.push(...told(broken, `documents are broken after ${what}`));
  };

  for (const [what, answer] of /** @type {const} */ ([
    ['settings', await host.call('settings.save', { duplicateWindowHours: 12 })],
    ['a target', await saveTarget(0, 10)],
    ['a delivery', await send()],
  ]))
    if (!answer.ok) problems.push(`saving ${what} with room to spare: ${answer.error.message}`);
  await target.got(1);

  // Little by little, so that a save meets its limit at its first byte, in its middle and at its end. The waiting
  // delivery comes due again and again meanwhile.
  const steps = quick ? [0, 2, 5] : [0, 1, 2, 3, 4, 6, 8, 10, 14, 20];
  for (const [index, pages] of steps.entries()) {
    disk.fill(pages * pageBytes);
    note(await saveTarget(index + 1, 30_000), `a target with ${pages} pages free`);
    disk.fill(pages * pageBytes);
    note(await host.call('settings.save', { duplicateWindowHours: index + 1 }), `settings with ${pages} pages free`);
    disk.fill(pages * pageBytes);
    note(await send(), `a delivery with ${pages} pages free`);
  }
  if (tally.refused === 0) problems.push('no save was refused on a full disk');
  if (!host.child.isAlive()) problems.push(`the host ended: ${host.child.errors().slice(-500)}`);

  disk.clear();
  target.accept();
  const clearedAt = performance.now();
  let answer = await host.call('settings.save', { duplicateWindowHours: 99 });
  while (!answer.ok && performance.now() - clearedAt < 2 * resumeMs) {
    await wait(50);
    answer = await host.call('settings.save', { duplicateWindowHours: 99 });
  }
  const resumedMs = Math.round(performance.now() - clearedAt);
  if (!answer.ok || resumedMs > resumeMs)
    problems.push(`saved again only after ${resumedMs} ms: ${answer.ok ? '' : answer.error.message}`);
  const last = await send();
  if (!last.ok) problems.push(`a delivery with room again: ${last.error.message}`);
  const undelivered = await waitForDeliveries(host, enqueued, 10_000);
  problems.push(...told(undelivered, 'confirmed but not delivered once there was room'));
  problems.push(...told(findLeftovers(dataDir), 'leftovers of unfinished saves'));
  await host.child.stop('SIGKILL');

  // In place, the self-test has already shown what it should, and such a folder need not open.
  if (!inPlace) {
    const again = await startDriven(processes, script, { dataDir });
    problems.push(...told(again.ready.recovered, 'files needed mending after the restart'));
    const state = await again.call('state.get');
    const hours = state.ok ? state.value.settings.duplicateWindowHours : null;
    if (hours !== 99) problems.push(`the settings that were saved last are gone: ${hours} hours, not 99`);
    await again.child.stop('SIGTERM');
    const listed = await processes.run(cli, ['target', 'list', '--json', '--data-dir', dataDir]);
    if (listed.code !== 0) problems.push(`listing the targets afterwards ended with ${listed.code}`);
  }
  target.close();
  problems.push(...told(findDebris(dataDir), 'crash or quarantine files beside the documents'));
  log(`F4 documents: ${tally.saved} saved, ${tally.refused} refused, resumed after ${resumedMs} ms`);
  return { ...tally, problems, resumedMs, deliveries: enqueued.length, undelivered: undelivered.length };
}

/**
 * Ids that are not delivered after `ms`.
 * @param {Awaited<ReturnType<typeof startDriven>>} host
 * @param {readonly string[]} ids
 * @param {number} ms
 */
async function waitForDeliveries(host, ids, ms) {
  const until = performance.now() + ms;
  for (;;) {
    // Delivered ones leave the list of those under way; dead ones are in the other.
    const pending = await host.call('deliveries.list', { dead: false });
    const dead = await host.call('deliveries.list', { dead: true });
    const open = new Set([...(pending.ok ? pending.value : []), ...(dead.ok ? dead.value : [])].map(openId));
    const left = ids.filter((id) => open.has(id));
    if (left.length === 0 || performance.now() > until) return left;
    await wait(100);
  }
}

/** @param {{ id: string, state: string }} delivery */
function openId({ id, state }) {
  return state === 'delivered' ? null : id;
}

/**
 * Document files whose text is no JSON or does not fit its own checksum.
 * @param {string} dataDir
 */
function brokenDocuments(dataDir) {
  return readdirSync(dataDir).filter((name) => {
    if (!name.endsWith('.json')) return false;
    try {
      const { sha256, payload } = JSON.parse(readFileSync(join(dataDir, name), 'utf8'));
      return createHash('sha256').update(JSON.stringify(payload)).digest('hex') !== sha256;
    } catch {
      return true;
    }
  });
}

/** A target that answers 503 until it is told to accept. */
async function startTarget() {
  let status = 503;
  let count = 0;
  /** @type {Set<() => void>} */
  const watchers = new Set();
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      count += 1;
      response.writeHead(status).end();
      for (const look of watchers) look();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/in`,
    accept: () => void (status = 200),
    /** @param {number} wanted @returns {Promise<void>} */
    got: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (count < wanted) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    close: () => server.close().closeAllConnections(),
  };
}
