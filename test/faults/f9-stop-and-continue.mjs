// F9: the process stands still, as in a machine's sleep. The headless host is stopped with requests half received and
// sends in flight, and continued after more time than they may take: nobody may be blamed for the time asleep, nothing
// half may count as whole, and what came due meanwhile leaves at an orderly pace.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { bodyFor, readLedger, sha256 } from './ledger.mjs';
import { checkSlept } from './slept-check.mjs';
import { checkIntegrity, told } from './stored.mjs';

const secret = `whsec_${Buffer.from('a secret for the fault harness only').toString('base64')}`;
/** Deliveries by path. At most four of one path are in flight at once. */
const plan = { '/hold/1': 4, '/hold/2': 4, '/hold/3': 2, '/due': 8 };
const cutRequests = 10;
const continuedRequests = 10;
const meanwhileRequests = 5;
const bodySize = 2_048;

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {boolean} options.quick Stops for 8.5 s instead of 90 s, with a shorter deadline for sends.
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runStopAndContinue({ cli, quick, seed, processes, log }) {
  const stopMs = quick ? 8_500 : 90_000;
  /** @type {Record<string, string>} */
  const env = quick ? { HOOKBENCH_SEND_TIMEOUT_MS: '6000' } : {};
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-f9-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const ledgerFile = join(folder, 'targets.jsonl');
  /** @type {string[]} */
  const trouble = [];

  const held = createCount();
  const refusedTwice = createCount();
  const delivered = createCount();
  const targets = processes.start(join(import.meta.dirname, 'sleep-targets.mjs'), [ledgerFile, secret], {
    onLine: (line) => {
      if (line.reply === 'none') held.add();
      if (line.reply === 400) refusedTwice.add();
      if (line.reply === 200) delivered.add();
    },
  });
  const { port: targetPort } = await targets.line((line) => line.type === 'ready', 10_000);
  const messages = await enqueue({ processes, cli, dataDir, folder, seed, targetPort, trouble });
  const inFlight = messages.filter(({ path }) => path !== '/due').map(({ id }) => id);
  const due = messages.filter(({ path }) => path === '/due').map(({ id }) => id);

  let aborted = 0;
  const host = processes.start(cli, ['listen', '--json', '--data-dir', dataDir, '--port', '0'], {
    env,
    onLine: (line) => {
      if (line.type === 'refused' && ['aborted', 'timeout'].includes(line.reason)) aborted += 1;
    },
  });
  const { port } = await host.line((line) => line.type === 'ready', 15_000);
  await held.reaches(inFlight.length, 10_000);
  await refusedTwice.reaches(2 * due.length, 10_000);
  const start = (/** @type {string} */ kind, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, n) => startRequest(port, `f9-${seed}-${kind}-${n}`));
  const cut = start('cut', cutRequests);
  const continued = start('continued', continuedRequests);
  await Promise.all([...cut, ...continued].map((request) => request.half()));
  // Time for the halves to be read and for the last refusals to be recorded.
  await wait(300);

  host.signal('SIGSTOP');
  log(
    `F9 stopped for ${stopMs / 1_000} s: ${cut.length + continued.length} requests and ${inFlight.length} sends in flight`,
  );
  await wait(stopMs / 3);
  for (const request of cut) request.destroy();
  const isAnswered = targets.line((line) => line.type === 'answered', 5_000);
  targets.write('answer\n');
  await isAnswered;
  const meanwhile = start('meanwhile', meanwhileRequests);
  await Promise.all(meanwhile.map((request) => request.whole()));
  await wait((stopMs * 2) / 3);
  const continuedAt = Date.now();
  host.signal('SIGCONT');

  const [fresh] = start('fresh', 1);
  await fresh?.whole();
  const freshStatus = await fresh?.status(5_000);
  const freshMs = Date.now() - continuedAt;
  await Promise.all(continued.map((request) => request.rest()));
  const requests = [
    ...(await judged(cut, 'cut', 0)),
    ...(await judged(continued, 'continued', 5_000)),
    ...(await judged(meanwhile, 'meanwhile', 5_000)),
  ];
  // Half of the held ones may have been taken as answered; then they do not come again.
  await delivered.reaches(due.length + Math.ceil(inFlight.length / 2), 20_000).catch(() => undefined);
  await delivered.isQuiet(2_000);
  const peakMemoryMb = host.peakMemory();
  if (!host.isAlive()) trouble.push(`the host ended by itself: ${host.errors().slice(-500)}`);
  await host.stop('SIGTERM');
  const { code } = await host.ended;
  if (code !== 0) trouble.push(`the host ended with ${code}: ${host.errors().slice(-500)}`);
  targets.closeInput();
  await targets.ended;

  const got = /** @type {any[]} */ ([]);
  await readLedger(ledgerFile, (entry) => got.push(entry));
  /** @type {Map<string, boolean>} */
  const stored = new Map();
  await dump(processes, cli, ['requests', '--limit', '0'], dataDir, trouble, (line) => {
    const id = line.headers.find((/** @type {[string, string]} */ [name]) => name.toLowerCase() === 'x-fault-id')?.[1];
    const body = Buffer.from(line.bodyBase64, 'base64');
    stored.set(id ?? `no id, seq ${line.seq}`, id !== undefined && sha256(body) === sha256(bodyFor(id, bodySize)));
  });
  /** @type {import('./slept-check.mjs').Attempted[]} */
  const listing = [];
  await dump(processes, cli, ['deliveries'], dataDir, trouble, (line) => listing.push(line));
  const checks = checkSlept({ requests, stored, aborted, got, listing, inFlight, due, continuedAt });
  const crashFiles = readdirSync(dataDir).filter((name) => /crash|corrupt/.test(name));

  const problems = [
    ...trouble,
    ...told(checks.halvesStored, 'half received, but stored'),
    ...told(checks.lost, 'acknowledged but not stored'),
    ...told(checks.wrongBytes, 'stored with other bytes'),
    ...told(checks.unanswered, 'sent during the stop and not accepted after it'),
    ...told(checks.notSentAgain, 'in flight and not sent again'),
    ...told(checks.undelivered, 'not delivered in the end'),
    ...told(checks.blamed, 'with a failure counted for the time asleep'),
    ...told(checks.attemptsSpent, 'with another number of attempts than the target saw'),
    ...told(checks.olderTimestamps, 'with a time older than the attempt before'),
    ...told(checks.badSignatures, 'with a bad signature or other bytes'),
    ...told(await checkIntegrity(processes, join(dataDir, 'history.sqlite')), 'from the integrity check'),
    ...told(crashFiles, 'crash or quarantine files'),
  ];
  if (checks.untold > 0) problems.push(`${checks.untold} requests broke off, and the host did not say so`);
  if (checks.cameDue !== due.length) problems.push(`${checks.cameDue} of ${due.length} came due after the stop`);
  if (checks.tooEarly > 0) problems.push(`${checks.tooEarly} overdue deliveries left faster than four per second`);
  if (freshStatus !== 200) problems.push(`the first request after the stop was answered ${freshStatus}`);
  if (freshMs > 1_000) problems.push(`the first request after the stop was answered after ${freshMs} ms, over 1,000`);

  const pass = problems.length === 0;
  if (pass) rmSync(folder, { recursive: true, force: true });
  const answered = requests.filter(({ status }) => status === 200).length;
  return {
    fault: 'F9',
    seed,
    pass,
    problems,
    kills: 0,
    stopMs,
    requests: requests.length,
    answered,
    aborted,
    sent: messages.length,
    sentAgain: checks.sentAgain,
    lost: [...checks.lost, ...checks.undelivered],
    blamed: checks.blamed,
    cameDue: checks.cameDue,
    spreadMs: checks.spreadMs,
    freshMs,
    peakMemoryMb,
    ...(pass ? {} : { keptFolder: folder }),
    summary:
      `F9 stop and continue: ${stopMs / 1_000} s asleep, ${requests.length} requests in flight or meanwhile (${answered} answered 200, ` +
      `${aborted} told as broken off), ${inFlight.length} sends in flight (${checks.sentAgain} sent again, ${checks.blamed.length} blamed), ` +
      `${checks.cameDue} came due and left within ${checks.spreadMs} ms, first request after ${freshMs} ms`,
  };
}

