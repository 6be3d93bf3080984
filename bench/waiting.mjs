// 10,000 waiting deliveries in a headless host that listens and delivers: how long its event loop stands still, and how
// long a webhook that arrives meanwhile waits for its answer.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { startQuiet } from './children.mjs';

/** Time between two probes, ms. */
const probeEveryMs = 50;

/**
 * @typedef {object} LoopFigures All in ms.
 * @property {number} max Longest standstill by monitorEventLoopDelay.
 * @property {number} p99
 * @property {number} mean
 * @property {number} own Longest standstill without the time that other programs had the processor.
 * @property {number} over Standstills over 50 ms of that kind.
 */

/**
 * The deliveries are overdue, so they leave at 4 per second and target while the host runs: each of them saves what it
 * changes, the first one the whole queue.
 * @param {object} options
 * @param {string} options.cli
 * @param {string} options.dataDir With the deliveries in it.
 * @param {string} options.folder For the output.
 * @param {number} options.seconds
 */
export async function measureWaiting({ cli, dataDir, folder, seconds }) {
  const watch = pathToFileURL(join(import.meta.dirname, 'loop-watch.mjs')).href;
  const outputFile = join(folder, 'waiting.jsonl');
  const args = ['--import', watch, cli, 'listen', '--json', '--port', '0', '--data-dir', dataDir];
  const host = startQuiet(args, outputFile);
  const port = await readPort(outputFile, host.process);
  const starting = await ask(host.process);
  /** @type {number[]} */
  const answers = [];
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) {
    answers.push(await probe(port));
    await wait(probeEveryMs);
  }
  const working = await ask(host.process);
  host.process.kill('SIGTERM');
  await host.ended;
  answers.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    answers[Math.min(answers.length - 1, Math.floor(answers.length * share))] ?? NaN;
  return { starting, working, answerMs: { p50: at(0.5), p99: at(0.99), max: at(1) } };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<LoopFigures>}
 */
async function ask(child) {
  child.send('figures');
  const [figures] = await once(child, 'message');
  return figures;
}

/**
 * @param {string} file
 * @param {import('node:child_process').ChildProcess} child
 */
async function readPort(file, child) {
  for (let tries = 0; tries < 1_500 && child.exitCode === null; tries += 1) {
    const ready = /^\{"type":"ready".*$/m.exec(readFileSync(file, 'utf8'))?.[0];
    if (ready !== undefined) return JSON.parse(ready).port;
    await wait(20);
  }
  throw new Error('the host did not start');
}

/**
 * One webhook, timed to the end of its answer.
 * @param {number} port
 * @returns {Promise<number>} ms.
 */
function probe(port) {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent: false, host: '127.0.0.1', port, method: 'POST', path: '/probe' }, (response) => {
      response.resume();
      response.on('end', () => resolve(performance.now() - startedAt));
    });
    outgoing.on('error', reject);
    outgoing.end('{"probe":true}');
  });
}
