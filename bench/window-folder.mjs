// A data folder with many stored requests, made through the store of the product itself. It is kept under the folder for
// temporary files, since making it takes longer than measuring; a run works on a copy.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

/** Part of the kept folder's name: another content gets another number. */
const contentVersion = 3;
const daySpan = 86_400_000;

const events = [
  ['stripe', 'invoice.paid'],
  ['stripe', 'invoice.payment_failed'],
  ['stripe', 'customer.subscription.updated'],
  ['stripe', 'charge.refunded'],
  ['github', 'push'],
  ['github', 'pull_request'],
  ['github', 'workflow_run'],
  ['shopify', 'orders/create'],
  ['shopify', 'products/update'],
  ['slack', 'app_mention'],
  ['generic', 'order.created'],
  [null, null],
];
const statuses = ['valid', 'valid', 'valid', 'valid', 'valid', 'valid', 'unverified', 'invalid', 'expired', 'missing'];
const words = 'amber brick cedar delta ember flint grove heron ivory jade kestrel lumen maple nickel ochre pine'.split(
  ' ',
);

/**
 * @param {string} root Folder of the project.
 * @param {number} count
 * @param {(line: string) => void} log
 * @returns {Promise<string>} A folder to be removed by the caller.
 */
export async function copyOfFolder(root, count, log) {
  const kept = join(tmpdir(), `hookbench-bench-${count}-v${contentVersion}`);
  if (!existsSync(kept)) {
    log(`Storing ${count.toLocaleString('en')} requests (kept for the next run in ${kept}).`);
    const making = `${kept}-making-${process.pid}`;
    await fill(root, making, count);
    if (existsSync(kept)) rmSync(making, { recursive: true, force: true });
    else renameSync(making, kept);
  }
  const copy = `${kept}-run-${process.pid}`;
  cpSync(kept, copy, { recursive: true });
  return copy;
}

/**
 * @param {string} root
 * @param {string} dir
 * @param {number} count
 */
async function fill(root, dir, count) {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // Node cannot run TypeScript yet (20.19): the store is bundled for the purpose. Its native module is found from here.
  const outDir = join(root, '.cache', `bench-store-${process.pid}`);
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(root, 'src/main/store/history.ts'),
      outDir,
      emptyOutDir: true,
      rolldownOptions: { output: { entryFileNames: 'store.mjs' } },
    },
  });
  try {
    const { openHistory } = await import(pathToFileURL(join(outDir, 'store.mjs')).href);
    const quiet = { info() {}, warn() {}, error: console.error };
    /** @param {number} ms @param {() => void} run */
    const after = (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    };
    const clock = { now: () => Date.now(), monotonic: () => performance.now(), after };
    const history = openHistory({ dir, clock, logger: quiet });
    const random = createRandom(20_261_123);
    const firstAt = Date.now() - daySpan;
    /** @type {object[]} */
    const recent = [];
    for (let n = 0; n < count;) {
      const batch = [];
      for (const end = Math.min(count, n + 1_000); n < end; n += 1) {
        const seq = history.nextSeq();
        batch.push(history.append(makeExchange(n, seq, Math.floor(firstAt + (n * daySpan) / count), random, recent)));
      }
      await Promise.all(batch);
    }
    await history.close();
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/**
 * One in ten repeats a request of the hundred before it.
 * @param {number} n
 * @param {number} seq
 * @param {number} receivedAt Epoch ms.
 * @param {() => number} random
 * @param {any[]} recent First requests that may be repeated; the newest is added.
 */
function makeExchange(n, seq, receivedAt, random, recent) {
  const id = `req_${String(seq).padStart(20, '0')}`;
  const repeated = recent.length > 50 && random() < 0.1 ? recent[Math.floor(random() * recent.length)] : null;
  if (repeated !== null) {
    repeated.n += 1;
    const duplicate = { kind: 'retry', of: repeated.exchange.request.id, n: repeated.n };
    const request = { ...repeated.exchange.request, id, seq, receivedAt };
    return { ...repeated.exchange, request, duplicate };
  }
  const [provider = null, event = null] = events[Math.floor(random() * events.length)] ?? [];
  const status = statuses[Math.floor(random() * statuses.length)] ?? 'valid';
  const deliveryId = provider === null ? null : `evt_${String(n).padStart(9, '0')}`;
  const body = makeBody(n, event ?? 'none', random);
  const sha256 = createHash('sha256').update(body).digest('hex');
  const exchange = {
    request: {
      id,
      seq,
      receivedAt,
      method: 'POST',
      target: `/in/${provider ?? 'other'}`,
      httpVersion: '1.1',
      headers: [
        ['Host', '127.0.0.1:4100'],
        ['User-Agent', 'bench/1'],
        ['Content-Type', 'application/json'],
        ['Content-Length', String(body.length)],
        ['Webhook-Id', deliveryId ?? 'none'],
      ],
      trailers: [],
      remoteAddress: '127.0.0.1',
      body,
      size: body.length,
      truncated: false,
      sha256,
    },
    endpoint: 'default',
    provider,
    event,
    deliveryId,
    verdict: {
      status,
      reason: status === 'valid' ? 'ok' : 'signature-mismatch',
      message: status === 'valid' ? 'The signature is right.' : 'The signature is not the one that was expected.',
      warnings: [],
      diagnosis: [],
    },
    duplicate: { kind: 'first', of: null, n: 1 },
    duplicateKeys: {
      idKey: deliveryId === null ? null : `default ${provider ?? ''} ${deliveryId}`,
      bodyKey: `${sha256} ${body.length} default POST /in/${provider ?? 'other'}`,
    },
    replyStatus: status === 'valid' || random() < 0.8 ? 200 : 401,
  };
  recent.push({ exchange, n: 1 });
  if (recent.length > 100) recent.shift();
  return exchange;
}

/**
 * About 2 KB of JSON.
 * @param {number} n
 * @param {string} type
 * @param {() => number} random
 */
function makeBody(n, type, random) {
  const lines = Array.from({ length: 12 }, (_, line) => ({
    sku: `sku_${Math.floor(random() * 1e9).toString(36)}`,
    title: Array.from({ length: 5 }, () => words[Math.floor(random() * words.length)]).join(' '),
    quantity: line + 1,
    price: Math.floor(random() * 10_000),
  }));
  const customer = { id: `cus_${n % 5_000}`, email: `buyer-${n % 5_000}@example.com` };
  return Buffer.from(JSON.stringify({ id: `evt_${String(n).padStart(9, '0')}`, type, customer, lines }));
}

/**
 * The same numbers for the same seed (mulberry32).
 * @param {number} seed
 */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
