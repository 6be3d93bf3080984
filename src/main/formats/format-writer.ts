// What a format is to the export: text before the rows, one piece for each row, text after the last.

import type { ExportRow } from './export-row.ts';

/** Writes one file. It may remember what its end needs, within bounds. */
export interface FormatWriter {
  head(): string;
  /** The row with what separates it from the one before. */
  row(row: ExportRow): string;
  tail(): string;
}

/** A JSON document whose rows are the members of one array. */
export function listWriter(head: string, tail: string, row: (row: ExportRow, n: number) => string): FormatWriter {
  let count = 0;
  return {
    head: () => head,
    row(one) {
      count += 1;
      return `${count > 1 ? ',' : ''}\n${row(one, count)}`;
    },
    tail: () => tail,
  };
}