/**
 * Puts the plan's deliveries into the queue; nothing is sent yet.
 * @param {{ processes: import('./processes.mjs').Processes, cli: string, dataDir: string, folder: string, seed: number,
 *   targetPort: number, trouble: string[] }} options
 */
async function enqueue({ processes, cli, dataDir, folder, seed, targetPort, trouble }) {
  const messages = [];
  for (const [path, count] of Object.entries(plan)) {
    const ids = Array.from({ length: count }, (_, n) => `msg_f9_${seed}_${path.slice(1).replace('/', '_')}_${n}`);
    messages.push(...ids.map((id) => ({ id, path })));
    const file = join(folder, 'batch.jsonl');
    const lines = ids.map((id) => JSON.stringify({ id, bodyBase64: bodyFor(id, 256).toString('base64') }));
    writeFileSync(file, `${lines.join('\n')}\n`);
    const to = ['--to', `http://127.0.0.1:${targetPort}${path}`, '--provider', 'standard-webhooks', '--secret', secret];
    const args = ['send', '--json', '--data-dir', dataDir, ...to, '--batch', file, '--enqueue-only'];
    const { code, errors } = await processes.run(cli, args);
    if (code !== 0) trouble.push(`enqueuing for ${path} ended with ${code}: ${errors.slice(-500)}`);
  }
  return messages;
}

