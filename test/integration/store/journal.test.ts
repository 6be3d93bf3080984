// A document with a journal: what a save costs on disk, what a start makes of every way in which the two may lie there,
// and that nothing confirmed is lost when the process or a file is.

import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDocument } from '../../../src/main/store/documents.ts';
import type { Document } from '../../../src/main/store/documents.ts';
import { encodeEnvelope } from '../../../src/main/store/envelope.ts';
import { encodeRecord } from '../../../src/main/store/journal.ts';
import { bundle, clock, keptLog, start, temporaryFolder } from './support.ts';

interface Entry {
  readonly id: string;
  readonly note?: string | undefined;
}
interface Queue {
  entries: Entry[];
}
type Journaled = Document<Queue> & Required<Pick<Document<Queue>, 'put'>>;
const schema = v.object({ entries: v.array(v.object({ id: v.string(), note: v.optional(v.string()) })) });

async function open(dir: string, more: { readOnly?: boolean } = {}): Promise<Journaled> {
  const document = await openDocument<Queue>({
    dir,
    name: 'queue.json',
    version: 1,
    schema,
    defaults: { entries: [] },
    clock,
    logger: keptLog(),
    journal: 'entries',
    ...more,
  });
  return document as Journaled;
}

const put = (document: Journaled, ...ids: string[]): Promise<void> =>
  document.put(
    ids.map((id) => ({ id })),
    [],
  );
const ids = (document: Document<Queue>): string[] => document.data.entries.map((entry) => entry.id);
const stored = (path: string): Queue => (JSON.parse(readFileSync(path, 'utf8')) as { payload: Queue }).payload;
const storedIds = (dir: string): string[] => stored(join(dir, 'queue.json')).entries.map(({ id }) => id);
const aside = (dir: string): string[] => readdirSync(dir).filter((name) => name.includes('.corrupt-'));
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `item-${n}`);

/** A folder as a crash leaves it: a document with `item-0`, the others in the journal. */
async function crashed(count: number): Promise<string> {
  const dir = temporaryFolder();
  const document = await open(dir);
  for (const id of numbers(count)) await put(document, id);
  return dir;
}

function copyOf(source: string): string {
  const dir = temporaryFolder();
  for (const name of readdirSync(source)) copyFileSync(join(source, name), join(dir, name));
  return dir;
}

describe('saves', () => {
  test('the first writes the document, the next ones only what changed; all of it private', async () => {
    const dir = temporaryFolder();
    const document = await open(dir);
    expect(readdirSync(dir)).toEqual([]);
    await put(document, 'a', 'b', 'c');
    expect(readdirSync(dir)).toEqual(['queue.json']);
    const before = readFileSync(join(dir, 'queue.json'));
    await document.put([{ id: 'b', note: 'changed' }, { id: 'd' }] as Entry[], ['a', 'unknown']);
    await put(document, 'e');
    expect(readdirSync(dir).sort()).toEqual(['queue.journal', 'queue.json']);
    expect(readFileSync(join(dir, 'queue.json'))).toEqual(before);
    expect(readFileSync(join(dir, 'queue.journal'), 'utf8').trim().split('\n')).toHaveLength(2);
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
    const wanted = [{ id: 'b', note: 'changed' }, { id: 'c' }, { id: 'd' }, { id: 'e' }];
    expect(document.data).toEqual({ entries: wanted });
    const again = await open(dir);
    expect(again.data).toEqual({ entries: wanted });
    expect(again.recovered).toEqual([]);
  });

  test('changes made together share one record, those made meanwhile go with the next', async () => {
    const dir = temporaryFolder();
    const document = await open(dir);
    await put(document, 'first');
    await Promise.all(numbers(200).map((id) => put(document, id)));
    expect(readFileSync(join(dir, 'queue.journal'), 'utf8').trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(ids(await open(dir))).toEqual(['first', ...numbers(200)]);
  });

  test('an update writes the document whole and ends the journal', async () => {
    const dir = await crashed(3);
    const document = await open(dir);
    await document.update((data) => ({ entries: data.entries.toReversed() }));
    expect(storedIds(dir)).toEqual(['item-2', 'item-1', 'item-0']);
    await put(document, 'later');
    expect(ids(await open(dir))).toEqual(['item-2', 'item-1', 'item-0', 'later']);
  });

  test('flush folds the journal into the document, and does nothing twice', async () => {
    const dir = temporaryFolder();
    const document = await open(dir);
    await document.flush();
    expect(readdirSync(dir)).toEqual([]);
    for (const id of numbers(5)) await put(document, id);
    await document.flush();
    expect(storedIds(dir)).toEqual(numbers(5));
    const before = readFileSync(join(dir, 'queue.json'));
    await document.flush();
    expect(readFileSync(join(dir, 'queue.json'))).toEqual(before);
  });

  test('a journal that outgrows the document is folded while saves go on', async () => {
    const dir = temporaryFolder();
    const document = await open(dir);
    const note = 'x'.repeat(10_000);
    for (let n = 0; n < 700; n += 1) {
      await document.put([{ id: `item-${n % 7}`, note: `${n} ${note}` } as Entry], []);
    }
    // 7 MB of records in all: more than the least size, several times over.
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).size, name).toBeLessThan(1_400_000);
    const wanted = Array.from({ length: 7 }, (_, n) => ({ id: `item-${n}`, note: `${693 + n} ${note}` }));
    expect((await open(dir)).data).toEqual({ entries: wanted });
    await document.flush();
    expect(stored(join(dir, 'queue.json')).entries).toEqual(wanted);
  });

  test('10,000 entries are written in slices', async () => {
    const dir = temporaryFolder();
    const document = await open(dir);
    const note = 'x'.repeat(250);
    const saved = document.put(
      numbers(10_000).map((id) => ({ id, note })),
      [],
    );
    let turns = 0;
    const state = { isOver: false };
    void saved.finally(() => (state.isOver = true));
    while (!state.isOver) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      turns += 1;
    }
    expect(turns).toBeGreaterThan(3);
    expect((await open(dir)).data.entries).toHaveLength(10_000);
  });

  test('a reader beside the owner sees document and journal, and touches nothing', async () => {
    const dir = temporaryFolder();
    const owner = await open(dir);
    for (const id of numbers(3)) await put(owner, id);
    const before = readdirSync(dir).sort();
    const reader = await open(dir, { readOnly: true });
    expect(ids(reader)).toEqual(numbers(3));
    await expect(put(reader, 'x')).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
    await reader.flush();
    expect(readdirSync(dir).sort()).toEqual(before);
    await put(owner, 'more');
    expect(ids(await open(dir, { readOnly: true }))).toEqual([...numbers(3), 'more']);
  });
});

