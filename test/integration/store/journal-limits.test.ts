// What a document with a journal does at its limits: what is confirmed can always be written and read again, what does
// not fit is refused, and a damaged journal stays until the good part of it is saved.

import { promises as fs, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDocument } from '../../../src/main/store/documents.ts';
import type { Document } from '../../../src/main/store/documents.ts';
import { clock, keptLog, temporaryFolder } from './support.ts';

interface Entry {
  readonly id: string;
  readonly note?: string | undefined;
}
interface Queue {
  entries: Entry[];
}
type Journaled = Document<Queue> & Required<Pick<Document<Queue>, 'put'>>;
const schema = v.object({ entries: v.array(v.object({ id: v.string(), note: v.optional(v.string()) })) });
const mebibyte = 1_048_576;

async function open(dir: string, readOnly = false): Promise<Journaled> {
  const document = await openDocument<Queue>({
    dir,
    name: 'queue.json',
    version: 1,
    schema,
    defaults: { entries: [] },
    clock,
    logger: keptLog(),
    journal: 'entries',
    readOnly,
  });
  return document as Journaled;
}

const ids = (document: Document<Queue>): string[] => document.data.entries.map(({ id }) => id);
const aside = (dir: string): string[] => readdirSync(dir).filter((name) => name.includes('.corrupt-'));

/** Makes every new file whose temporary name starts with `prefix` fail with `code`, until the answer is called. */
function refuse(prefix: string, code: string): () => void {
  const real = fs.open.bind(fs);
  const spy = vi.spyOn(fs, 'open').mockImplementation(async (path, flags, mode) => {
    if (String(path).includes(prefix)) throw Object.assign(new Error(code), { code });
    return real(path, flags, mode);
  });
  const stop = (): void => spy.mockRestore();
  onTestFinished(stop);
  return stop;
}

describe('a damaged journal', () => {
  test('stays until its good records are saved, however often the disk refuses that', async () => {
    const dir = temporaryFolder();
    const before = await open(dir);
    for (let n = 0; n < 20; n += 1) await before.put([{ id: `item-${n}` }], []);
    const path = join(dir, 'queue.journal');
    writeFileSync(path, readFileSync(path, 'utf8').replace('item-3', 'item-X'));
    const wanted = ids(before).filter((id) => id !== 'item-3');
    const recovers = refuse('.tmp-', 'ENOSPC');
    for (let round = 0; round < 2; round += 1) {
      const refused = await open(dir);
      expect(ids(refused)).toEqual(wanted);
      expect(refused.recovered[0]).toMatch(/^queue\.journal was damaged: 18 saves in it are good and in use/);
      expect(aside(dir)).toEqual([]);
    }
    recovers();
    const saved = await open(dir);
    expect(ids(saved)).toEqual(wanted);
    expect(saved.recovered[0]).toMatch(/^queue\.journal was damaged and was kept as queue\.journal\.corrupt-/);
    expect(aside(dir)).toHaveLength(1);
    const last = await open(dir);
    expect(ids(last)).toEqual(wanted);
    expect(last.recovered).toEqual([]);
  });

  test('is set aside by the first save that succeeds, and no later one touches the new journal', async () => {
    const dir = temporaryFolder();
    const before = await open(dir);
    for (let n = 0; n < 5; n += 1) await before.put([{ id: `item-${n}` }], []);
    const path = join(dir, 'queue.journal');
    const damaged = readFileSync(path, 'utf8').replace('item-3', 'item-X');
    writeFileSync(path, damaged);
    const recovers = refuse('.tmp-', 'ENOSPC');
    const document = await open(dir);
    await expect(document.put([{ id: 'a' }], [])).rejects.toMatchObject({ code: 'STORE_FULL' });
    recovers();
    for (const id of ['b', 'c', 'd']) await document.put([{ id }], []);
    expect(aside(dir).map((name) => readFileSync(join(dir, name), 'utf8'))).toEqual([damaged]);
    const again = await open(dir);
    expect(ids(again)).toEqual(['item-0', 'item-1', 'item-2', 'item-4', 'a', 'b', 'c', 'd']);
    expect(again.recovered).toEqual([]);
  });
});