/**
 * @param {import('./processes.mjs').Processes} processes
 * @param {string} cli
 * @param {readonly string[]} command
 * @param {string} dataDir
 * @param {string[]} trouble
 * @param {(line: any) => void} onLine
 */
async function dump(processes, cli, command, dataDir, trouble, onLine) {
  const { code, errors } = await processes.run(cli, [...command, '--json', '--data-dir', dataDir], { onLine });
  if (code !== 0) trouble.push(`${command[0]} ended with ${code}: ${errors.slice(-500)}`);
}

/** Counts, and resolves when the count is reached. */
function createCount() {
  let count = 0;
  /** @type {Set<() => void>} */
  const listeners = new Set();
  return {
    add: () => {
      count += 1;
      for (const listener of [...listeners]) listener();
    },
    /** @param {number} wanted @param {number} timeoutMs @returns {Promise<void>} */
    reaches: (wanted, timeoutMs) =>
      new Promise((resolve, reject) => {
        const listener = () => {
          if (count < wanted) return;
          clearTimeout(timer);
          listeners.delete(listener);
          resolve();
        };
        const timer = setTimeout(() => {
          listeners.delete(listener);
          reject(new Error(`${count} of ${wanted} within ${timeoutMs} ms`));
        }, timeoutMs);
        listeners.add(listener);
        listener();
      }),
    /** Resolves when nothing was added for so long. @param {number} ms @returns {Promise<void>} */
    isQuiet: (ms) =>
      new Promise((resolve) => {
        const done = () => {
          listeners.delete(again);
          resolve();
        };
        let timer = setTimeout(done, ms);
        const again = () => {
          clearTimeout(timer);
          timer = setTimeout(done, ms);
        };
        listeners.add(again);
      }),
  };
}

/**
 * @param {readonly ReturnType<typeof startRequest>[]} requests
 * @param {import('./slept-check.mjs').Request['kind']} kind
 * @param {number} timeoutMs
 */
function judged(requests, kind, timeoutMs) {
  return Promise.all(requests.map(async ({ id, status }) => ({ id, kind, status: await status(timeoutMs) })));
}

/**
 * A request whose bytes are sent piece by piece.
 * @param {number} port
 * @param {string} id
 */
function startRequest(port, id) {
  const body = bodyFor(id, bodySize);
  const head = `POST /f9 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Fault-Id: ${id}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  const socket = connect(port, '127.0.0.1');
  let reply = '';
  let isOver = false;
  socket.on('data', (chunk) => (reply += chunk.toString('latin1')));
  socket.on('error', () => {}); // The status says that nothing came.
  const over = new Promise((resolve) =>
    socket.once('close', () => {
      isOver = true;
      resolve(undefined);
    }),
  );
  /** @param {Buffer} bytes @returns {Promise<void>} */
  const write = (bytes) =>
    new Promise((resolve) => {
      if (isOver) resolve();
      else socket.write(bytes, () => resolve());
    });
  return {
    id,
    half: () => write(Buffer.concat([Buffer.from(head), body.subarray(0, bodySize / 2)])),
    rest: () => write(body.subarray(bodySize / 2)),
    whole: () => write(Buffer.concat([Buffer.from(head), body])),
    destroy: () => socket.destroy(),
    /** @param {number} timeoutMs @returns {Promise<number | null>} */
    status: async (timeoutMs) => {
      if (timeoutMs > 0) await Promise.race([over, wait(timeoutMs)]);
      socket.destroy();
      return Number(/^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1] ?? 0) || null;
    },
  };
}