describe('starts', () => {
  test('a document of another release or another time is not continued by this journal', async () => {
    const dir = await crashed(3);
    writeFileSync(join(dir, 'queue.json'), encodeEnvelope(1, { entries: [{ id: 'older' }] }));
    const document = await open(dir);
    expect(ids(document)).toEqual(['older']);
    expect(document.recovered).toEqual([]);
    await put(document, 'new');
    expect(ids(await open(dir))).toEqual(['older', 'new']);
    for (const generation of [1_000, -1]) {
      writeFileSync(join(dir, 'queue.json'), encodeEnvelope(1, { entries: [{ id: 'x' }], generation }));
      expect(ids(await open(dir, { readOnly: true }))).toEqual(['x']);
    }
  });

  test('every step of a fold is a whole queue', async () => {
    const source = await crashed(3);
    const document = await open(source);
    await put(document, 'item-3');
    await put(document, 'item-4');
    const [queue, journal] = ['queue.json', 'queue.journal'].map((name) => join(source, name)) as [string, string];
    // The next generation's journal is there, its document is not.
    const begun = copyOf(source);
    renameSync(join(begun, 'queue.journal'), join(begun, 'queue.journal.bak1'));
    const between = copyOf(begun);
    expect(ids(await open(between, { readOnly: true }))).toEqual(numbers(5));
    const generation = JSON.parse(readFileSync(journal, 'utf8').slice(17)).generation as number;
    const record = { generation: generation + 1, n: 1, put: [{ id: 'item-5' }], gone: ['item-0'] };
    writeFileSync(join(begun, 'queue.journal'), encodeRecord(record));
    expect(ids(await open(begun, { readOnly: true }))).toEqual(['item-1', 'item-2', 'item-3', 'item-4', 'item-5']);
    // The document is there, too, and holds some of what its journal says again.
    const entries = ['item-1', 'item-2', 'item-3', 'item-4', 'item-5'].map((id) => ({ id }));
    copyFileSync(queue, join(begun, 'queue.json.bak1'));
    writeFileSync(join(begun, 'queue.json'), encodeEnvelope(1, { entries, generation: generation + 1 }));
    const ended = await open(begun);
    expect(ended.data.entries).toEqual(entries);
    expect(ended.recovered).toEqual([]);
  });

  test('a broken document costs nothing: the copy before it and both journals say the same', async () => {
    const dir = await crashed(4);
    const second = await open(dir);
    await put(second, 'item-4');
    await put(second, 'item-5');
    writeFileSync(join(dir, 'queue.json'), 'broken');
    const document = await open(dir);
    // What only the broken file held is gone: the change that came with it.
    expect(ids(document)).toEqual(['item-0', 'item-1', 'item-2', 'item-3', 'item-5']);
    expect(document.recovered.join('\n')).toMatch(
      /queue\.json\.bak1.*\n.*goes on with what its journals hold.*5 entries/,
    );
    expect(aside(dir)).toHaveLength(1);
    expect((await open(dir)).recovered).toEqual([]);
    expect(storedIds(dir)).toEqual(ids(document));
  });

  test('a journal alone still holds its entries', async () => {
    const dir = await crashed(3);
    rmSync(join(dir, 'queue.json'));
    const document = await open(dir);
    expect(ids(document)).toEqual(['item-1', 'item-2']);
    expect(document.recovered).toHaveLength(1);
  });

  test('a last record that was cut off is left out, without a word', async () => {
    const source = await crashed(6);
    const good = readFileSync(join(source, 'queue.journal'));
    const last = good.subarray(0, -1).lastIndexOf(10) + 1;
    for (const at of [last + 1, last + 20, good.length - 2]) {
      const dir = copyOf(source);
      writeFileSync(join(dir, 'queue.journal'), good.subarray(0, at));
      const document = await open(dir);
      expect(ids(document)).toEqual(numbers(5));
      expect(document.recovered).toEqual([]);
      await put(document, 'next');
      expect(ids(await open(dir))).toEqual([...numbers(5), 'next']);
    }
    // Blocks that were never written read as zeros.
    const dir = copyOf(source);
    writeFileSync(join(dir, 'queue.journal'), Buffer.concat([good.subarray(0, last + 9), Buffer.alloc(4_096)]));
    expect(ids(await open(dir))).toEqual(numbers(5));
  });

  test('a broken record in the middle is counted, the journal kept, and the good ones used', async () => {
    const dir = await crashed(8);
    const path = join(dir, 'queue.journal');
    const good = readFileSync(path);
    writeFileSync(path, good.toString('utf8').replace('item-3', 'item-X'));
    const document = await open(dir);
    expect(ids(document)).toEqual(numbers(8).filter((id) => id !== 'item-3'));
    expect(document.recovered).toHaveLength(1);
    expect(document.recovered[0]).toMatch(
      /^queue\.journal was damaged and was kept as queue\.journal\.corrupt-\d{8}T\d{6}Z: 6 saves in it are good and in use, what 1 save held is gone\.$/,
    );
    expect(aside(dir)).toHaveLength(1);
    expect(storedIds(dir)).toEqual(ids(document));
    expect((await open(dir)).recovered).toEqual([]);
  });

  test('a folder, a link and a pipe in place of the journal are set aside and not followed', async () => {
    const source = await crashed(3);
    const outside = join(temporaryFolder(), 'outside');
    writeFileSync(outside, readFileSync(join(source, 'queue.journal')));
    const kinds: Record<string, (path: string) => void> = {
      'is a folder': (path) => mkdirSync(path),
      'is a link': (path) => symlinkSync(outside, path),
      'is not an ordinary file': (path) => void execFileSync('mkfifo', [path]),
    };
    for (const [why, make] of Object.entries(kinds)) {
      const dir = copyOf(source);
      rmSync(join(dir, 'queue.journal'));
      make(join(dir, 'queue.journal'));
      const reader = await open(dir, { readOnly: true });
      expect(reader.recovered[0]).toContain(why);
      expect(aside(dir)).toEqual([]);
      const document = await open(dir);
      expect(ids(document)).toEqual(['item-0']);
      expect(document.recovered[0]).toContain(why);
      expect(aside(dir)).toHaveLength(1);
      await put(document, 'next');
      await put(document, 'last');
      expect(lstatSync(join(dir, 'queue.journal')).isFile()).toBe(true);
      expect(ids(await open(dir))).toEqual(['item-0', 'next', 'last']);
    }
    expect(readFileSync(outside)).toEqual(readFileSync(join(source, 'queue.journal')));
  });

  test('leftovers of a killed save go', async () => {
    const dir = await crashed(2);
    writeFileSync(join(dir, 'queue.journal.tmp-12345-0'), 'half');
    await open(dir);
    expect(readdirSync(dir).filter((name) => name.includes('tmp'))).toEqual([]);
  });
});

