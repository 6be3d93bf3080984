// B6: thousands of seeded mutations of the hostile raw cases, 20 sockets at once, with ordinary traffic beside them,
// against an endpoint with rules, access rules and a forward. The host neither ends, hangs nor leaks, and the ordinary
// traffic loses nothing.

import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { readLedger } from './ledger.mjs';
import { mutate } from './mutate.mjs';
import { countDescriptors, memoryMb } from './procfs.mjs';
import { createRandom } from './random.mjs';
import { checkReceived } from './received-check.mjs';
import { checkIntegrity, findDebris, readStored, told } from './stored.mjs';
import { ask, openWire, post } from './wire.mjs';
import { startLocalApp, writeWorkspace } from './workspace-file.mjs';

const sockets = 20;
const ordinaryPerSecond = 20;
const rawFolder = join(import.meta.dirname, '..', 'fixtures', 'hostile', 'raw');
const clientScript = join(import.meta.dirname, 'client.mjs');
/** How often the host looks at its time-outs, and what a busy machine may add, ms. */
const lookEveryMs = 250;
const slackMs = 1_500;
/** A reply is followed by no other within this time, ms. */
const quietMs = 15;

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {boolean} options.quick
 * @param {boolean} options.full
 * @param {number} [options.count] Mutations.
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runMutation({ cli, quick, full, count = full ? 20_000 : quick ? 1_500 : 5_000, ...rest }) {
  const { seed, processes, log } = rest;
  // Each mutation that is cut short waits for one of these, so the quick form keeps them small.
  const limits = full ? { headersMs: 1_000, requestMs: 2_000 } : { headersMs: 500, requestMs: 1_000 };
  const cases = readdirSync(rawFolder)
    .toSorted()
    .map((name) => ({ name, bytes: readFileSync(join(rawFolder, name)) }));
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-b6-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const app = await startLocalApp();
  writeWorkspace(dataDir, { appUrl: app.url, forward: 'answer' });
  const host = processes.start(cli, ['listen', '--json', '--data-dir', dataDir, '--port', '0'], {
    env: {
      HOOKBENCH_HEADERS_TIMEOUT_MS: String(limits.headersMs),
      HOOKBENCH_REQUEST_TIMEOUT_MS: String(limits.requestMs),
    },
  });
  const { port } = await host.line((line) => line.type === 'ready', 15_000);
  await ask(port, post('/warm', '{}'));
  const startedMb = memoryMb(host.pid);
  const descriptorsBefore = await settled(host.pid, 0, 500);
  const ledgerFile = join(folder, 'client.jsonl');
  const client = processes.start(clientScript, [
    `http://127.0.0.1:${port}/faults`,
    ledgerFile,
    String(ordinaryPerSecond),
    `b6-${seed}`,
  ]);

  /** @type {Record<string, number>} */
  const outcomes = {};
  /** @type {string[]} */
  const hung = [];
  /** @type {string[]} */
  const oddReplies = [];
  let longestMs = 0;
  let sent = 0;
  const startedAt = performance.now();
  const deadlineMs = limits.requestMs + lookEveryMs + slackMs;
  /** @param {number} n */
  const play = async (n) => {
    const random = createRandom(seed, `B6 ${n}`);
    const mutation = mutate(random, cases);
    const began = performance.now();
    const outcome = await playMutation(port, random, mutation.bytes, deadlineMs);
    longestMs = Math.max(longestMs, Math.round(performance.now() - began));
    outcomes[outcome.end] = (outcomes[outcome.end] ?? 0) + 1;
    if (outcome.end !== 'hung' && outcome.odd === null) return;
    (outcome.end === 'hung' ? hung : oddReplies).push(
      `${n} (${mutation.name})${outcome.odd ? `: ${outcome.odd}` : ''}`,
    );
    writeFileSync(join(folder, `mutation-${n}.http`), mutation.bytes);
  };
  await Promise.all(
    Array.from({ length: sockets }, async () => {
      while (sent < count && host.isAlive()) {
        const n = sent;
        sent += 1;
        await play(n);
        if (n > 0 && n % 2_000 === 0) log(`B6: ${n} of ${count} mutations`);
      }
    }),
  );
  const tookMs = Math.round(performance.now() - startedAt);
  client.closeInput();
  await client.ended;
  const probe = await ask(port, post('/probe', '{}'), 1_000);
  const isAlive = host.isAlive();
  const descriptorsAfter = await settled(host.pid, descriptorsBefore, 10_000);
  const endMb = memoryMb(host.pid);
  const errorLines = host
    .errors()
    .split('\n')
    .filter((line) => /error:|fault/i.test(line));
  await host.stop('SIGTERM');
  const { code } = await host.ended;
  app.close();

  /** @type {string[]} */
  const problems = [];
  const ledger = /** @type {import('./received-check.mjs').LedgerEntry[]} */ ([]);
  await readLedger(ledgerFile, (entry) => ledger.push(entry));
  const stored = await readStored(processes, cli, dataDir, problems);
  const checks = checkReceived(
    ledger,
    stored.filter(({ isOurs }) => isOurs),
  );
  const unserved = ledger.filter(({ t }) => t === 'refused' || t === 'err').map(({ id }) => id);
  if (!isAlive) problems.push(`the host ended: ${host.errors().slice(-500)}`);
  else if (code !== 0) problems.push(`the host ended with ${code} when it was asked to`);
  problems.push(
    ...told(hung, `hung over ${deadlineMs} ms without a reply or an end`),
    ...told(oddReplies, 'with a reply that must not be'),
    ...told(checks.lost, 'ordinary requests acknowledged but not stored'),
    ...told(checks.wrongBytes, 'ordinary requests stored with other bytes'),
    ...told(checks.storedTwice, 'ordinary requests stored twice'),
    ...told(unserved, 'ordinary requests not acknowledged'),
    ...told(errorLines, 'errors logged'),
    ...told(await checkIntegrity(processes, join(dataDir, 'history.sqlite')), 'from the integrity check'),
    ...told(findDebris(dataDir), 'crash or quarantine files'),
  );
  if (descriptorsAfter > descriptorsBefore)
    problems.push(`${descriptorsAfter} descriptors stay open, ${descriptorsBefore} before`);
  if (probe.reply?.status !== 200) problems.push(`the request after all of them got ${probe.reply?.status}`);
  if (checks.acked < (tookMs / 1_000) * ordinaryPerSecond * 0.5)
    problems.push(`only ${checks.acked} ordinary requests in ${tookMs} ms: too few to prove anything`);

  const pass = problems.length === 0;
  if (pass) rmSync(folder, { recursive: true, force: true });
  return {
    fault: 'B6',
    seed,
    pass,
    problems,
    kills: 0,
    sent,
    lost: checks.lost,
    outcomes,
    hung: hung.length,
    longestMs,
    tookMs,
    ordinary: { sent: checks.sent, acked: checks.acked },
    stored: stored.length - checks.stored,
    forwarded: app.asked.length,
    descriptors: { before: descriptorsBefore, after: descriptorsAfter },
    memoryMb: { before: startedMb, after: endMb, peak: Math.max(startedMb, endMb) },
    ...(pass ? {} : { keptFolder: folder }),
    summary:
      `B6 mutations: ${sent} in ${Math.round(tookMs / 1_000)} s (${Object.entries(outcomes)
        .map(([end, number]) => `${number} × ${end}`)
        .join(', ')}), ${hung.length} hung, ordinary ${checks.acked} of ${checks.sent} acknowledged, ` +
      `${checks.lost.length} lost, descriptors ${descriptorsBefore} before, ${descriptorsAfter} after`,
  };
}

