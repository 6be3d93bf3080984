// Writes captured requests to a file, the clipboard or standard output: the history's rows through the formats,
// secrets masked unless the person asked otherwise.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { realpath, rename, stat, unlink } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { AppError } from '../shared/errors.ts';
import type { Endpoint } from '../shared/workspace.ts';
import { copyRequest, exportRequests } from './formats/export.ts';
import type { ExportFormat } from './formats/export.ts';
import type { ExportRow } from './formats/export-row.ts';
import { createRedactor } from './formats/redact.ts';
import type { Redactor } from './formats/redact.ts';
import type { Random } from './ports.ts';
import type { History, StoredRequest } from './store/history.ts';
import { version } from './version.ts';

export type { ExportFormat } from './formats/export.ts';

/** Formats that write what was answered. */
const withReply: ReadonlySet<ExportFormat> = new Set(['har', 'postman', 'hookbench']);

/** What to export and how. */
export interface ExportJob {
  /** Null where nothing was ever captured. */
  readonly history: History | null;
  readonly format: ExportFormat;
  /** Query language. */
  readonly query: string;
  /** These alone, whatever the query; unknown ones are left out. */
  readonly ids?: readonly string[] | undefined;
  /** The newest N; 0 for all. */
  readonly limit: number;
  /** Epoch ms, for relative times in the query. */
  readonly now: number;
  readonly random: Random;
  /** Endpoints that a Hookbench collection tells about; none when absent. */
  readonly endpoints?: readonly Endpoint[];
  /** Ends it: what was written is removed, and the export rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told the number of rows that were read. */
  readonly onRow?: (done: number) => void;
  /** Values to mask wherever they stand; null writes everything as captured. */
  readonly redact: readonly string[] | null;
  /** File to write, or what takes the next piece. */
  readonly to: string | ((chunk: string) => Promise<void>);
}

/** A redactor with a key of its own, or null. */
export function redactorFor(secrets: readonly string[] | null, random: Random): Redactor | null {
  return secrets === null ? null : createRedactor({ key: random(32), secrets });
}

/** One stored request as text for the clipboard. Throws AppError STORE_NOT_FOUND. */
export function copyText(history: History, id: string, format: ExportFormat, redact: Redactor | null): string {
  const request = history.get(id);
  if (!request) throw new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
  return copyRequest(rowOf(history, request, format), { format, redact, version });
}

/** Streams the rows; resolves with their number. A file appears under its name only when it is complete. */
export async function streamExport(job: ExportJob): Promise<number> {
  const options = {
    format: job.format,
    version,
    redact: redactorFor(job.redact, job.random),
    rows: rowsOf(job),
    endpoints: job.endpoints ?? [],
  };
  if (typeof job.to === 'function') return exportRequests({ ...options, write: job.to });
  const final = await replaceable(job.to);
  const written = final === null ? job.to : `${final}.part-${process.pid}`;
  const file = createWriteStream(written, { mode: 0o600 });
  const closed = finished(file);
  try {
    const count = await Promise.race([exportRequests({ ...options, write: writeTo(file) }), closed.then(() => 0)]);
    file.end();
    await closed;
    if (final !== null) await rename(written, final);
    return count;
  } catch (error) {
    file.destroy();
    await closed.catch(() => {});
    if (final !== null) await unlink(written).catch(() => {});
    if (error instanceof AppError || job.signal?.aborted) throw error;
    throw new AppError(
      'STORE_FAULT',
      `Cannot write ${job.to}: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

/** The file that a finished export replaces, links followed; null for a device or a pipe, which are written as they are. */
async function replaceable(path: string): Promise<string | null> {
  try {
    const real = await realpath(path);
    return (await stat(real)).isFile() ? real : null;
  } catch {
    return path;
  }
}

/** Longest stretch of rows that holds up the receiver's thread, ms. */
const stretchMs = 10;

async function* rowsOf(job: ExportJob): AsyncGenerator<ExportRow> {
  const { history, format, query, ids, limit, now, signal, onRow } = job;
  if (!history) return;
  const requests = ids === undefined ? history.stream({ query, limit, now }) : requestsById(history, ids);
  let done = 0;
  let since = performance.now();
  for (const request of requests) {
    yield rowOf(history, request, format);
    done += 1;
    onRow?.(done);
    if (performance.now() - since < stretchMs) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    since = performance.now();
  }
  signal?.throwIfAborted();
}

function* requestsById(history: History, ids: readonly string[]): Iterable<StoredRequest> {
  for (const id of ids) {
    const request = history.get(id);
    if (request) yield request;
  }
}

/** A stored request as formats take it. */
export function rowOf(history: History, request: StoredRequest, format: ExportFormat): ExportRow {
  const body = history.readBody(request.id) ?? new Uint8Array();
  return { request, body, ...(withReply.has(format) && { reply: history.replyRecord(request.id) }) };
}

function writeTo(stream: NodeJS.WritableStream): (chunk: string) => Promise<void> {
  return async (chunk) => {
    if (!stream.write(chunk)) await once(stream, 'drain');
  };
}
