// Two texts line by line: the longest common run of lines stays, the rest was removed, added or changed.

import type { Differences, Steps } from './differences.ts';

/** Largest table that is filled to find common lines; above it lines are compared place by place. */
const cellLimit = 1_000_000;

/** Adds what differs. Line ends are part of a line, so that CR LF and LF differ. */
export function* compareLines(a: string, b: string, differences: Differences): Steps {
  const linesA = yield* splitLines(a);
  const linesB = yield* splitLines(b);
  let start = 0;
  while (start < Math.min(linesA.length, linesB.length) && linesA[start] === linesB[start]) {
    if ((start += 1) % 4_096 === 0) yield;
  }
  let [endA, endB] = [linesA.length, linesB.length];
  for (; endA > start && endB > start && linesA[endA - 1] === linesB[endB - 1]; endA -= 1, endB -= 1) {
    if (endA % 4_096 === 0) yield;
  }
  const from = linesA.slice(start, endA);
  const to = linesB.slice(start, endB);
  const common = from.length * to.length <= cellLimit ? yield* commonLines(from, to) : [];

  let [doneA, doneB] = [0, 0];
  for (const [nextA, nextB] of [...common, [from.length, to.length] as const]) {
    for (; doneA < nextA || doneB < nextB;) {
      const before = doneA < nextA ? (from[doneA] as string) : null;
      const after = doneB < nextB ? (to[doneB] as string) : null;
      const kind = before === null ? 'added' : after === null ? 'removed' : 'changed';
      const line = before === null ? start + doneB : start + doneA;
      if (before !== after) differences.add({ part: 'body', kind, path: `line ${line + 1}`, a: before, b: after });
      if (differences.isCut()) return;
      if (before !== null) doneA += 1;
      if (after !== null) doneB += 1;
      if ((doneA + doneB) % 4_096 < 2) yield;
    }
    [doneA, doneB] = [nextA + 1, nextB + 1];
  }
}

function* splitLines(text: string): Steps<string[]> {
  const lines: string[] = [];
  for (let at = 0; at <= text.length;) {
    const end = text.indexOf('\n', at);
    lines.push(text.slice(at, end === -1 ? undefined : end));
    if (end === -1) return lines;
    at = end + 1;
    if (lines.length % 4_096 === 0) yield;
  }
  return lines;
}

/** Places of a longest common subsequence, in order. */
function* commonLines(a: readonly string[], b: readonly string[]): Steps<(readonly [number, number])[]> {
  const width = b.length + 1;
  // A cell is at most the shorter length, which the limit on the table keeps below 65,536.
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    yield;
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const down = longest[(i + 1) * width + j] as number;
      const right = longest[i * width + j + 1] as number;
      const diagonal = longest[(i + 1) * width + j + 1] as number;
      longest[i * width + j] = a[i] === b[j] ? diagonal + 1 : Math.max(down, right);
    }
  }
  const places: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      places.push([i, j]);
      i += 1;
      j += 1;
    } else if ((longest[(i + 1) * width + j] as number) >= (longest[i * width + j + 1] as number)) i += 1;
    else j += 1;
  }
  return places;
}
