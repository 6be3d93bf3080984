// B5: every raw case of the hostile corpus against a host whose endpoints have rules, access rules and a forward: once
// with a copy for the local app, once with the app's own answer. Each must end in its class, and an ordinary request
// right after it is answered within a second and stored.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closingClasses, judgeRaw } from './raw-judge.mjs';
import { checkIntegrity, findDebris, readStored, told } from './stored.mjs';
import { ask, openWire, post } from './wire.mjs';
import { startLocalApp, writeWorkspace } from './workspace-file.mjs';

const corpus = join(import.meta.dirname, '..', 'fixtures', 'hostile');
/** Cases that hold their connection open wait for these. */
const limits = { HOOKBENCH_HEADERS_TIMEOUT_MS: '1500', HOOKBENCH_REQUEST_TIMEOUT_MS: '2500' };
const mostProbeMs = 1_000;
/** Targets whose `..` leads out of the forward: captured, but not passed on, so there is no answer of the app. */
const notPassedOn = new Set(['target-traversal', 'target-backslash']);

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runHostileRaw({ cli, seed, processes, log }) {
  /** @type {{ cases: import('./raw-judge.mjs').RawCase[] }} */
  const { cases } = JSON.parse(readFileSync(join(corpus, 'index.json'), 'utf8'));
  const raw = cases.filter(({ file }) => file.startsWith('raw/'));
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-b5-'));
  const passes = await Promise.all(
    /** @type {const} */ (['copy', 'answer']).map((forward) => playAll({ cli, raw, folder, forward, processes })),
  );
  for (const { forward, wrong, maxProbeMs, forwarded } of passes)
    log(
      `B5 ${forward}: ${wrong} of ${raw.length} not in class, ${forwarded} forwarded, slowest probe ${maxProbeMs} ms`,
    );
  const problems = passes.flatMap((one) => one.problems);
  const pass = problems.length === 0;
  if (pass) rmSync(folder, { recursive: true, force: true });
  return {
    fault: 'B5',
    seed,
    pass,
    problems,
    kills: 0,
    sent: raw.length * passes.length,
    lost: passes.flatMap((one) => one.lost),
    passes: passes.map(({ problems: _problems, lost: _lost, ...rest }) => rest),
    ...(pass ? {} : { keptFolder: folder }),
    summary: `B5 hostile raw: ${passes
      .map(
        ({ forward, wrong, maxProbeMs, forwarded }) =>
          `forward ${forward}: ${raw.length - wrong} of ${raw.length} in class, ${forwarded} forwarded, slowest probe ${maxProbeMs} ms`,
      )
      .join('; ')}`,
  };
}

/**
 * @param {{ cli: string, raw: readonly import('./raw-judge.mjs').RawCase[], folder: string, forward: 'copy' | 'answer',
 *   processes: import('./processes.mjs').Processes }} options
 */