const canMount = process.getuid?.() === 0 && process.platform === 'linux';
test.skipIf(!canMount)(
  'on a full disk a save is refused, what was saved stays, and saving resumes (needs root for tmpfs)',
  async () => {
    const dir = temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', dir]);
    onTestFinished(() => void execFileSync('umount', [dir]));
    const document = await open(dir);
    await put(document, 'a');
    await put(document, 'b');
    const big = { id: 'big', note: 'x'.repeat(400_000) };
    await expect(document.put([big], [])).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(readdirSync(dir).filter((name) => name.includes('tmp'))).toEqual([]);
    expect(ids(await open(dir, { readOnly: true }))).toEqual(['a', 'b']);
    await document.put([], ['big']);
    await put(document, 'c');
    await put(document, 'd');
    expect(ids(await open(dir, { readOnly: true }))).toEqual(['a', 'b', 'c', 'd']);
    // Closes the journal, which would keep the disk busy.
    await document.flush();
  },
);

test('a journal that cannot be made is replaced by the document; what fails is not forgotten', async () => {
  const dir = temporaryFolder();
  const document = await open(dir);
  await put(document, 'a');
  // A folder in the journal's place: the rename fails as a disk error would.
  mkdirSync(join(dir, 'queue.journal', 'full'), { recursive: true });
  mkdirSync(join(dir, 'queue.journal.bak1', 'full'), { recursive: true });
  mkdirSync(join(dir, 'queue.journal.bak2', 'full'), { recursive: true });
  await put(document, 'b');
  expect(storedIds(dir)).toEqual(['a', 'b']);
  // The document cannot be written either.
  rmSync(join(dir, 'queue.json.bak1'));
  mkdirSync(join(dir, 'queue.json.bak1', 'full'), { recursive: true });
  await expect(put(document, 'c')).rejects.toMatchObject({ code: 'STORE_FAULT' });
  await expect(document.flush()).rejects.toMatchObject({ code: 'STORE_FAULT' });
  expect(storedIds(dir)).toEqual(['a', 'b']);
  for (const name of readdirSync(dir)) if (name !== 'queue.json') rmSync(join(dir, name), { recursive: true });
  await put(document, 'd');
  await put(document, 'e');
  expect(existsSync(join(dir, 'queue.journal'))).toBe(true);
  expect(ids(await open(dir))).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('seeded damage to the journal: every good record is in use, nothing else, and what is gone is told', async () => {
  const source = temporaryFolder();
  const before = await open(source);
  for (const id of numbers(40)) await put(before, id);
  const good = readFileSync(join(source, 'queue.journal'));
  let seed = 20_261_123;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 4) % below;
  };
  for (let round = 0; round < 250; round += 1) {
    const dir = copyOf(source);
    let bytes = Buffer.from(good);
    const at = random(bytes.length);
    const kind = round % 5;
    if (kind === 0) bytes[at] = (bytes[at] as number) ^ (1 << random(8));
    if (kind === 1) bytes = bytes.subarray(0, at);
    if (kind === 2) bytes.fill(0, at, Math.min(at + 512, bytes.length));
    if (kind === 3) bytes = Buffer.concat([bytes, Buffer.from('}\n'.repeat(random(9) + 1))]);
    if (kind === 4) {
      const [from, length] = [random(bytes.length - 600), 1 + random(300)];
      const [one, other] = [good.subarray(from, from + length), good.subarray(from + length, from + 2 * length)];
      bytes = Buffer.concat([good.subarray(0, from), other, one, good.subarray(from + 2 * length)]);
    }
    writeFileSync(join(dir, 'queue.journal'), bytes);
    const document = await open(dir);
    const left = ids(document);
    expect(left, `round ${round}`).toEqual(numbers(40).filter((id) => left.includes(id)));
    const isTold = document.recovered.length > 0;
    expect(aside(dir)).toHaveLength(isTold ? 1 : 0);
    // Only what lies at the end can be a write that did not finish.
    if (!isTold) expect(left, `round ${round}`).toEqual(numbers(left.length));
    if (kind !== 1) expect(left.length, `round ${round}`).toBeGreaterThan(30);
    expect(ids(await open(dir, { readOnly: true }))).toEqual(left);
  }
});

test.each([0, 60_000])('what was confirmed is there after kill -9 (entries of %s bytes)', async (size) => {
  const script = await bundle('journal-child');
  const dir = temporaryFolder();
  for (let round = 0; round < 3; round += 1) {
    const child = start(script, dir, String(size));
    await child.line((line) => Number(line) >= 60 * (round + 1));
    child.process.kill('SIGKILL');
    await child.ended;
    const confirmed = Number(child.lines.at(-1));
    const document = await open(dir, { readOnly: true });
    expect(document.recovered).toEqual([]);
    const left = ids(document).map(Number);
    const last = left.at(-1) as number;
    expect(left).toEqual(Array.from({ length: left.length }, (_, n) => last - left.length + 1 + n));
    expect(left).toHaveLength(Math.min(10, last + 1));
    // The change in flight may have made it, too.
    expect(last - confirmed).toBeGreaterThanOrEqual(0);
    expect(last - confirmed).toBeLessThanOrEqual(1);
  }
});
