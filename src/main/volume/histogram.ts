// Percentiles of any number of times in a fixed amount of memory: how many fell into each of some thousand ranges, every
// range a little wider than the one before. It knows nothing of what is measured.

/** Times, counted. */
export interface Histogram {
  /** Counts a time, ms. */
  add(ms: number): void;
  /** The time that a share (0 to 1) of those counted do not exceed, within one percent, ms; null when none was. */
  percentile(share: number): number | null;
}

/** Shortest time that is told apart from shorter ones, ms. */
const least = 0.1;
/** Each range ends at this multiple of its beginning. */
const factor = 1.01;
/** Ranges: they reach to almost ten hours. */
const ranges = 2_000;

/** An empty histogram; it holds 2,000 numbers for ever. */
export function createHistogram(): Histogram {
  const counts = new Uint32Array(ranges);
  let total = 0;
  let shortest = Infinity;
  let longest = 0;

  return {
    add(ms) {
      const place = ms <= least ? 0 : Math.floor(Math.log(ms / least) / Math.log(factor));
      const range = Math.min(place, ranges - 1);
      counts[range] = (counts[range] as number) + 1;
      total += 1;
      shortest = Math.min(shortest, ms);
      longest = Math.max(longest, ms);
    },
    percentile(share) {
      if (total === 0) return null;
      const wanted = Math.max(1, Math.ceil(share * total));
      let seen = 0;
      const range = counts.findIndex((count) => (seen += count) >= wanted);
      const middle = least * factor ** (range + 0.5);
      return round(Math.min(longest, Math.max(shortest, middle)));
    },
  };
}

/** No more digits than the ranges tell apart. */
function round(ms: number): number {
  return ms < 10 ? Math.round(ms * 100) / 100 : Math.round(ms * 10) / 10;
}
