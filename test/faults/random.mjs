// Random choices of the fault harness. All of them come from one printed number, so that a failing run can be
// repeated as far as a run that kills processes can be.

/**
 * @typedef {object} Random
 * @property {() => number} next 0 to 1, 1 excluded.
 * @property {(low: number, high: number) => number} between A number from `low` to `high`.
 * @property {(count: number) => number} below A whole number from 0 to `count - 1`.
 */

/**
 * A small generator (mulberry32) whose numbers depend on the seed and the name alone.
 * @param {number} seed Any whole number.
 * @param {string} [name] Separates streams, so that one consumer's draws do not shift another's.
 * @returns {Random}
 */
export function createRandom(seed, name = '') {
  let state = seed >>> 0;
  for (const char of name) state = (Math.imul(state ^ char.charCodeAt(0), 0x01000193) + 0x9e3779b9) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    below: (count) => Math.floor(next() * count),
  };
}
