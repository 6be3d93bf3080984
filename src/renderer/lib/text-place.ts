// Says where in a text something is, as editors count.

import { formatCount } from './format.ts';

/** Line and column of an offset, from 1, in words. */
export function placeOf(text: string, offset: number): string {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', start)) {
    line += 1;
    start = next + 1;
  }
  return `line ${formatCount(line)}, column ${formatCount(offset - start + 1)}`;
}
