// Runs a child process and ends it when it stops making progress. Progress is
// any change in the files of the watched folders: a slow download goes on for as
// long as it takes, one that hangs does not. Knows nothing of what the child does.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} ChildResult
 * @property {number | null} code
 * @property {boolean} stalled ended here, for lack of progress
 * @property {string} output the last part of what it wrote
 */

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {object} options
 * @param {string} options.cwd
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {readonly string[]} [options.watch] folders whose files show progress
 * @param {number} [options.stallMs] no limit when it is left out
 * @param {number} [options.pollMs]
 * @param {boolean} [options.shell]
 * @returns {Promise<ChildResult>}
 */
export function runWatched(command, args, options) {
  const { cwd, env = process.env, watch = [], stallMs, shell = false } = options;
  const pollMs = options.pollMs ?? Math.min(1_000, (stallMs ?? 10_000) / 10);
  return new Promise((resolve) => {
    const child = spawn(command, [...args], { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stalled = false;
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk.toString()).slice(-65_536);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);

    const endChild = () => child.kill('SIGKILL');
    process.once('exit', endChild);

    let seen = progressOf(watch);
    let seenAt = performance.now();
    const timer =
      stallMs === undefined
        ? undefined
        : setInterval(() => {
            const now = progressOf(watch);
            if (now !== seen) {
              seen = now;
              seenAt = performance.now();
            } else if (performance.now() - seenAt >= stallMs) {
              stalled = true;
              endChild();
            }
          }, pollMs);

    /** @param {number | null} code */
    const settle = (code) => {
      clearInterval(timer);
      process.removeListener('exit', endChild);
      resolve({ code, stalled, output });
    };
    child.once('error', (error) => {
      output += error.message;
      settle(null);
    });
    child.once('close', settle);
  });
}

/**
 * @param {readonly string[]} folders
 * @returns {string} number and total size of the files
 */
function progressOf(folders) {
  let count = 0;
  let size = 0;
  const pending = [...folders];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of listFolder(folder)) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) pending.push(file);
      count += 1;
      size += fs.lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
    }
  }
  return `${count}/${size}`;
}

/** @param {string} folder */
function listFolder(folder) {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
