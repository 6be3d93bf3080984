// The servers under load, each in a process of its own, and one run of wrk against one of them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * @typedef {object} Run
 * @property {number} perSecond
 * @property {number} p50 Ms.
 * @property {number} p99 Ms.
 * @property {number} failed Replies other than 2xx, and socket errors.
 * @property {number} cpuUs Processor time of the server per request, microseconds: what other programs do at the same
 *   time shows least here. 0 where it cannot be read.
 */

/**
 * @typedef {object} Server
 * @property {string} name
 * @property {import('node:child_process').ChildProcess} child
 * @property {number} port
 * @property {string} outputFile
 * @property {number} answered Requests that wrk counted, warm-up included.
 * @property {Run[]} runs
 */

/**
 * Starts a server whose output goes to a file: a pipe's reader would take part of the two processors.
 * @param {string} name
 * @param {readonly string[]} args Of Node.
 * @param {string} folder For the output.
 * @returns {Promise<Server>}
 */
export async function startServer(name, args, folder) {
  const outputFile = join(folder, `${name.replace(':', '-')}.jsonl`);
  const child = spawn(process.execPath, args, { stdio: ['ignore', openSync(outputFile, 'w'), 'inherit'] });
  for (let tries = 0; tries < 500 && child.exitCode === null; tries += 1) {
    const first = /^(.*)\n/.exec(readFileSync(outputFile, 'utf8'))?.[1];
    if (first !== undefined) return { name, child, port: JSON.parse(first).port, outputFile, answered: 0, runs: [] };
    await wait(20);
  }
  child.kill('SIGKILL');
  throw new Error(`${name} did not start`);
}

/**
 * One run of wrk.
 * @param {Server} server
 * @param {object} options
 * @param {number} options.seconds
 * @param {number} options.connections
 * @param {string} options.events File of signed events.
 * @param {number} [options.paths] Over how many paths they are spread; one path when absent.
 * @returns {Promise<Run>}
 */
export async function load(server, { seconds, connections, events, paths = 0 }) {
  const script = join(import.meta.dirname, 'stripe-load.lua');
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    '-s',
    script,
    `http://127.0.0.1:${server.port}`,
    '--',
    events,
    String(paths),
  ];
  const cpuBefore = cpuUsOf(server.child.pid);
  const wrk = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  wrk.stdout.on('data', (chunk) => (output += chunk));
  await once(wrk, 'close');
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`wrk gave no result:\n${output}`);
  const result = JSON.parse(line);
  server.answered += result.requests;
  return {
    perSecond: result.requests / result.seconds,
    p50: result.p50,
    p99: result.p99,
    failed: result.not2xx + result.socketErrors,
    cpuUs: (cpuUsOf(server.child.pid) - cpuBefore) / result.requests,
  };
}

/**
 * Processor time that a process has used in all its threads, in microseconds; the kernel counts hundredths of a second.
 * @param {number | undefined} pid
 */
function cpuUsOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return 0;
  }
}
