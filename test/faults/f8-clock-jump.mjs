// F8 by the second way: the wall clock of the whole process jumps, under libfaketime, while 50 deliveries wait for a
// minute to ten hours. A jump ahead sends each of them once and at an orderly pace; a jump back neither repeats nor
// stalls one. The first way is the clock seam of the in-process tests.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { bodyFor } from './ledger.mjs';
import { told } from './stored.mjs';

const secret = `whsec_${Buffer.from('a secret for the fault harness only').toString('base64')}`;
const dayMs = 86_400_000;
/** Fewer failures per path than open a breaker, which would delay on its own. */
const paths = 10;
const perPath = 5;
const waiting = paths * perPath;
const shortestWaitMs = 60_000;
const longestWaitMs = 36_000_000;
/** A wait varies upwards by a tenth; the product looks at the clock once a minute at least. */
const jitter = 1.1;
const lookEveryMs = 60_000;
const slackMs = 10_000;
/** Time between two overdue deliveries to one target; and what a slow disk may hold up the first of them, ms. */
const spacingMs = 250;
const lateMs = 400;

/**
 * @typedef {object} Got
 * @property {string} id
 * @property {string} path
 * @property {number} atMono
 * @property {number} clockError Difference between the signed time and the clock that the process sees, ms.
 * @property {boolean} isSigned
 */

/** libfaketime as Debian installs it, or null. */
function findLibrary() {
  const given = process.env['LIBFAKETIME'];
  if (given !== undefined) return given;
  try {
    for (const name of readdirSync('/usr/lib')) {
      if (!name.endsWith('-linux-gnu')) continue;
      if (readdirSync(join('/usr/lib', name)).includes('faketime'))
        return join('/usr/lib', name, 'faketime', 'libfaketime.so.1');
    }
  } catch {
    // No such folder: not a Linux that has it.
  }
  return null;
}

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runClockJump({ cli, seed, processes, log }) {
  const library = findLibrary();
  if (library === null) {
    const skipped = 'libfaketime is not there ("apt-get install libfaketime" on Debian)';
    return { fault: 'F8', seed, pass: false, skipped, problems: [], lost: [], summary: 'F8 clock jump' };
  }
  const daysTo2106 = Math.ceil((Date.UTC(2106, 5, 1) - Date.now()) / dayMs);
  const jumps = { '+1 day': 1, '-1 day': -1, '+400 days': 400, 'to 2106': daysTo2106 };
  const trials = await Promise.all(
    Object.entries(jumps).map(([name, days]) => jump({ cli, seed, processes, log, library, name, days })),
  );
  const problems = trials.flatMap((trial) => trial.problems);
  const kept = trials.filter((trial) => trial.problems.length > 0).map((trial) => trial.folder);
  return {
    fault: 'F8',
    seed,
    pass: problems.length === 0,
    problems,
    kills: 0,
    sent: waiting * trials.length,
    lost: trials.flatMap((trial) => trial.unsent),
    trials: trials.map(({ name, sentAfter, noticedMs, spreadMs }) => ({ name, sentAfter, noticedMs, spreadMs })),
    ...(kept.length === 0 ? {} : { keptFolder: kept[0] }),
    summary: `F8 clock jump: ${trials
      .map(
        (trial) =>
          `${trial.name} ${trial.sentAfter} of ${waiting} sent, the first after ${trial.noticedMs} ms, spread over ${trial.spreadMs} ms`,
      )
      .join('; ')}`,
  };
}

/**
 * @param {{ cli: string, seed: number, processes: import('./processes.mjs').Processes, log: (text: string) => void,
 *   library: string, name: string, days: number }} options
 */
