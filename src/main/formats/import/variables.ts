// Variables of a collection: plain text that stands in for {{name}}, looked up once and never evaluated. A few bytes of
// file may stand for gigabytes of text, so what is put in is counted.

import { refuse } from './untrusted.ts';

/** Characters that all look-ups of one file may put in. */
const budget = 16 * 1_048_576;

/** The variables of one file. */
export interface Variables {
  set(name: string, value: string): void;
  /** The text with its variables looked up; unknown ones stay. Throws AppError IMPORT_INVALID when they multiply. */
  fill(text: string): string;
}

/** None yet. */
export function createVariables(): Variables {
  const values = new Map<string, string>();
  let spent = 0;
  return {
    set: (name, value) => void values.set(name, value),
    fill: (text) =>
      values.size === 0
        ? text
        : text.replace(/\{\{([^{}]{1,100})\}\}/g, (whole, name: string) => {
            const value = values.get(name.trim());
            if (value === undefined) return whole;
            spent += value.length;
            if (spent > budget) refuse('The variables of the file multiply to more than 16 MiB of text.');
            return value;
          }),
  };
}
