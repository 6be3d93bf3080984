// `requests`, `show` and `export`: what was captured, read without owning the data folder.

import { Buffer } from 'node:buffer';
import { exportFormatIds } from '../../shared/formats.ts';
import { AppError } from '../../shared/errors.ts';
import { parseQuery } from '../../shared/query.ts';
import { deliveryLine, replyRecordLine, requestLine } from '../host-offline.ts';
import { streamExport } from '../host-export.ts';
import { openReader } from '../host-reader.ts';
import type { Reader } from '../host-reader.ts';
import { escapeControls } from '../system.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { findingsText } from './findings-text.ts';
import { readNumber } from './inputs.ts';
import { requestText } from './output.ts';

/** Registers the reading commands. */
export function addHistoryCommands({ command }: CliContext): void {
  command(
    'requests',
    'list captured requests, oldest first',
    (options) => {
      options
        .option('--query <q>', 'filter, for example "verdict:invalid since:10m"')
        .option('--limit <n>', 'newest N; 0 for all', '50');
    },
    (run) => withReader(run, requests),
  );
  command(
    'show <id>',
    'one request in full, with the causes of a failed check',
    () => {},
    (run) => withReader(run, show),
  );
  command(
    'export',
    'write captured requests as a collection; secrets are redacted',
    (options) => {
      options
        .requiredOption('--format <format>', exportFormatIds.join(', '))
        .option('--query <q>', 'filter', '')
        .option('--limit <n>', 'newest N; 0 for all', '0')
        .option('--out <file>', 'file to write (default: stdout)')
        .option('--include-secrets', 'redact nothing');
    },
    (run) => withReader(run, exportRequests),
  );
}

async function withReader(
  run: CommandRun,
  read: (run: CommandRun, reader: Reader) => Promise<number>,
): Promise<number> {
  const reader = openReader({ dataDir: run.environment.dataDir, clock: run.clock, logger: run.logger });
  try {
    return await read(run, reader);
  } finally {
    run.output.flush();
    await reader.close();
  }
}

/** About what a line takes without its body, bytes. */
const printedBytes = 4_096;
/** Bytes that are printed at once. */
const flushBytes = 1_048_576;

async function requests(run: CommandRun, { history }: Reader): Promise<number> {
  const limit = readNumber('--limit', text(run, 'limit') ?? '50', 0, Number.MAX_SAFE_INTEGER);
  parseQuery(text(run, 'query') ?? '', run.clock.now());
  if (!history) return 0;
  let waiting = 0;
  for (const stored of history.stream({ query: text(run, 'query') ?? '', limit, now: run.clock.now() })) {
    run.output.line(
      run.output.json
        ? requestLine(stored, { headers: stored.headers, body: history.readBody(stored.id) ?? new Uint8Array() })
        : {},
      () => requestText(run.output, stored),
    );
    // Bodies may be large: they are handed to the pipe before the next ones are read.
    waiting += printedBytes + stored.storedSize;
    if (waiting > flushBytes) {
      waiting = 0;
      run.output.flush();
      await drained();
    }
  }
  return 0;
}

function drained(): Promise<void> {
  if (process.stdout.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => void process.stdout.write('', () => resolve()));
}

async function show(run: CommandRun, reader: Reader): Promise<number> {
  const id = run.positional[0] as string;
  const found = reader.history?.get(id);
  if (!reader.history || !found) throw new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
  const diagnosis = await reader.causesOf(found);
  const stored = { ...found, verdict: { ...found.verdict, diagnosis } };
  const body = reader.history.readBody(id) ?? new Uint8Array();
  const replays = new Set(reader.history.replaysOf(id));
  const deliveries = (await reader.deliveries()).filter(
    (delivery) => replays.has(delivery.id) || delivery.replayOf === id || delivery.forwardOf === id,
  );
  const answer = reader.history.replyRecord(id);
  const forwards = reader.history.forwardsOf(id);
  const line = {
    ...requestLine(stored, { headers: stored.headers, body }),
    deliveries: deliveries.map(deliveryLine),
    answer: answer && replyRecordLine(answer),
    forwards,
  };
  run.output.line(line, () =>
    [
      requestText(run.output, stored),
      ...(diagnosis.length === 0 ? [] : [findingsText(run.output, diagnosis, 10)]),
      '',
      ...stored.headers.map(([name, value]) => `${escapeControls(name)}: ${escapeControls(value)}`),
      '',
      Buffer.from(body).toString('utf8').split('\n').map(escapeControls).join('\n'),
      ...(answer === null ? [] : ['', `Answered ${answer.status ?? 'nothing'}: ${escapeControls(answer.why)}`]),
      ...forwards.map(({ url, message }) => `Forward to ${escapeControls(url)}: ${escapeControls(message)}`),
    ].join('\n'),
  );
  return 0;
}

async function exportRequests(run: CommandRun, reader: Reader): Promise<number> {
  const format = exportFormatIds.find((known) => known === text(run, 'format'));
  if (!format)
    throw new AppError(
      'CONFIG_INVALID',
      `--format must be one of ${exportFormatIds.join(', ')}, not "${text(run, 'format') ?? ''}".`,
    );
  const count = await streamExport({
    history: reader.history,
    format,
    query: text(run, 'query') ?? '',
    limit: readNumber('--limit', text(run, 'limit') ?? '0', 0, Number.MAX_SAFE_INTEGER),
    now: run.clock.now(),
    random: run.random,
    redact: run.options['includeSecrets'] === true ? null : await reader.secretValues(),
    to: text(run, 'out') ?? ((chunk) => run.output.raw(chunk)),
  });
  run.output.note(
    `${count} ${count === 1 ? 'request' : 'requests'} exported${run.options['includeSecrets'] === true ? ' with secrets' : ', secrets redacted'}.`,
  );
  return 0;
}