async function jump({ cli, seed, processes, log, library, name, days }) {
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-f8-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const offsetFile = join(folder, 'offset');
  writeFileSync(offsetFile, '+0d\n');
  let offsetMs = 0;
  /** @type {string[]} */
  const problems = [];
  /** @type {Got[]} */
  const got = [];
  const target = await startTarget(got, () => offsetMs);

  for (let path = 0; path < paths; path += 1) {
    const file = join(folder, 'batch.jsonl');
    const lines = Array.from({ length: perPath }, (_, n) => {
      const id = `msg_f8_${seed}_${path}_${n}`;
      return JSON.stringify({ id, bodyBase64: bodyFor(id, 256).toString('base64') });
    });
    writeFileSync(file, `${lines.join('\n')}\n`);
    const to = [
      '--to',
      `http://127.0.0.1:${target.port}/${path}`,
      '--provider',
      'standard-webhooks',
      '--secret',
      secret,
    ];
    const { code, errors } = await processes.run(cli, [
      ...['send', '--json', '--data-dir', dataDir, ...to],
      ...['--batch', file, '--enqueue-only'],
    ]);
    if (code !== 0) problems.push(`enqueuing ended with ${code}: ${errors.slice(-500)}`);
  }
  const env = { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: offsetFile, FAKETIME_CACHE_DURATION: '1' };
  let recorded = 0;
  const host = processes.start(cli, ['run-queue', '--json', '--data-dir', dataDir], {
    env: { ...env, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' },
    onLine: (line) => {
      if (line.type === 'attempt') recorded += 1;
    },
  });
  await until(() => recorded >= waiting, 30_000);
  if (recorded !== waiting)
    problems.push(`${recorded} first attempts instead of ${waiting}: ${host.errors().slice(-500)}`);
  const before = got.length;
  offsetMs = days * dayMs;
  writeFileSync(offsetFile, `${days < 0 ? '' : '+'}${days}d\n`);
  const jumpedAt = performance.now();
  log(`F8 ${name}: ${before} wait, the clock has jumped`);

  const expected = days < 0 ? 1 : waiting;
  await until(() => got.length >= before + expected, Math.max(lookEveryMs, shortestWaitMs * jitter) + slackMs);
  // Whatever comes now is too much.
  await wait(3_000);
  if (!host.isAlive()) problems.push(`run-queue ended by itself: ${host.errors().slice(-500)}`);
  await host.stop('SIGTERM');
  target.close();

  const after = got.slice(before);
  const firstAt = after[0]?.atMono ?? jumpedAt;
  const counts = countBy(after, (entry) => entry.id);
  /** @type {Map<string, number>} */
  const states = new Map();
  const { code, errors } = await processes.run(cli, ['deliveries', '--json', '--data-dir', dataDir], {
    onLine: (line) => {
      const key = `${line.state} after ${line.attempts.length}`;
      states.set(key, (states.get(key) ?? 0) + 1);
    },
  });
  if (code !== 0) problems.push(`listing ended with ${code}: ${errors.slice(-500)}`);
  const wanted = { 'delivered after 2': expected, 'waiting after 1': waiting - expected };
  for (const [state, count] of Object.entries(wanted))
    if ((states.get(state) ?? 0) !== count) problems.push(`${states.get(state) ?? 0} are ${state}, not ${count}`);
  const tooEarly = [...new Set(after.map((entry) => entry.path))].flatMap((path) =>
    after
      .filter((entry) => entry.path === path)
      .filter((entry, place) => entry.atMono - firstAt < place * spacingMs - lateMs)
      .map((entry) => entry.id),
  );
  problems.push(
    ...told(
      [...counts].filter(([, count]) => count > 1).map(([id]) => id),
      'sent more than once after the jump',
    ),
    ...told(tooEarly, 'sent faster than four per second and target'),
    ...told(
      got.filter((entry) => !entry.isSigned).map((entry) => entry.id),
      'with a bad signature',
    ),
    ...told(
      got
        .filter((entry) => Math.abs(entry.clockError) > slackMs)
        .map((entry) => `${entry.id} (${entry.clockError} ms)`),
      'signed with another time than that of the attempt',
    ),
  );
  if (problems.length === 0) rmSync(folder, { recursive: true, force: true });
  return {
    name,
    folder,
    problems: problems.map((problem) => `${name}: ${problem}`),
    sentAfter: counts.size,
    unsent: counts.size < expected ? [`${name}: ${expected - counts.size}`] : [],
    noticedMs: Math.round(firstAt - jumpedAt),
    spreadMs: Math.round((after.at(-1)?.atMono ?? firstAt) - firstAt),
  };
}

/**
 * Answers the first attempt of each message with 503 and a wait of its own, the next one with 200.
 * @param {Got[]} got
 * @param {() => number} offsetMs Of the clock that the sender sees.
 */
async function startTarget(got, offsetMs) {
  const webhook = new Webhook(secret);
  /** @type {Set<string>} */
  const seen = new Set();
  const server = createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const id = String(request.headers['webhook-id'] ?? '');
      const signedAt = Number(request.headers['webhook-timestamp']) * 1_000;
      // The library refuses old and future times when it verifies, so it signs and the texts are compared.
      const right = webhook.sign(id, new Date(signedAt), Buffer.concat(chunks).toString());
      got.push({
        id,
        path: request.url ?? '',
        atMono: performance.now(),
        clockError: signedAt - Date.now() - offsetMs(),
        isSigned: right === request.headers['webhook-signature'],
      });
      const isFirst = !seen.has(id);
      const step = (longestWaitMs - shortestWaitMs) / (waiting - 1);
      const waitMs = shortestWaitMs + Math.round(step * seen.size);
      seen.add(id);
      if (isFirst) response.writeHead(503, { 'retry-after': String(Math.round(waitMs / 1_000)) }).end();
      else response.writeHead(200).end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { port, close: () => void server.close() };
}

/**
 * Resolves when it holds, or when the time is over.
 * @param {() => boolean} holds
 * @param {number} timeoutMs
 */
async function until(holds, timeoutMs) {
  const from = performance.now();
  while (!holds() && performance.now() - from < timeoutMs) await wait(20);
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 */
function countBy(items, keyOf) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
