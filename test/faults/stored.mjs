// Reads a data folder back through the command line, as a person would: what is stored, and whether it is sound.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './ledger.mjs';

/**
 * Every stored request, oldest first. Those without the harness's id in `x-fault-id` are named by their number.
 * @param {import('./processes.mjs').Processes} processes
 * @param {string} cli
 * @param {string} dataDir
 * @param {string[]} trouble Gets a sentence when reading fails.
 */
export async function readStored(processes, cli, dataDir, trouble) {
  /** @type {(import('./received-check.mjs').StoredEntry & { isOurs: boolean, target: string, line: any })[]} */
  const stored = [];
  const { code, errors } = await processes.run(cli, ['requests', '--json', '--limit', '0', '--data-dir', dataDir], {
    timeoutMs: 120_000,
    onLine: (line) => {
      if (line.type !== undefined && line.type !== 'request') return;
      const id = line.headers.find(
        (/** @type {[string, string]} */ [name]) => name.toLowerCase() === 'x-fault-id',
      )?.[1];
      const bodySha = sha256(Buffer.from(line.bodyBase64, 'base64'));
      const { seq, target } = line;
      stored.push({
        id: id ?? `no id, seq ${seq}`,
        seq,
        sha256: line.sha256,
        bodySha,
        isOurs: id !== undefined,
        target,
        line,
      });
    },
  });
  if (code !== 0) trouble.push(`reading the stopped folder ended with ${code}: ${errors.slice(-500)}`);
  return stored;
}

/**
 * @param {import('./processes.mjs').Processes} processes
 * @param {string} file
 * @returns {Promise<string[]>} What is wrong; empty when sound.
 */
export async function checkIntegrity(processes, file) {
  /** @type {any} */
  let answer;
  const { errors } = await processes.run(join(import.meta.dirname, 'integrity.mjs'), [file], {
    onLine: (line) => (answer = line),
  });
  if (answer === undefined) return [`no answer: ${errors.slice(-500)}`];
  return answer.isSound ? [] : answer.found;
}

/**
 * Crash files and quarantined files.
 * @param {string} dataDir
 */
export function findDebris(dataDir) {
  return readdirSync(dataDir).filter((name) => /crash|corrupt/.test(name));
}

/**
 * What unfinished saves left behind. Those of a killed process stay until the next owner of the folder.
 * @param {string} dataDir
 */
export function findLeftovers(dataDir) {
  return readdirSync(dataDir).filter((name) => name.includes('.tmp-'));
}

/**
 * A count and the first few, as one problem; none for an empty list.
 * @param {readonly string[]} items
 * @param {string} what
 */
export function told(items, what) {
  return items.length === 0 ? [] : [`${items.length} ${what}: ${items.slice(0, 10).join(', ')}`];
}
