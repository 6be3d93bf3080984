// Writes stored requests in one of the formats, row by row: an export of 5 GB holds one request in memory.

import type { ExportFormat } from '../../shared/formats.ts';
import type { Endpoint } from '../../shared/workspace.ts';
import { csvWriter } from './csv.ts';
import { curlCommand } from './curl.ts';
import type { CurlOptions } from './curl.ts';
import type { ExportRow } from './export-row.ts';
import { listWriter } from './format-writer.ts';
import type { FormatWriter } from './format-writer.ts';
import { harEntry, harHead, harTail } from './har.ts';
import { httpFileWriter } from './http-file.ts';
import { jsonText, rowLine } from './jsonl.ts';
import { nativeWriter } from './native.ts';
import { openApiWriter } from './openapi.ts';
import { openCollectionWriter } from './opencollection.ts';
import { postmanWriter } from './postman.ts';
import type { Redactor } from './redact.ts';
import { commentText } from './shell-quote.ts';

export type { ExportFormat } from '../../shared/formats.ts';

/** Options of every format. */
export interface FormatOptions extends CurlOptions {
  readonly format: ExportFormat;
  /** Null writes secrets as they were captured: the person's explicit choice. */
  readonly redact: Redactor | null;
  /** Version of Hookbench, for formats that name their creator. */
  readonly version: string;
  /** Endpoints of a Hookbench collection; none when absent. */
  readonly endpoints?: readonly Endpoint[];
}

/** What an export is given. */
export interface ExportOptions extends FormatOptions {
  readonly rows: Iterable<ExportRow> | AsyncIterable<ExportRow>;
  /** Takes the next piece of the file; the export waits for it. */
  readonly write: (chunk: string) => Promise<void> | void;
}

/** Name of a collection, where a format wants one. */
const collectionTitle = 'Hookbench requests';

/** Writes all rows and resolves with their number. Rejects with whatever `write` or `rows` throws. */
export async function exportRequests(options: ExportOptions): Promise<number> {
  const { redact, write } = options;
  const writer = writerOf(options);
  let count = 0;
  const put = async (text: string) => {
    if (text !== '') await write(text);
  };
  await put(writer.head());
  for await (const row of options.rows) {
    await put(writer.row(redact ? redact.row(row) : row));
    count += 1;
  }
  await put(writer.tail());
  return count;
}

/** One request for the clipboard. */
export function copyRequest(row: ExportRow, options: FormatOptions): string {
  const clean = options.redact ? options.redact.row(row) : row;
  if (options.format === 'curl') return curlCommand(clean, options);
  if (options.format === 'jsonl') return rowLine(clean);
  const writer = writerOf(options);
  return writer.head() + writer.row(clean) + writer.tail();
}

function writerOf(options: FormatOptions): FormatWriter {
  switch (options.format) {
    case 'har':
      return listWriter(harHead(options.version), harTail, (row) => jsonText(harEntry(row)));
    case 'curl':
      return { head: () => '#!/bin/sh\n', row: (row) => titledCurl(row, options), tail: () => '' };
    case 'jsonl':
      return { head: () => '', row: (row) => `${rowLine(row)}\n`, tail: () => '' };
    case 'postman':
      return postmanWriter(collectionTitle);
    case 'opencollection':
      return openCollectionWriter(collectionTitle);
    case 'http':
      return httpFileWriter();
    case 'openapi':
      return openApiWriter(collectionTitle);
    case 'csv':
      return csvWriter();
    case 'hookbench':
      return nativeWriter({
        version: options.version,
        endpoints: options.endpoints ?? [],
        redact: options.redact,
      });
  }
}

function titledCurl(row: ExportRow, options: CurlOptions): string {
  const { receivedAt, method, target, id } = row.request;
  const title = `${new Date(receivedAt).toISOString()} ${method} ${target} (${id})`;
  return `\n# ${commentText(title)}\n${curlCommand(row, options)}`;
}
