import { expect, test } from 'vitest';
import {
  endPlace,
  firstPlace,
  makeRun,
  mergeRuns,
  packRun,
  unpackRun,
  withoutSeqs,
} from '../../../../src/main/store/key-runs.ts';
import type { KeyRun } from '../../../../src/main/store/key-runs.ts';

type Entry = readonly [hash: number, seq: number];

function run(entries: readonly Entry[]): KeyRun {
  return makeRun(
    Uint32Array.from(entries, ([hash]) => hash),
    Float64Array.from(entries, ([, seq]) => seq),
  );
}

function under(of: KeyRun, hash: number): number[] {
  const first = firstPlace(of, hash);
  return of.hashes[first] === hash ? [...of.seqs.subarray(first, endPlace(of, hash))] : [];
}

/** Hashes that lie close together, at both ends, and far apart; most of them several times. */
const hashes = [0, 1, 2, 3, 255, 2 ** 16, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 2, 2 ** 32 - 1];
const entries: readonly Entry[] = Array.from({ length: 500 }, (_, n): Entry => {
  const hash = n % 3 === 0 ? Math.imul(n, 0x9e3779b1) >>> 0 : (hashes[(n * 7) % hashes.length] as number);
  return [hash, n * 2 ** 31];
});
const absent = [4, 254, 2 ** 16 + 1, 2 ** 32 - 3];

test.each([0, 1, 2, 5, 500])('of %i entries each is found under its hash, in the order of entry', (count) => {
  const some = entries.slice(0, count);
  const packed = unpackRun(packRun(run(some))) as KeyRun;
  for (const of of [run(some), packed]) {
    for (const hash of [...some.map(([one]) => one), ...hashes, ...absent])
      expect(under(of, hash)).toEqual(some.filter(([one]) => one === hash).map(([, seq]) => seq));
  }
});

test('a merged run holds all entries, those of the older runs first', () => {
  const merged = mergeRuns([
    run(entries.slice(0, 200)),
    run([]),
    run(entries.slice(200, 210)),
    run(entries.slice(210)),
  ]);
  for (const [hash] of entries)
    expect(under(merged, hash)).toEqual(entries.filter(([one]) => one === hash).map(([, seq]) => seq));
});

test('bytes at any address are unpacked', () => {
  const bytes = packRun(run(entries));
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(unpackRun(shifted.subarray(3))).toEqual(run(entries));
});

test('what is no run is told apart, and bytes that only look like one do no harm', () => {
  for (const stored of [null, undefined, 'text', 12, new Uint8Array(13)]) expect(unpackRun(stored)).toBeNull();
  const noise = Uint8Array.from({ length: 1_200 }, (_, n) => (n * 151 + 7) & 0xff);
  const run = unpackRun(noise) as KeyRun;
  for (const hash of [...hashes, ...run.hashes]) {
    const first = firstPlace(run, hash);
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first).toBeLessThanOrEqual(100);
    expect(endPlace(run, hash)).toBeLessThanOrEqual(100);
  }
});

test('a run without some numbers holds the others as before', () => {
  const whole = run(entries);
  const gone = (seq: number): boolean => (seq / 2 ** 31) % 5 === 0;
  const left = withoutSeqs(whole, gone);
  for (const hash of [...hashes, ...entries.map(([one]) => one), ...absent])
    expect(under(left, hash)).toEqual(under(whole, hash).filter((seq) => !gone(seq)));
  const empty = withoutSeqs(whole, () => true);
  expect(empty.hashes).toHaveLength(0);
  expect(under(unpackRun(packRun(empty)) as KeyRun, 1)).toEqual([]);
});
