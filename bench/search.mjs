// How long searches take among many stored requests of about 2 KB, how long they hold up the thread that receives, and
// what keeping the full-text index costs while requests come in.
//
//   npm run bench:search -- [--check] [--requests 100000] [--rounds 20] [--json]
//
// --check exits with 1 above 150 ms at p95 or when the thread was held up for more than 50 ms.

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { makeEvent } from './many-events.mjs';

const mostP95Ms = 150;
const mostBlockMs = 50;
const root = join(import.meta.dirname, '..');
const { values: given } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    requests: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const requests = Number(given.requests);
const rounds = Number(given.rounds);
if (![requests, rounds].every((number) => Number.isInteger(number) && number > 0)) {
  process.stderr.write('--requests and --rounds must be whole numbers from 1.\n');
  process.exit(2);
}

// Not the system's folder for temporary files: that may be memory, where waiting for the disk costs nothing.
mkdirSync(join(root, '.cache'), { recursive: true });
const folder = mkdtempSync(join(root, '.cache', 'bench-search-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

const store = join(root, 'src', 'main', 'store');
await build({
  configFile: false,
  logLevel: 'error',
  publicDir: false,
  root,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    target: 'node20',
    outDir: join(folder, 'code'),
    rolldownOptions: {
      external: ['@photostructure/sqlite'],
      input: {
        history: join(store, 'history.ts'),
        search: join(store, 'search.ts'),
        'search-worker': join(store, 'search-worker.ts'),
      },
      output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
});
const load = (/** @type {string} */ name) => import(pathToFileURL(join(folder, 'code', `${name}.mjs`)).href);
/** @type {typeof import('../src/main/store/history.ts')} */
const { openHistory } = await load('history');
/** @type {typeof import('../src/main/store/search.ts')} */
const { createSearch } = await load('search');
const program = join(folder, 'code', 'search-worker.mjs');

const clock = { now: () => Date.now(), monotonic: () => performance.now(), after: () => () => undefined };
const say = (/** @type {string} */ text) => void process.stderr.write(`${text}\n`);
const logger = { info: say, warn: say, error: say };

/** @typedef {ReturnType<typeof openHistory>} History */

/**
 * @param {History} history
 * @param {number} at Epoch ms.
 */
function append(history, at) {
  const seq = history.nextSeq();
  const { event, id, provider, headers, body } = makeEvent(seq);
  return history.append({
    request: {
      id: `req_${createHash('sha256').update(String(seq)).digest('hex').slice(0, 20)}`,
      seq,
      receivedAt: at,
      method: 'POST',
      target: `/in/${provider}`,
      httpVersion: '1.1',
      headers,
      trailers: [],
      remoteAddress: '127.0.0.1',
      body,
      size: body.length,
      truncated: false,
      sha256: createHash('sha256').update(body).digest('hex'),
    },
    endpoint: 'default',
    provider,
    event,
    deliveryId: id,
    verdict: {
      status: seq % 97 === 0 ? 'invalid' : 'valid',
      reason: 'ok',
      message: 'Right.',
      warnings: [],
      diagnosis: [],
    },
    duplicate: { kind: 'first', of: null, n: 1 },
    duplicateKeys: { idKey: `default ${id}`, bodyKey: null },
    replyStatus: seq % 211 === 0 ? 500 : 200,
  });
}

/**
 * Requests per second that are stored, 32 at a time.
 * @param {History} history
 * @param {number} count
 */
async function fill(history, count) {
  const startedAt = performance.now();
  const begunAt = Date.now() - count;
  for (let done = 0; done < count; done += 32) {
    const group = Array.from({ length: Math.min(32, count - done) }, (_, n) => append(history, begunAt + done + n));
    await Promise.all(group);
  }
  return (count * 1_000) / (performance.now() - startedAt);
}

/** Longest stretch for which this thread did not turn, since the last call, ms. */
function watchLoop() {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  timer.unref();
  return () => {
    const seen = longest;
    longest = 0;
    last = performance.now();
    return seen;
  };
}

/**
 * @param {string} dir
 * @param {number} openedSeq
 */
function startSearch(dir, openedSeq) {
  /** @type {(at: number) => void} */
  let tell = () => undefined;
  /** @type {Promise<number>} */
  const caughtUp = new Promise((resolve) => (tell = resolve));
  const search = createSearch({ dir, program, logger, openedSeq, onCaughtUp: () => tell(performance.now()) });
  search.start();
  return { search, caughtUp };
}

// The search thread keeps no process alive.
const alive = setInterval(() => undefined, 1_000);

// What the index costs: the same number of requests, with it and without it, in turns.
/** @type {{ off: number[], on: number[] }} */
const rates = { off: [], on: [] };
for (let round = 0; round < 3; round += 1) {
  for (const kind of /** @type {const} */ (['off', 'on'])) {
    const dir = join(folder, `${kind}-${round}`);
    mkdirSync(dir);
    const history = openHistory({ dir, clock, logger });
    const started = kind === 'on' ? startSearch(dir, 0) : null;
    await fill(history, 1_000);
    rates[kind].push(await fill(history, 8_000));
    await started?.search.stop();
    await history.close();
    rmSync(dir, { recursive: true });
  }
}
const ratio = median(rates.on) / median(rates.off);

const dir = join(folder, 'data');
mkdirSync(dir);
const history = openHistory({ dir, clock, logger });
await fill(history, requests);
const builtFrom = performance.now();
const { search, caughtUp } = startSearch(dir, requests);
const buildMs = (await caughtUp) - builtFrom;

const someone = (/** @type {number} */ round) => makeEvent(1 + ((round * 7_919 + 13) % requests));
/** @type {readonly (readonly [string, (round: number) => string])[]} */
const queries = [
  ['word, in one', (round) => someone(round).id],
  ['word, part of an id', (round) => someone(round).id.slice(4, 14)],
  ['word, in none', (round) => `zebra-crossing-${round}`],
  [
    'word, in none, of usual pieces',
    (round) => ['customer_charge', 'intent.invoice', 'paid_order', 'repository_id'][round % 4] ?? '',
  ],
  ['word, in all', () => 'application/json'],
  ['two words', (round) => `invoice ${someone(round).customer}`],
  ['event:', () => 'event:invoice.*'],
  ['event:, in none', () => 'event:nothing.*'],
  ['verdict: and word', () => 'verdict:invalid refund'],
  ['status:', () => 'status:5xx'],
  ['body.path:', (round) => `body.data.object.customer:${someone(round).customer}`],
  ['body.path:, in none', () => 'body.data.object.customer:cus_nobody'],
  ['header.name:', (round) => `header.x-request-id:${someone(round).id}`],
  ['header.name:, in none', () => 'header.x-nothing:here'],
];
const held = watchLoop();
for (const [, make] of queries) await look(make(rounds));
/** @type {{ query: string, found: number, p50: number, p95: number, block: number }[]} */
const rows = [];
for (const [query, make] of queries) {
  /** @type {number[]} */
  const times = [];
  let found = 0;
  held();
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    found = await look(make(round));
    times.push(performance.now() - startedAt);
    // A person does not ask without a pause; the clock of the watch needs one as well.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  times.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  rows.push({ query, found, p50: at(0.5), p95: at(0.95), block: held() });
}
const size = (/** @type {string} */ name) => statSync(join(dir, name)).size / 1_048_576;
await search.stop();
const sizes = { history: size('history.sqlite'), index: size('search.sqlite') };
await history.close();
clearInterval(alive);
report();

/**
 * A page as the window asks for it.
 * @param {string} query
 */
async function look(query) {
  const found = await search.find({ query, limit: 500, now: Date.now() });
  if (found === null) throw new Error('there is no search thread');
  return history.rows(found.seqs).length;
}

function report() {
  /** @type {string[]} */
  const problems = [];
  for (const { query, p95, block } of rows) {
    if (p95 > mostP95Ms) problems.push(`${query}: ${p95.toFixed(0)} ms at p95, over ${mostP95Ms}`);
    if (block > mostBlockMs)
      problems.push(`${query}: the thread was held up for ${block.toFixed(0)} ms, over ${mostBlockMs}`);
  }
  if (given.json) {
    process.stdout.write(`${JSON.stringify({ requests, rows, buildMs, sizes, ratio, problems })}\n`);
  } else {
    process.stdout.write(
      `${'query'.padEnd(34)}${'rows'.padStart(6)}${'p50 ms'.padStart(9)}${'p95 ms'.padStart(9)}${'held ms'.padStart(9)}\n`,
    );
    for (const { query, found, p50, p95, block } of rows) {
      const figures = [p50, p95, block].map((ms) => ms.toFixed(1).padStart(9)).join('');
      process.stdout.write(`${query.padEnd(34)}${String(found).padStart(6)}${figures}\n`);
    }
    process.stdout.write(
      `${requests} requests: indexed in ${(buildMs / 1_000).toFixed(1)} s; history ${sizes.history.toFixed(0)} MiB, index ${sizes.index.toFixed(0)} MiB\n` +
        `storing with the index at work: ${ratio.toFixed(2)} of the rate without it\n`,
    );
  }
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = given.check && problems.length > 0 ? 1 : 0;
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
