// Writes stored requests in one of the formats, row by row: an export of 5 GB holds one request in memory.

import { curlCommand } from './curl.ts';
import type { CurlOptions } from './curl.ts';
import type { ExportRow } from './export-row.ts';
import { harEntry, harHead, harTail } from './har.ts';
import { jsonText, rowLine } from './jsonl.ts';
import type { Redactor } from './redact.ts';
import { commentText } from './shell-quote.ts';

/** What can be written. */
export type ExportFormat = 'har' | 'curl' | 'jsonl';

/** Options of every format. */
export interface FormatOptions extends CurlOptions {
  readonly format: ExportFormat;
  /** Null writes secrets as they were captured: the person's explicit choice. */
  readonly redact: Redactor | null;
  /** Version of Hookbench, for formats that name their creator. */
  readonly version: string;
}

/** What an export is given. */
export interface ExportOptions extends FormatOptions {
  readonly rows: Iterable<ExportRow>;
  /** Takes the next piece of the file; the export waits for it. */
  readonly write: (chunk: string) => Promise<void> | void;
}

/** Writes all rows and resolves with their number. Rejects with whatever `write` or `rows` throws. */
export async function exportRequests(options: ExportOptions): Promise<number> {
  let count = 0;
  const { format, write } = options;
  if (format === 'har') await write(harHead(options.version));
  if (format === 'curl') await write('#!/bin/sh\n');
  for (const row of options.rows) {
    await write(rowText(row, options, count === 0));
    count += 1;
  }
  if (format === 'har') await write(harTail);
  return count;
}

/** One request for the clipboard. */
export function copyRequest(row: ExportRow, options: FormatOptions): string {
  const clean = options.redact ? options.redact.row(row) : row;
  if (options.format === 'curl') return curlCommand(clean, options);
  if (options.format === 'jsonl') return rowLine(clean);
  return harHead(options.version) + jsonText(harEntry(clean)) + harTail;
}

function rowText(row: ExportRow, options: FormatOptions, first: boolean): string {
  const clean = options.redact ? options.redact.row(row) : row;
  if (options.format === 'jsonl') return `${rowLine(clean)}\n`;
  if (options.format === 'har') return `${first ? '' : ','}\n${jsonText(harEntry(clean))}`;
  const { receivedAt, method, target, id } = clean.request;
  const title = `${new Date(receivedAt).toISOString()} ${method} ${target} (${id})`;
  return `\n# ${commentText(title)}\n${curlCommand(clean, options)}`;
}
