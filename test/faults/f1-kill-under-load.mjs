// F1: SIGKILL under load. The headless host is killed and restarted on the same folder and port while a client keeps
// sending; afterwards everything that was acknowledged must be in the history, byte for byte.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { percentile, readLedger } from './ledger.mjs';
import { createRandom } from './random.mjs';
import { checkReceived } from './received-check.mjs';
import { checkIntegrity, findDebris, readStored, told } from './stored.mjs';

const requestsPerSecond = 300;

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {number} options.rounds Kills.
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runKillUnderLoad({ cli, rounds, seed, processes, log }) {
  const random = createRandom(seed, 'F1');
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-f1-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const ledgerFile = join(folder, 'client.jsonl');
  /** @type {{ readyMs: number[], readyAt: number[], killedAt: number[], peakMemoryMb: number, recovered: string[], trouble: string[] }} */
  const seen = { readyMs: [], readyAt: [], killedAt: [], peakMemoryMb: 0, recovered: [], trouble: [] };

  /** @type {import('./processes.mjs').Child | undefined} */
  let client;
  let port = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const startedAt = performance.now();
    const host = processes.start(cli, ['listen', '--json', '--data-dir', dataDir, '--port', String(port)]);
    const ready = await host.line((line) => line.type === 'ready', 15_000);
    seen.readyMs.push(Math.round(performance.now() - startedAt));
    seen.readyAt.push(Date.now());
    seen.recovered.push(...(ready.recovered ?? []));
    port = ready.port;
    client ??= processes.start(clientScript, [
      `http://127.0.0.1:${port}/faults`,
      ledgerFile,
      String(requestsPerSecond),
      `f1-${seed}`,
    ]);

    await Promise.race([wait(random.between(400, 1_300)), host.ended]);
    if (!host.isAlive()) seen.trouble.push(`round ${round}: the host ended by itself: ${host.errors().slice(-500)}`);
    if (!client.isAlive()) throw new Error(`the client ended: ${client.errors()}`);
    seen.peakMemoryMb = Math.max(seen.peakMemoryMb, host.peakMemory());
    await host.stop('SIGKILL');
    seen.killedAt.push(Date.now());
    log(`F1 round ${round} of ${rounds}: ready in ${seen.readyMs.at(-1)} ms`);
  }
  client?.closeInput();
  await client?.ended;

  const ledger = /** @type {import('./received-check.mjs').LedgerEntry[]} */ ([]);
  await readLedger(ledgerFile, (entry) => ledger.push(entry));
  const stored = await readStored(processes, cli, dataDir, seen.trouble);
  const checks = checkReceived(ledger, stored);
  const integrity = await checkIntegrity(processes, join(dataDir, 'history.sqlite'));
  const crashFiles = findDebris(dataDir);
  const firstAckMs = firstAcks(ledger, seen.readyAt, seen.killedAt);
  const ackMs = ledger.flatMap((entry) => (entry.t === 'ack' && entry.ms !== undefined ? [entry.ms] : []));

  const problems = [
    ...seen.trouble,
    ...told(checks.lost, 'acknowledged but not stored'),
    ...told(checks.ghosts, 'stored but never sent'),
    ...told(checks.storedTwice, 'stored twice'),
    ...told(checks.wrongBytes, 'stored with other bytes'),
    ...told(checks.outOfOrder, 'numbered out of order'),
    ...told(integrity, 'from the integrity check'),
    ...told(crashFiles, 'crash or quarantine files'),
  ];
  if (checks.gaps > checks.cutOff)
    problems.push(`${checks.gaps} numbers are missing, only ${checks.cutOff} requests were cut off`);
  if (percentile(seen.readyMs, 0.95) > 2_000)
    problems.push(`ready time p95 is ${percentile(seen.readyMs, 0.95)} ms, over 2,000`);
  if (Math.max(...seen.readyMs) > 5_000) problems.push(`ready after ${Math.max(...seen.readyMs)} ms, over 5,000`);
  if (Math.max(0, ...firstAckMs) > 1_000)
    problems.push(`first request stored ${Math.max(0, ...firstAckMs)} ms after ready, over 1,000`);
  if (checks.acked < rounds * 50)
    problems.push(`only ${checks.acked} acknowledgements: too little load to prove anything`);

  const pass = problems.length === 0;
  if (pass) rmSync(folder, { recursive: true, force: true });
  return {
    fault: 'F1',
    seed,
    pass,
    problems,
    kills: seen.killedAt.length,
    sent: checks.sent,
    acked: checks.acked,
    stored: checks.stored,
    lost: checks.lost,
    cutOff: checks.cutOff,
    gaps: checks.gaps,
    readyMs: {
      p50: percentile(seen.readyMs, 0.5),
      p95: percentile(seen.readyMs, 0.95),
      max: Math.max(...seen.readyMs),
    },
    firstAckMs: { p50: percentile(firstAckMs, 0.5), max: Math.max(0, ...firstAckMs) },
    ackMs: { p50: percentile(ackMs, 0.5), p99: percentile(ackMs, 0.99) },
    peakMemoryMb: seen.peakMemoryMb,
    recovered: [...new Set(seen.recovered)],
    ...(pass ? {} : { keptFolder: folder }),
    summary:
      `F1 kill -9 under load: ${seen.killedAt.length} kills, ${checks.sent} sent, ${checks.acked} acknowledged, ` +
      `${checks.stored} stored, ${checks.lost.length} lost, ready p95 ${percentile(seen.readyMs, 0.95)} ms`,
  };
}

const clientScript = join(import.meta.dirname, 'client.mjs');

/**
 * Time from each ready line to the first acknowledgement of a request that left after it. A life shorter than a
 * second without one says nothing and is left out.
 * @param {readonly import('./received-check.mjs').LedgerEntry[]} ledger
 * @param {readonly number[]} readyAt
 * @param {readonly number[]} killedAt
 */
function firstAcks(ledger, readyAt, killedAt) {
  const sentAt = new Map(ledger.flatMap((entry) => (entry.t === 'sent' ? [[entry.id, entry.at]] : [])));
  const acks = ledger.filter((entry) => entry.t === 'ack');
  return readyAt.flatMap((from, round) => {
    const until = killedAt[round] ?? Infinity;
    const ack = acks.find((entry) => (sentAt.get(entry.id) ?? 0) >= from && entry.at <= until);
    if (ack) return [ack.at - from];
    return until - from >= 1_000 ? [Infinity] : [];
  });
}
