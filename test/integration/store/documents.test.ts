import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  promises as fs,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDocument } from '../../../src/main/store/documents.ts';
import type { Document } from '../../../src/main/store/documents.ts';
import { encodeEnvelope } from '../../../src/main/store/envelope.ts';
import { bundle, clock, keptLog, start, temporaryFolder } from './support.ts';

interface Queue {
  entries: { id: string; note?: string | undefined }[];
}
const schema = v.object({ entries: v.array(v.object({ id: v.string(), note: v.optional(v.string()) })) });
const isRoot = process.getuid?.() === 0;

function open(dir: string, more: { readOnly?: boolean; version?: number } = {}): Promise<Document<Queue>> {
  return openDocument<Queue>({
    dir,
    name: 'queue.json',
    version: 1,
    schema,
    defaults: { entries: [] },
    clock,
    logger: keptLog(),
    minIntervalMs: 0,
    ...more,
  });
}

function add(document: Document<Queue>, id: string): Promise<void> {
  return document.update((data) => void data.entries.push({ id }));
}

const ids = (document: Document<Queue>): string[] => document.data.entries.map((entry) => entry.id);
const stored = (path: string): unknown => (JSON.parse(readFileSync(path, 'utf8')) as { payload: unknown }).payload;

/** A folder whose queue has been saved three times: `a`; `a b`; `a b c`. */
async function threeGenerations(): Promise<{ dir: string; path: string }> {
  const dir = temporaryFolder();
  const document = await open(dir);
  for (const id of ['a', 'b', 'c']) await add(document, id);
  return { dir, path: join(dir, 'queue.json') };
}

test('starts with the defaults and writes nothing by itself', async () => {
  const dir = temporaryFolder();
  const document = await open(dir);
  expect(document.data).toEqual({ entries: [] });
  expect(document.recovered).toEqual([]);
  expect(readdirSync(dir)).toEqual([]);
});