describe('a document that is too large', () => {
  const note = 'x'.repeat(mebibyte);
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `item-${n}`);

  test('takes no new entries, confirms nothing that it could lose, and goes on with what it has', async () => {
    const dir = temporaryFolder();
    const document = await open(dir);
    let held = 0;
    let refusal: unknown = null;
    for (;;) {
      if (!(refusal === null && held < 140)) break;
      const id = `item-${held}`;
      await document.put([{ id, note } as Entry], []).then(
        () => (held += 1),
        (error: unknown) => (refusal = error),
      );
    }
    expect(refusal).toMatchObject({ code: 'STORE_TOO_LARGE', message: expect.stringContaining('larger than 32 MiB') });
    expect(held).toBe(31);
    // What is not taken back stays refused; then there is room again for what is small, or for what was there.
    await expect(document.put([{ id: 'other' }], [])).rejects.toMatchObject({ code: 'STORE_TOO_LARGE' });
    await document.put([], [`item-${held}`]);
    await document.put([{ id: 'item-0', note: note + note }, { id: 'item-1' }] as Entry[], []);
    await document.flush();
    const again = await open(dir);
    expect(again.recovered).toEqual([]);
    expect(ids(again)).toEqual([...numbers(31), 'other']);
    await again.put([{ id: 'item-2' }, { id: 'small' }], []);
    expect(ids(await open(dir, true))).toEqual([...numbers(31), 'other', 'small']);
  }, 60_000);

  test('refuses many new ones at once, and a whole update, with what was there untouched', async () => {
    const dir = temporaryFolder();
    const document = await open(dir);
    await document.put([{ id: 'first' }], []);
    const many = Array.from({ length: 1_200 }, (_, n) => ({ id: `m${n}`, note: note.slice(0, 30_000) }));
    const manyIds = many.map(({ id }) => id);
    await expect(document.put(many, [])).rejects.toMatchObject({ code: 'STORE_TOO_LARGE' });
    await document.put([], manyIds);
    const grow = document.update((data) => ({ entries: [...data.entries, ...many] }));
    await expect(grow).rejects.toMatchObject({ code: 'STORE_TOO_LARGE' });
    await document.update((data) => ({ entries: data.entries.slice(0, 1) }));
    await document.put([{ id: 'last' }], []);
    expect(ids(await open(dir, true))).toEqual(['first', 'last']);
  }, 60_000);

  test('entries that are there may grow up to what the reader accepts', async () => {
    const dir = temporaryFolder();
    const document = await open(dir);
    for (const id of numbers(20)) await document.put([{ id, note } as Entry], []);
    let refusal: unknown = null;
    let grown = 0;
    for (;;) {
      if (!(refusal === null && grown < 20)) break;
      await document.put([{ id: `item-${grown}`, note: note.repeat(4) } as Entry], []).then(
        () => (grown += 1),
        (error: unknown) => (refusal = error),
      );
    }
    expect(refusal).toMatchObject({ code: 'STORE_TOO_LARGE', message: expect.stringContaining('larger than 64 MiB') });
    expect(grown).toBe(14);
    await document.put([], [`item-${grown}`]);
    await document.flush();
    const again = await open(dir);
    expect(again.recovered).toEqual([]);
    expect(again.data.entries.map((entry) => entry.note?.length)).toEqual(
      numbers(19).map((_, n) => (n < 14 ? 4 : 1) * mebibyte),
    );
  }, 60_000);

  test('a journal that cannot be folded ends before the reader would refuse it', async () => {
    const dir = temporaryFolder();
    const document = await open(dir);
    await document.put([{ id: 'a', note } as Entry], []);
    const recovers = refuse('queue.json.tmp-', 'ENOSPC');
    let confirmed = 0;
    let refusal: unknown = null;
    for (;;) {
      if (!(refusal === null && confirmed < 40)) break;
      const next = `${confirmed + 1} ${note.repeat(4)}`;
      await document.put([{ id: 'a', note: next } as Entry], []).then(
        () => (confirmed += 1),
        (error: unknown) => (refusal = error),
      );
    }
    expect(refusal).toMatchObject({ code: 'STORE_FULL' });
    expect(confirmed).toBeGreaterThan(25);
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).size).toBeLessThanOrEqual(128 * mebibyte);
    const reader = await open(dir, true);
    expect(reader.recovered).toEqual([]);
    expect(Number.parseInt(reader.data.entries[0]?.note ?? '', 10)).toBe(confirmed);
    recovers();
    await document.put([{ id: 'b' }], []);
    expect(ids(await open(dir))).toEqual(['a', 'b']);
  }, 60_000);

  test('a fold that fails for a lasting reason reaches the next caller, and saving resumes', async () => {
    const dir = temporaryFolder();
    const document = await open(dir);
    await document.put([{ id: 'a' }], []);
    const recovers = refuse('queue.json.tmp-', 'EACCES');
    let refusal: unknown = null;
    for (let n = 0; ; n += 1) {
      if (!(n < 12 && refusal === null)) break;
      await document
        .put([{ id: 'a', note: note.slice(0, 500_000) } as Entry], [])
        .catch((error: unknown) => (refusal = error));
    }
    expect(refusal).toMatchObject({ code: 'STORE_FAULT' });
    recovers();
    await document.put([{ id: 'b' }], []);
    expect(ids(await open(dir))).toEqual(['a', 'b']);
  });
});
