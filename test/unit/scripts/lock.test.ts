import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../../scripts/setup/lock.mjs';
import { createFolder, runScript, writeFiles } from './stub-project.ts';

const lockModule = fileURLToPath(new URL('../../../scripts/setup/lock.mjs', import.meta.url));
let root: string;
let lock: string;

beforeEach(() => {
  root = createFolder();
  lock = path.join(root, '.cache', 'a.lock');
});
afterEach(() => fs.rmSync(root, { recursive: true }));

/** Enters the lock, notes it, stays for two turns of the others' polling, and notes that it leaves. */
const worker = `
import fs from 'node:fs';
import { withLock } from ${JSON.stringify(lockModule)};
await withLock('.cache/a.lock', async () => {
  fs.appendFileSync('journal', 'in\\n');
  await new Promise((resolve) => setTimeout(resolve, 40));
  fs.appendFileSync('journal', 'out\\n');
}, { pollMs: 10 });
`;

describe('the lock', () => {
  it('lets one process in at a time', async () => {
    writeFiles(root, { 'worker.mjs': worker });
    const all = [1, 2, 3].map(() => runScript(root, process.execPath, ['worker.mjs']).ended);
    for (const end of await Promise.all(all)) expect(end).toMatchObject({ code: 0, output: '' });
    expect(fs.readFileSync(path.join(root, 'journal'), 'utf8')).toBe('in\nout\n'.repeat(3));
    expect(fs.existsSync(lock)).toBe(false);
  });

  it('tells once whom it waits for', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = withLock(lock, () => held);
    const waits: (number | undefined)[] = [];
    const second = withLock(lock, () => 'second', {
      pollMs: 5,
      onWait: (pid) => {
        waits.push(pid);
        release();
      },
    });
    expect(await second).toBe('second');
    await first;
    expect(waits).toEqual([process.pid]);
  });

  it('is free again after the work failed', async () => {
    await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(fs.existsSync(lock)).toBe(false);
  });

  it('is taken over from a process that is gone, by one of several that wait', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    writeFiles(root, { 'worker.mjs': worker, '.cache/a.lock': JSON.stringify({ pid: gone, token: 'gone' }) });
    const all = [1, 2, 3].map(() => runScript(root, process.execPath, ['worker.mjs']).ended);
    for (const end of await Promise.all(all)) expect(end).toMatchObject({ code: 0, output: '' });
    expect(fs.readFileSync(path.join(root, 'journal'), 'utf8')).toBe('in\nout\n'.repeat(3));
  });

  it('is taken over when its time has not been renewed, though its process number is in use', async () => {
    writeFiles(root, { '.cache/a.lock': JSON.stringify({ pid: process.pid, token: 'other' }) });
    fs.utimesSync(lock, 1, 1);
    expect(await withLock(lock, () => 'done')).toBe('done');
  });

  it('is renewed while it is held, so that long work keeps it', async () => {
    await withLock(
      lock,
      async () => {
        fs.utimesSync(lock, 1, 1);
        await expect.poll(() => fs.statSync(lock).mtimeMs).toBeGreaterThan(1_000);
      },
      { renewMs: 10 },
    );
  });

  it('is released when its holder is ended by exit', async () => {
    writeFiles(root, {
      'leaver.mjs': `import { withLock } from ${JSON.stringify(lockModule)};
        await withLock('.cache/a.lock', () => process.exit(3));`,
    });
    expect((await runScript(root, process.execPath, ['leaver.mjs']).ended).code).toBe(3);
    expect(fs.existsSync(lock)).toBe(false);
  });
});