test('keeps an update, two generations before it, nothing else; all of it private', async () => {
  const { dir, path } = await threeGenerations();
  expect(readdirSync(dir).sort()).toEqual(['queue.json', 'queue.json.bak1', 'queue.json.bak2']);
  expect(stored(path)).toEqual({ entries: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
  expect(stored(`${path}.bak1`)).toEqual({ entries: [{ id: 'a' }, { id: 'b' }] });
  expect(stored(`${path}.bak2`)).toEqual({ entries: [{ id: 'a' }] });
  for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  expect(ids(await open(dir))).toEqual(['a', 'b', 'c']);
});

test('an update may return a new value, and one that throws changes nothing on disk', async () => {
  const dir = temporaryFolder();
  const document = await open(dir);
  await document.update(() => ({ entries: [{ id: 'new' }] }));
  await expect(
    document.update(() => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(ids(await open(dir))).toEqual(['new']);
});

test('changes made together share one write, and each waits for it', async () => {
  const dir = temporaryFolder();
  const document = await open(dir);
  await Promise.all(Array.from({ length: 100 }, (_, n) => add(document, String(n))));
  expect(ids(document)).toHaveLength(100);
  // Had there been more than one write, there would be a generation before it.
  expect(readdirSync(dir)).toEqual(['queue.json']);
  expect(ids(await open(dir))).toHaveLength(100);
});

test('a change made while a write is in flight goes with the next one', async () => {
  const dir = temporaryFolder();
  const path = join(dir, 'queue.json');
  const document = await open(dir);
  const first = add(document, 'first');
  let second: Promise<void> | undefined;
  // The first write has its bytes once its temporary file is there.
  await expect.poll(() => readdirSync(dir).length, { interval: 1 }).toBeGreaterThan(0);
  second = add(document, 'second');
  await first;
  await second;
  expect(ids(await open(dir))).toEqual(['first', 'second']);
  expect(stored(path)).toEqual({ entries: [{ id: 'first' }, { id: 'second' }] });
});

test('flush waits for what was applied', async () => {
  const dir = temporaryFolder();
  const document = await open(dir);
  const updating = add(document, 'a');
  await document.flush();
  expect(existsSync(join(dir, 'queue.json'))).toBe(true);
  await updating;
  await document.flush();
});

test('the first write starts at once, the next one after the least interval', async () => {
  const dir = temporaryFolder();
  const document = await openDocument<Queue>({
    dir,
    name: 'queue.json',
    version: 1,
    schema,
    defaults: { entries: [] },
    clock,
    logger: keptLog(),
    minIntervalMs: 400,
  });
  const began = performance.now();
  await add(document, 'a');
  const single = performance.now() - began;
  await add(document, 'b');
  expect(performance.now() - began).toBeGreaterThanOrEqual(399);
  expect(single).toBeLessThan(399);
});

test.each(['', '{"version":1,"sha', 'null', '\0\0\0\0'])(
  'a broken file %j is set aside and the copy before it used',
  async (content) => {
    const { dir, path } = await threeGenerations();
    writeFileSync(path, content);
    const document = await open(dir);
    expect(ids(document)).toEqual(['a', 'b']);
    expect(document.recovered).toHaveLength(1);
    expect(document.recovered[0]).toMatch(
      /queue\.json could not be used .* kept as queue\.json\.corrupt-\d{8}T\d{6}Z: the copy before it \(queue\.json\.bak1\) is in use with 2 entries/,
    );
    const aside = readdirSync(dir).filter((name) => name.includes('corrupt'));
    expect(aside).toHaveLength(1);
    expect(readFileSync(join(dir, aside[0] as string), 'utf8')).toBe(content);
    // What was recovered is a good file again.
    expect(stored(path)).toEqual({ entries: [{ id: 'a' }, { id: 'b' }] });
    expect((await open(dir)).recovered).toEqual([]);
  },
);

test('the second generation is used where the first is broken too; without any it starts empty and counts', async () => {
  const { dir, path } = await threeGenerations();
  const whole = readFileSync(path, 'utf8');
  const flipped = whole.replace('"c"', '"x"');
  writeFileSync(path, flipped);
  writeFileSync(`${path}.bak1`, 'nonsense');
  expect(ids(await open(dir))).toEqual(['a']);
  for (const name of readdirSync(dir)) rmSync(join(dir, name));
  writeFileSync(path, flipped);
  const document = await open(dir);
  expect(ids(document)).toEqual([]);
  expect(document.recovered[0]).toMatch(/checksum is wrong.*starts empty; the 3 entries in it may be gone/);
});

test('a missing file is replaced by its copy', async () => {
  const { dir, path } = await threeGenerations();
  rmSync(path);
  const document = await open(dir);
  expect(ids(document)).toEqual(['a', 'b']);
  expect(document.recovered[0]).toContain('queue.json was missing');
});

test('two files broken in the same second keep two names', async () => {
  const dir = temporaryFolder();
  const still = { ...clock, now: () => 1_700_000_000_000 };
  for (let n = 0; n < 2; n += 1) {
    writeFileSync(join(dir, 'queue.json'), `broken ${n}`);
    await openDocument<Queue>({
      dir,
      name: 'queue.json',
      version: 1,
      schema,
      defaults: { entries: [] },
      clock: still,
      logger: keptLog(),
    });
  }
  expect(
    readdirSync(dir)
      .filter((name) => name.includes('corrupt'))
      .sort(),
  ).toEqual(['queue.json.corrupt-20231114T221320Z', 'queue.json.corrupt-20231114T221320Z-2']);
});

test('a file with a bad form keeps its name until its good entries are saved', async () => {
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'queue.json.bak1'), encodeEnvelope(1, { entries: [{ id: 'older' }] }));
  const text = encodeEnvelope(1, { entries: [{ id: 'good' }, null] });
  writeFileSync(join(dir, 'queue.json'), text);
  const rename = vi.spyOn(fs, 'rename').mockRejectedValue(Object.assign(new Error('cut off'), { code: 'EIO' }));
  onTestFinished(() => rename.mockRestore());
  expect(ids(await open(dir))).toEqual(['good']);
  // As after a crash in the middle of that.
  expect(readFileSync(join(dir, 'queue.json'), 'utf8')).toBe(text);
  rename.mockRestore();
  expect(ids(await open(dir))).toEqual(['good']);
  const aside = readdirSync(dir).filter((name) => name.includes('corrupt'));
  expect(aside.map((name) => readFileSync(join(dir, name), 'utf8'))).toContain(text);
  expect(ids(await open(dir))).toEqual(['good']);
});

test('good entries of a file with a bad form are kept, the bad ones counted', async () => {
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'queue.json'), encodeEnvelope(1, { entries: [{ id: 'good' }, null, { id: 5 }] }));
  const document = await open(dir);
  expect(ids(document)).toEqual(['good']);
  expect(document.recovered[0]).toMatch(
    /entries\.1 has the wrong form.*1 entry in it are good and in use, 2 entries are set aside/,
  );
});

test('a file of a newer version is read, never written', async () => {
  const dir = temporaryFolder();
  const path = join(dir, 'queue.json');
  const text = encodeEnvelope(7, { entries: [{ id: 'later' }] });
  writeFileSync(path, text);
  const document = await open(dir);
  expect(document.readOnly).toBe(true);
  expect(ids(document)).toEqual(['later']);
  expect(document.recovered[0]).toContain('newer');
  await expect(add(document, 'x')).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
  await document.flush();
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(readdirSync(dir)).toEqual(['queue.json']);
});

test('a reader beside the owner touches nothing, however broken the file is', async () => {
  const { dir, path } = await threeGenerations();
  writeFileSync(path, 'broken');
  writeFileSync(`${path}.tmp-1-0`, 'in use');
  const before = readdirSync(dir).sort();
  const document = await open(dir, { readOnly: true });
  expect(ids(document)).toEqual(['a', 'b']);
  await expect(add(document, 'x')).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
  expect(readdirSync(dir).sort()).toEqual(before);
});