async function playAll({ cli, raw, folder, forward, processes }) {
  /** @type {string[]} */
  const problems = [];
  const dataDir = join(folder, forward);
  mkdirSync(dataDir, { mode: 0o700 });
  const app = await startLocalApp();
  writeWorkspace(dataDir, { appUrl: app.url, forward });
  const host = processes.start(cli, ['listen', '--json', '--data-dir', dataDir, '--port', '0'], { env: limits });
  const { port, recovered } = await host.line((line) => line.type === 'ready', 15_000);
  problems.push(...told(recovered, `parts of the workspace were not taken (${forward})`));

  /** @type {number[]} */
  const probeMs = [];
  /** @type {string[]} */
  const unserved = [];
  /** @param {string} id */
  const probe = async (id) => {
    const { reply, ms } = await ask(port, post(`/probe/${id}`, '{}', { 'X-Fault-Id': `probe ${id}` }), 3_000);
    probeMs.push(Math.round(ms));
    if (reply?.status !== 200 || ms > mostProbeMs) unserved.push(`${id} (${reply?.status}, ${Math.round(ms)} ms)`);
  };
  /** @type {Map<string, Omit<import('./raw-judge.mjs').Played, 'captured'>>} */
  const played = new Map();
  const waiting = raw.filter((one) => one.expect.class === 'timeout-close');
  await probe('start');
  for (const one of raw) {
    if (waiting.includes(one)) continue;
    played.set(one.id, await play(port, one));
    await probe(one.id);
  }
  // These have nothing to store, so they can wait together.
  await Promise.all(waiting.map(async (one) => played.set(one.id, await play(port, one))));
  await probe('end');
  const isAlive = host.isAlive();
  const errors = host.errors();
  await host.stop('SIGTERM');
  app.close();

  const stored = await readStored(processes, cli, dataDir, problems);
  const order = ['start', ...raw.filter((one) => !waiting.includes(one)).map(({ id }) => id), 'end'];
  /** @type {Map<string, any[]>} What was stored between the probe before a case and the one after it. */
  const byCase = new Map(order.map((id) => [id, []]));
  const probed = new Set();
  let current = 0;
  for (const entry of stored.toSorted((a, b) => a.seq - b.seq)) {
    if (entry.isOurs) {
      probed.add(entry.id);
      current = order.indexOf(entry.id.slice('probe '.length)) + 1;
    } else byCase.get(order[current] ?? 'end')?.push(entry.line);
  }
  let wrong = 0;
  for (const one of raw) {
    const result = played.get(one.id);
    if (result === undefined) continue;
    const isRefused = forward === 'answer' && notPassedOn.has(one.id);
    const statuses = isRefused ? [...(one.expect.statuses ?? [200]), 502] : one.expect.statuses;
    const wanted = { ...one, expect: { ...one.expect, ...(statuses && { statuses }) } };
    const faults = judgeRaw(wanted, { ...result, captured: byCase.get(one.id) ?? [] });
    if (faults.length === 0) continue;
    wrong += 1;
    problems.push(`${one.id} (${one.expect.class}, forward ${forward}): ${faults.join(', ')}`);
  }
  const stray = byCase.get('end') ?? [];
  const lost = order.filter((id) => !unserved.includes(id) && !probed.has(`probe ${id}`));
  const smuggled = app.asked.filter(({ url }) => /\/smuggled|\.\.|%2e%2e/i.test(url)).map(({ url }) => url);
  if (!isAlive) problems.push(`the host ended: ${errors.slice(-500)}`);
  problems.push(
    ...told(unserved, `probes not answered in time (forward ${forward})`),
    ...told(lost, `probes answered but not stored (forward ${forward})`),
    ...told(
      stray.map(({ target }) => target),
      `stored of cases that have to time out (forward ${forward})`,
    ),
    ...told(smuggled, `smuggled or straying requests forwarded (forward ${forward})`),
    ...told(errorLines(errors), `errors logged (forward ${forward})`),
    ...told(await checkIntegrity(processes, join(dataDir, 'history.sqlite')), 'from the integrity check'),
    ...told(findDebris(dataDir), 'crash or quarantine files'),
  );
  if (app.unreadable() > 0) problems.push(`${app.unreadable()} forwarded requests were not HTTP`);
  if (app.asked.length === 0) problems.push(`nothing was forwarded (forward ${forward})`);
  return { forward, problems, wrong, lost, maxProbeMs: Math.max(...probeMs), forwarded: app.asked.length };
}

/**
 * Plays one case on its own connection until its end is clear.
 * @param {number} port
 * @param {import('./raw-judge.mjs').RawCase} one
 */
async function play(port, { file, client, expect: wanted }) {
  const wire = openWire(port);
  wire.write(readFileSync(join(corpus, file)));
  if (client === 'half-close') wire.end();
  const replies = wanted.minCaptured ?? 1;
  await wire.until(
    () => wire.isClosed() || (!closingClasses.has(wanted.class) && wire.replies().length >= replies),
    Math.min(wanted.withinMs ?? 3_000, 8_000),
  );
  const result = {
    statuses: wire.replies().map(({ status }) => status),
    received: wire.received().toString('latin1'),
    isClosed: wire.isClosed(),
  };
  wire.destroy();
  return result;
}

/** @param {string} text */
function errorLines(text) {
  return text.split('\n').filter((line) => /error:|fault in/i.test(line));
}
