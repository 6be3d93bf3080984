// Seeded mutations of byte strings: bits flipped, pieces cut out, repeated, put in from elsewhere, and two strings spliced.

/** Bytes of a mutation at most. */
const mostBytes = 262_144;
const telling = ['\r\n', '\n', '\r', '\0', ' ', ':', '0', '-1', 'chunked', 'Content-Length: 5\r\n', '\xff', '\r\n\r\n'];

/**
 * @param {import('./random.mjs').Random} random
 * @param {readonly { name: string, bytes: Buffer }[]} cases
 * @returns {{ name: string, bytes: Buffer }} The name says from which cases and how it was made.
 */
export function mutate(random, cases) {
  const pick = () => /** @type {{ name: string, bytes: Buffer }} */ (cases[random.below(cases.length)]);
  const first = pick();
  let bytes = first.bytes;
  const steps = [first.name];
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const step = random.below(5);
    if (step === 0) bytes = flip(random, bytes);
    if (step === 1) bytes = cut(random, bytes);
    if (step === 2) bytes = repeat(random, bytes);
    if (step === 3) {
      const second = pick();
      steps.push(second.name);
      bytes = Buffer.concat([
        bytes.subarray(0, random.below(bytes.length + 1)),
        second.bytes.subarray(random.below(second.bytes.length + 1)),
      ]);
    }
    if (step === 4) bytes = insert(random, bytes);
    steps.push(/** @type {string} */ (['flip', 'cut', 'repeat', 'splice', 'insert'][step]));
  }
  return { name: steps.join(' '), bytes: bytes.subarray(0, mostBytes) };
}

/** @param {import('./random.mjs').Random} random @param {Buffer} bytes */
function flip(random, bytes) {
  const copy = Buffer.from(bytes);
  for (let count = 1 + random.below(8); count > 0 && copy.length > 0; count -= 1) {
    const at = random.below(copy.length);
    copy[at] = /** @type {number} */ (copy[at]) ^ (1 << random.below(8));
  }
  return copy;
}

/** @param {import('./random.mjs').Random} random @param {Buffer} bytes */
function cut(random, bytes) {
  const [from, to] = range(random, bytes.length);
  return random.next() < 0.5 ? bytes.subarray(0, from) : Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}

/** @param {import('./random.mjs').Random} random @param {Buffer} bytes */
function repeat(random, bytes) {
  const [from, to] = range(random, bytes.length);
  const times = 2 + random.below(to - from < 64 ? 200 : 4);
  const piece = bytes.subarray(from, to);
  return Buffer.concat([bytes.subarray(0, from), ...Array.from({ length: times }, () => piece), bytes.subarray(to)]);
}

/** @param {import('./random.mjs').Random} random @param {Buffer} bytes */
function insert(random, bytes) {
  const at = random.below(bytes.length + 1);
  const piece =
    random.next() < 0.7
      ? Buffer.from(/** @type {string} */ (telling[random.below(telling.length)]), 'latin1')
      : Buffer.from(Array.from({ length: 1 + random.below(16) }, () => random.below(256)));
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}

/** @param {import('./random.mjs').Random} random @param {number} length @returns {[number, number]} */
function range(random, length) {
  const from = random.below(length + 1);
  const size = random.next() < 0.5 ? random.below(16) : random.below(length + 1);
  return [from, Math.min(length, from + size)];
}