/**
 * Plays one mutation on its own connection.
 * @param {number} port
 * @param {import('./random.mjs').Random} random
 * @param {Buffer} bytes
 * @param {number} deadlineMs
 * @returns {Promise<{ end: string, odd: string | null }>} `end`: the first status, `closed`, `reset` or `hung`.
 */
async function playMutation(port, random, bytes, deadlineMs) {
  const wire = openWire(port);
  const cuts = Array.from({ length: random.below(3) }, () => random.below(bytes.length + 1)).toSorted((a, b) => a - b);
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    wire.write(bytes.subarray(at, cut));
    at = cut;
    await turn();
  }
  const manner = random.next();
  if (manner < 0.05) {
    // The sender goes without a farewell, perhaps in the middle.
    wire.destroy();
    return { end: 'reset', odd: null };
  }
  if (manner < 0.55) wire.end();
  const isOver = await wire.until(() => wire.isClosed() || wire.replies().length > 0, deadlineMs);
  if (!isOver) {
    wire.destroy();
    return { end: 'hung', odd: null };
  }
  let seen = -1;
  while (!wire.isClosed() && wire.received().length > seen) {
    seen = wire.received().length;
    await wait(quietMs);
  }
  wire.destroy();
  return { end: String(wire.replies()[0]?.status ?? 'closed'), odd: oddReply(wire) };
}

/** What no mutation may be answered. @param {import('./wire.mjs').Wire} wire */
function oddReply(wire) {
  const text = wire.received().toString('latin1');
  if (text !== '' && !text.startsWith('HTTP/1.1 ')) return `not HTTP: ${JSON.stringify(text.slice(0, 40))}`;
  for (const { status, headers } of wire.replies()) {
    if (status === 101 || status === 500 || !(status >= 200 && status <= 599)) return `status ${status}`;
    const told = headers.find(([name]) => /^(server|x-powered-by|access-control-)/i.test(name));
    if (told) return `header ${told[0]}`;
  }
  return null;
}

/**
 * Open descriptors once they are down to `wanted`, or after `ms`.
 * @param {number} pid
 * @param {number} wanted
 * @param {number} ms
 */
async function settled(pid, wanted, ms) {
  const until = performance.now() + ms;
  for (;;) {
    const { all } = countDescriptors(pid);
    if (all <= wanted || performance.now() > until) return all;
    await wait(50);
  }
}