test('leftovers of a killed save go at start', async () => {
  const { dir, path } = await threeGenerations();
  writeFileSync(`${path}.tmp-12345-0`, 'half');
  writeFileSync(`${path}.tmp-12345-0.bak`, 'half');
  writeFileSync(join(dir, 'other.json.tmp-1-0'), 'not ours');
  await open(dir);
  expect(readdirSync(dir).filter((name) => name.includes('tmp'))).toEqual(['other.json.tmp-1-0']);
});

test('a folder, a pipe or a link to a device in place of the file is an error that names it', async () => {
  const dir = temporaryFolder();
  const path = join(dir, 'queue.json');
  mkdirSync(path);
  await expect(open(dir)).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message: expect.stringContaining(path) as string,
  });
  rmSync(path, { recursive: true });
  execFileSync('mkfifo', [path]);
  await expect(open(dir)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  rmSync(path);
  symlinkSync('/dev/zero', path);
  await expect(open(dir)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});

test('a link to a good file is followed', async () => {
  const { dir, path } = await threeGenerations();
  const other = temporaryFolder();
  symlinkSync(path, join(other, 'queue.json'));
  const document = await open(other);
  expect(ids(document)).toEqual(['a', 'b', 'c']);
  await add(document, 'd');
  expect(ids(await open(other))).toEqual(['a', 'b', 'c', 'd']);
  expect(ids(await open(dir))).toEqual(['a', 'b', 'c']);
});

test.skipIf(isRoot || process.platform === 'win32')(
  'a file that may not be read is an error and stays as it is (needs a user other than root)',
  async () => {
    const { dir, path } = await threeGenerations();
    chmodSync(path, 0);
    await expect(open(dir)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    chmodSync(path, 0o600);
    expect(ids(await open(dir))).toEqual(['a', 'b', 'c']);
  },
);

test('a save that cannot be made leaves the file, rejects, and the change goes with the next save', async () => {
  const { dir, path } = await threeGenerations();
  const document = await open(dir);
  // A folder where the older copy belongs: the rename fails as a disk error would.
  rmSync(`${path}.bak2`);
  mkdirSync(join(`${path}.bak2`, 'full'), { recursive: true });
  await expect(add(document, 'd')).rejects.toMatchObject({ code: 'STORE_FAULT' });
  expect(stored(path)).toEqual({ entries: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
  expect(readdirSync(dir).filter((name) => name.includes('tmp'))).toEqual([]);
  rmSync(`${path}.bak2`, { recursive: true });
  await add(document, 'e');
  expect(ids(await open(dir))).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('flush tries again after a failed save', async () => {
  const { dir, path } = await threeGenerations();
  const document = await open(dir);
  rmSync(`${path}.bak2`);
  mkdirSync(join(`${path}.bak2`, 'full'), { recursive: true });
  await expect(add(document, 'd')).rejects.toMatchObject({ code: 'STORE_FAULT' });
  await expect(document.flush()).rejects.toMatchObject({ code: 'STORE_FAULT' });
  rmSync(`${path}.bak2`, { recursive: true });
  await document.flush();
  expect(ids(await open(dir))).toEqual(['a', 'b', 'c', 'd']);
});

const canMount = isRoot && process.platform === 'linux';
test.skipIf(!canMount)(
  'on a full disk a save is refused, the old file stays whole, and saving resumes (needs root for tmpfs)',
  async () => {
    const dir = temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', dir]);
    onTestFinished(() => void execFileSync('umount', [dir]));
    const document = await open(dir);
    await add(document, 'small');
    const big = { id: 'big', note: 'x'.repeat(400_000) };
    await expect(document.update((data) => void data.entries.push(big))).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(stored(join(dir, 'queue.json'))).toEqual({ entries: [{ id: 'small' }] });
    expect(readdirSync(dir).filter((name) => name.includes('tmp'))).toEqual([]);
    await document.update((data) => ({ entries: data.entries.filter((entry) => entry.id !== 'big') }));
    await add(document, 'after');
    expect(ids(await open(dir))).toEqual(['small', 'after']);
  },
);

test('what was confirmed is there after kill -9', async () => {
  const script = await bundle('document-child');
  const dir = temporaryFolder();
  for (let round = 0; round < 3; round += 1) {
    const child = start(script, dir);
    await child.line((line) => Number(line) >= 40 * (round + 1));
    child.process.kill('SIGKILL');
    await child.ended;
    const confirmed = Number(child.lines.at(-1));
    const document = await openDocument({
      dir,
      name: 'queue.json',
      version: 1,
      schema: v.object({ entries: v.array(v.number()) }),
      defaults: { entries: [] as number[] },
      clock,
      logger: keptLog(),
      readOnly: true,
    });
    expect(document.recovered).toEqual([]);
    expect(document.data.entries).toEqual(Array.from({ length: document.data.entries.length }, (_, n) => n));
    // The change in flight may have made it, too.
    expect(document.data.entries.length - 1 - confirmed).toBeGreaterThanOrEqual(0);
    expect(document.data.entries.length - 1 - confirmed).toBeLessThanOrEqual(1);
  }
});
