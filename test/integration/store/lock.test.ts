import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataFolder } from '../../../src/main/store/folder.ts';
import { acquireLock, readOwner } from '../../../src/main/store/lock.ts';
import { bundle, start, temporaryFolder } from './support.ts';

const isRoot = process.getuid?.() === 0;

test('a folder is made private, and private again', () => {
  const dir = join(temporaryFolder(), 'a', 'b');
  expect(openDataFolder(dir).warnings).toEqual([]);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  writeFileSync(join(dir, 'queue.json'), '');
  chmodSync(dir, 0o755);
  expect(openDataFolder(dir).warnings).toEqual([]);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

test("somebody else's folder keeps its rights, with a warning", () => {
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'thesis.txt'), '');
  chmodSync(dir, 0o755);
  expect(openDataFolder(dir).warnings[0]).toContain(dir);
  expect(statSync(dir).mode & 0o777).toBe(0o755);
});

test('a folder that cannot be one is an error that names it', () => {
  const dir = temporaryFolder();
  const file = join(dir, 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'below')]) {
    expect(() => openDataFolder(path)).toThrowError(
      expect.objectContaining({ code: 'STORE_UNREADABLE', message: expect.stringContaining(path) as string }) as Error,
    );
  }
  const absent = join(dir, 'absent');
  expect(() => openDataFolder(absent, { readOnly: true })).toThrowError(
    expect.objectContaining({ code: 'STORE_UNREADABLE' }) as Error,
  );
  expect(readdirSync(dir)).toEqual(['file']);
});

test.skipIf(isRoot || process.platform === 'win32')(
  'a folder that may not be written is an error (needs a user other than root)',
  () => {
    const dir = temporaryFolder();
    chmodSync(dir, 0o500);
    expect(() => openDataFolder(dir)).toThrowError(expect.objectContaining({ code: 'STORE_UNREADABLE' }) as Error);
  },
);

test('a lock names its owner and goes with it', () => {
  const dir = temporaryFolder();
  expect(readOwner(dir)).toBeNull();
  const lock = acquireLock(dir);
  expect(readOwner(dir)).toBe(process.pid);
  expect(statSync(join(dir, 'lock')).mode & 0o777).toBe(0o600);
  expect(() => acquireLock(dir)).toThrowError(
    expect.objectContaining({
      code: 'STORE_LOCKED',
      details: { pid: process.pid },
      message: expect.stringContaining(String(process.pid)) as string,
    }) as Error,
  );
  lock.release();
  lock.release();
  expect(readdirSync(dir)).toEqual([]);
  acquireLock(dir).release();
});

test('a lock of a living process id with another start time, of a dead one, or unreadable, is taken over', async () => {
  const ended = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => ended.once('exit', resolve));
  for (const text of [
    `{"pid":${ended.pid},"start":null}`,
    `{"pid":${process.pid},"start":"another:1"}`,
    '{"pid":-1}',
    '',
    'nonsense',
  ]) {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'lock'), text);
    // Start times are known on Linux only.
    if (text.includes('another') && process.platform !== 'linux') continue;
    expect(readOwner(dir)).toBeNull();
    acquireLock(dir);
    expect(readOwner(dir)).toBe(process.pid);
    expect(readdirSync(dir)).toEqual(['lock']);
  }
});

test('a lock that was taken over is not released by its former owner', () => {
  const dir = temporaryFolder();
  const lock = acquireLock(dir);
  writeFileSync(join(dir, 'lock'), '{"pid":1,"start":null}');
  lock.release();
  expect(readFileSync(join(dir, 'lock'), 'utf8')).toContain('"pid":1');
});

test('a claim whose taker died is taken over as well', () => {
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'lock'), '{"pid":999999991,"start":"x:1"}');
  writeFileSync(join(dir, 'lock.claim-999999991-x1'), '{"pid":999999992,"start":"x:2"}');
  acquireLock(dir);
  expect(readdirSync(dir)).toEqual(['lock']);
  expect(readOwner(dir)).toBe(process.pid);
});

test('a claim whose taker lives refuses the lock and names the taker', () => {
  const dir = temporaryFolder();
  const other = temporaryFolder();
  acquireLock(other);
  writeFileSync(join(dir, 'lock'), '{"pid":999999991,"start":"x:1"}');
  writeFileSync(join(dir, 'lock.claim-999999991-x1'), readFileSync(join(other, 'lock')));
  expect(() => acquireLock(dir)).toThrowError(
    expect.objectContaining({ code: 'STORE_LOCKED', details: { pid: process.pid } }) as Error,
  );
});

test('a folder in place of the lock is an error that names it', () => {
  const dir = temporaryFolder();
  mkdirSync(join(dir, 'lock'));
  expect(() => acquireLock(dir)).toThrowError(expect.objectContaining({ code: 'STORE_UNREADABLE' }) as Error);
});

test('of several processes that race for a free or a stale lock, one wins', async () => {
  const script = await bundle('lock-child');
  const dir = temporaryFolder();
  const rounds = 300;
  for (let round = 0; round < rounds; round += 1) {
    const folder = join(dir, String(round));
    mkdirSync(folder);
    if (round % 3 > 0) writeFileSync(join(folder, 'lock'), '{"pid":999999991,"start":"x:1"}');
  }
  const at = String(Date.now() + 700);
  const children = Array.from({ length: 3 }, () => start(script, dir, String(rounds), at));
  const outcomes = (await Promise.all(children.map((child) => child.line((line) => line.startsWith('['))))).map(
    (line) => JSON.parse(line) as string[],
  );
  for (let round = 0; round < rounds; round += 1) {
    const here = outcomes.map((list) => list[round]);
    expect(
      here.filter((outcome) => outcome === 'locked'),
      `round ${round}`,
    ).toHaveLength(1);
    expect(
      here.filter((outcome) => outcome?.startsWith('STORE_LOCKED')),
      `round ${round}`,
    ).toHaveLength(2);
    expect(readOwner(join(dir, String(round)))).toBe(children[here.indexOf('locked')]?.process.pid);
  }
  // Killed, a winner leaves locks behind that the next one takes.
  for (const child of children) child.process.kill('SIGKILL');
  await Promise.all(children.map((child) => child.ended));
  acquireLock(join(dir, '0'));
  expect(readdirSync(join(dir, '0'))).toEqual(['lock']);
});
