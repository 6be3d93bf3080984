// Child processes of the send benchmark: their JSON lines, their news, their end. All of them end with the benchmark.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * @typedef {object} Child
 * @property {import('node:child_process').ChildProcess} process
 * @property {(type: string) => Promise<any>} line The next JSON line of this type. Rejects when the process ends.
 * @property {(text: string) => void} write To its stdin.
 * @property {Promise<number | null>} ended Its exit code.
 */

/**
 * @param {readonly string[]} args Of Node.
 * @returns {Child}
 */
export function startChild(args) {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = track(child);
  /** @type {Set<(line: any) => void>} */
  const listeners = new Set();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text);
    for (const listener of [...listeners]) listener(line);
  });
  return {
    process: child,
    ended,
    write: (text) => child.stdin.write(text),
    line: (type) =>
      new Promise((resolve, reject) => {
        /** @param {any} line */
        const listener = (line) => {
          if (line.type !== type) return;
          listeners.delete(listener);
          resolve(line);
        };
        listeners.add(listener);
        void ended.then((code) => reject(new Error(`${args[0]} ended with ${code} before it said "${type}"`)));
      }),
  };
}

/**
 * A process whose output goes to a file: a pipe's reader would take part of the processors.
 * @param {readonly string[]} args Of Node.
 * @param {string} outputFile
 */
export function startQuiet(args, outputFile) {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', openSync(outputFile, 'w'), 'inherit', 'ipc'],
  });
  return { process: child, ended: track(child) };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number | null>}
 */
async function track(child) {
  running.add(child);
  const [code] = await once(child, 'exit');
  running.delete(child);
  return code;
}

/**
 * Runs Node to its end. Throws unless it ends with 0.
 * @param {readonly string[]} args
 * @param {string} outputFile
 */
export async function runQuiet(args, outputFile) {
  const code = await startQuiet(args, outputFile).ended;
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
}

/**
 * Processor time that a process has used in all its threads, ms; the kernel counts hundredths of a second. 0 where it
 * cannot be read.
 * @param {number | undefined} pid
 */
export function cpuMs(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}
