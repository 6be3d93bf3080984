// Every broken file of the hostile corpus in place of the queue or the history: the store starts, says what happened,
// keeps the broken file, uses the newest good copy, and stores again.

import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { openDocument } from '../../../src/main/store/documents.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import { clock, exchange, keptLog, requestId, temporaryFolder } from './support.ts';

const corpus = join('test', 'fixtures', 'hostile', 'state');
const files = readdirSync(corpus);
const schema = v.object({ items: v.array(v.object({ id: v.string() })) });

function openQueue(dir: string) {
  return openDocument({
    dir,
    name: 'queue.json',
    version: 1,
    schema,
    defaults: { items: [] as { id: string }[] },
    clock,
    logger: keptLog(),
    minIntervalMs: 0,
  });
}

const aside = (dir: string): string[] => readdirSync(dir).filter((name) => name.includes('.corrupt-'));

test('the corpus is there', () => {
  expect(files.filter((name) => name.startsWith('queue-')).length).toBeGreaterThanOrEqual(9);
  expect(files.filter((name) => name.startsWith('history-')).length).toBeGreaterThanOrEqual(2);
});

describe.each(files.filter((name) => name.startsWith('queue-') && name !== 'queue-future-version.json'))(
  '%s',
  (name) => {
    test('without a copy: starts empty and says so', async () => {
      const dir = temporaryFolder();
      copyFileSync(join(corpus, name), join(dir, 'queue.json'));
      const document = await openQueue(dir);
      expect(document.data).toEqual({ items: [] });
      expect(document.readOnly).toBe(false);
      expect(document.recovered).toHaveLength(1);
      expect(aside(dir)).toHaveLength(1);
      expect(readFileSync(join(dir, aside(dir)[0] as string))).toEqual(readFileSync(join(corpus, name)));
      await document.update((data) => void data.items.push({ id: 'new' }));
      expect((await openQueue(dir)).data).toEqual({ items: [{ id: 'new' }] });
      expect(({} as { items?: unknown }).items).toBeUndefined();
    });

    test('with a copy: uses it', async () => {
      const dir = temporaryFolder();
      const before = await openQueue(dir);
      await before.update((data) => void data.items.push({ id: 'kept' }));
      await before.update((data) => void data.items.push({ id: 'newest' }));
      copyFileSync(join(corpus, name), join(dir, 'queue.json'));
      const document = await openQueue(dir);
      expect(document.data).toEqual({ items: [{ id: 'kept' }] });
      expect(document.recovered[0]).toContain('queue.json.bak1');
    });
  },
);

test('the entries that are gone are counted', async () => {
  const dir = temporaryFolder();
  copyFileSync(join(corpus, 'queue-bad-items.json'), join(dir, 'queue.json'));
  expect((await openQueue(dir)).recovered[0]).toMatch(/the 7 entries in it may be gone/);
});

test('queue-future-version.json is left alone and open for reading only', async () => {
  const dir = temporaryFolder();
  copyFileSync(join(corpus, 'queue-future-version.json'), join(dir, 'queue.json'));
  const document = await openQueue(dir);
  expect(document.readOnly).toBe(true);
  await expect(document.update(() => undefined)).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
  expect(readdirSync(dir)).toEqual(['queue.json']);
  expect(readFileSync(join(dir, 'queue.json'))).toEqual(readFileSync(join(corpus, 'queue-future-version.json')));
});

test.each(files.filter((name) => name.startsWith('history-')))('%s is set aside and storing goes on', async (name) => {
  const dir = temporaryFolder();
  copyFileSync(join(corpus, name), join(dir, 'history.sqlite'));
  const history = openHistory({ dir, clock, logger: keptLog() });
  expect(history.recovered).toHaveLength(1);
  expect(history.recovered[0]).toMatch(
    /history\.sqlite could not be used .* kept as history\.sqlite\.corrupt-\d{8}T\d{6}Z/,
  );
  expect(aside(dir).filter((file) => !/-(?:wal|shm)$/.test(file))).toHaveLength(1);
  expect(history.fault).toBeNull();
  await history.append(exchange({ seq: history.nextSeq() }));
  expect(history.get(requestId(1))).not.toBeNull();
  expect(history.check()).toBe('ok');
  await history.close();
  const again = openHistory({ dir, clock, logger: keptLog() });
  expect(again.recovered).toEqual([]);
  expect(again.count()).toBe(1);
  await again.close();
});

test('seeded damage to a document: it opens with one of the generations, whole', async () => {
  const source = temporaryFolder();
  const before = await openQueue(source);
  for (let n = 0; n < 40; n += 1) await before.update((data) => void data.items.push({ id: `item-${n}` }));
  const good = readFileSync(join(source, 'queue.json'));
  let seed = 20_261_123;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed % below;
  };
  for (let round = 0; round < 100; round += 1) {
    const dir = temporaryFolder();
    for (const name of readdirSync(source)) copyFileSync(join(source, name), join(dir, name));
    let bytes = Buffer.from(good);
    const at = random(bytes.length);
    const kind = round % 5;
    if (kind === 0) bytes[at] = (bytes[at] as number) ^ (1 << random(8));
    if (kind === 1) bytes = bytes.subarray(0, at);
    if (kind === 2) bytes.fill(0, at, Math.min(at + 64, bytes.length));
    if (kind === 3) bytes = Buffer.concat([bytes, Buffer.from('}'.repeat(random(9) + 1))]);
    if (kind === 4) bytes.copyWithin(at, random(bytes.length), random(bytes.length));
    writeFileSync(join(dir, 'queue.json'), bytes);
    const document = await openQueue(dir);
    const count = document.data.items.length;
    expect([39, 40], `round ${round}`).toContain(count);
    expect(document.data.items).toEqual(Array.from({ length: count }, (_, n) => ({ id: `item-${n}` })));
    expect(document.recovered).toHaveLength(count === 40 ? 0 : 1);
  }
});
