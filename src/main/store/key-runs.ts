// Packed, sorted pieces of the key index. A piece is written once, as one row, and searched in memory: an ordinary
// index over random values would touch one page of the file for each value.

/** Entries sorted by hash; under one hash in the order in which they were entered. */
export interface KeyRun {
  readonly hashes: Uint32Array;
  readonly seqs: Float64Array;
  /** Where the hashes of each leading-bits bucket begin. */
  readonly starts: Uint32Array;
  readonly shift: number;
}

/** Bytes of an entry: a double for the number, 32 bits of hash. */
const entryBytes = 12;
const hashRange = 2 ** 32;
/** Most entries of a run: the place of an entry takes the 21 bits that its hash leaves of a double. */
const mostRunEntries = 2 ** 21;

/** Sorts entries into a run. */
export function makeRun(hashes: Uint32Array, seqs: Float64Array): KeyRun {
  // The hash leads and the place follows, so that one sort of plain numbers keeps the order under equal hashes.
  const order = new Float64Array(hashes.length);
  for (let i = 0; i < order.length; i += 1) order[i] = (hashes[i] as number) * mostRunEntries + i;
  order.sort();
  const sortedHashes = new Uint32Array(order.length);
  const sortedSeqs = new Float64Array(order.length);
  for (let i = 0; i < order.length; i += 1) {
    const value = order[i] as number;
    const hash = Math.floor(value / mostRunEntries);
    sortedHashes[i] = hash;
    sortedSeqs[i] = seqs[value - hash * mostRunEntries] as number;
  }
  return withStarts(sortedHashes, sortedSeqs);
}

/** One run of several, the older ones first. */
export function mergeRuns(runs: readonly KeyRun[]): KeyRun {
  const length = runs.reduce((sum, run) => sum + run.hashes.length, 0);
  const hashes = new Uint32Array(length);
  const seqs = new Float64Array(length);
  let at = 0;
  for (const run of runs) {
    hashes.set(run.hashes, at);
    seqs.set(run.seqs, at);
    at += run.hashes.length;
  }
  return makeRun(hashes, seqs);
}

/** The run without the entries of the numbers that are `gone`. */
export function withoutSeqs({ hashes, seqs }: KeyRun, gone: (seq: number) => boolean): KeyRun {
  const keptHashes = new Uint32Array(hashes.length);
  const keptSeqs = new Float64Array(seqs.length);
  let kept = 0;
  for (let i = 0; i < hashes.length; i += 1) {
    const seq = seqs[i] as number;
    if (gone(seq)) continue;
    keptHashes[kept] = hashes[i] as number;
    keptSeqs[kept] = seq;
    kept += 1;
  }
  return withStarts(keptHashes.slice(0, kept), keptSeqs.slice(0, kept));
}

/** The bytes that are stored. */
export function packRun({ hashes, seqs }: KeyRun): Uint8Array {
  const bytes = new Uint8Array(hashes.length * entryBytes);
  bytes.set(new Uint8Array(seqs.buffer));
  bytes.set(new Uint8Array(hashes.buffer), seqs.byteLength);
  return bytes;
}

/** The run of stored bytes; null when they are none. */
export function unpackRun(stored: unknown): KeyRun | null {
  if (!(stored instanceof Uint8Array) || stored.length % entryBytes !== 0) return null;
  const length = stored.length / entryBytes;
  // A copy, because numbers need an aligned place.
  const { buffer } = new Uint8Array(stored);
  return withStarts(new Uint32Array(buffer, length * 8, length), new Float64Array(buffer, 0, length));
}

/** Place of the first entry with this hash; where there is none, that of another or the end. */
export function firstPlace({ hashes, starts, shift }: KeyRun, hash: number): number {
  const bucket = hash >>> shift;
  let low = starts[bucket] as number;
  let high = starts[bucket + 1] as number;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((hashes[middle] as number) < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One past the last entry with this hash. */
export function endPlace(run: KeyRun, hash: number): number {
  return hash + 1 < hashRange ? firstPlace(run, hash + 1) : run.hashes.length;
}

function withStarts(hashes: Uint32Array, seqs: Float64Array): KeyRun {
  const bits = Math.max(1, Math.ceil(Math.log2(hashes.length + 1)) - 2);
  const shift = 32 - bits;
  const starts = new Uint32Array(2 ** bits + 1);
  for (const hash of hashes) {
    const next = (hash >>> shift) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let i = 1; i < starts.length; i += 1) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
  return { hashes, seqs, starts, shift };
}
