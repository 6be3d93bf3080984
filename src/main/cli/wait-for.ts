// `wait-for`: lets a script or a build go on once the webhooks it expects are stored. It only reads, beside an owner or
// before there is one.

import { existsSync, writeFileSync } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import { parseQuery } from '../../shared/query.ts';
import { requestLine, toJUnit } from '../host-offline.ts';
import type { CheckReport } from '../host-offline.ts';
import { openReader } from '../host-reader.ts';
import type { StoredRequest } from '../store/history.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { formatDuration, readDuration } from './durations.ts';
import { readNumber } from './inputs.ts';
import { stopAsked } from './open-host.ts';
import { requestText } from './output.ts';

/** Pause between two looks, ms. */
const lookEveryMs = 100;

/** Registers the command. */
export function addWaitFor({ command }: CliContext): void {
  command(
    'wait-for',
    'wait until matching requests are stored; exit 1 when the time is over',
    (options) => {
      options
        .option('--query <q>', 'filter, for example "event:order.created verdict:valid"', '')
        .option('--count <n>', 'requests that must match', '1')
        .option('--timeout <time>', 'how long to wait', '10s')
        .option('--junit <file>', 'write the outcome as JUnit XML');
    },
    waitFor,
  );
}

async function waitFor(run: CommandRun): Promise<number> {
  const query = text(run, 'query') ?? '';
  parseQuery(query, run.clock.now());
  const count = readNumber('--count', text(run, 'count') ?? '1', 1, 100_000);
  const timeoutMs = readDuration('--timeout', text(run, 'timeout') ?? '10s', 0, 86_400_000);
  const junit = text(run, 'junit');
  const startedAt = run.clock.monotonic();
  const leftMs = (): number => timeoutMs - (run.clock.monotonic() - startedAt);
  const stopped = stopAsked(run);
  let matched = await look(run, query, count);
  while (matched.length < count && leftMs() > 0) {
    const pauseMs = Math.max(0, Math.min(lookEveryMs, leftMs()));
    const pause = new Promise<void>((resolve) => setTimeout(resolve, pauseMs));
    if ((await Promise.race([stopped, pause])) === 'stop') break;
    matched = await look(run, query, count);
  }
  for (const request of matched) run.output.line(requestLine(request), () => requestText(run.output, request));
  const pass = matched.length >= count;
  const words = `${matched.length} of ${count} matching requests after ${formatDuration(Math.round(run.clock.monotonic() - startedAt))}`;
  if (!pass) run.output.note(`${words}${query === '' ? '' : ` (${query})`}.`);
  if (junit !== undefined) writeReport(junit, query, { pass, ms: run.clock.monotonic() - startedAt, message: words });
  return pass ? 0 : 1;
}

/** The newest matching requests, oldest first, at most `count`; none where nothing was ever stored. */
async function look(run: CommandRun, query: string, count: number): Promise<readonly StoredRequest[]> {
  const { clock, logger, environment } = run;
  if (!existsSync(environment.dataDir)) return [];
  const reader = openReader({ dataDir: environment.dataDir, clock, logger });
  try {
    return [...(reader.history?.stream({ query, limit: count, now: clock.now() }) ?? [])];
  } finally {
    await reader.close();
  }
}

function writeReport(
  path: string,
  query: string,
  { pass, ms, message }: { readonly pass: boolean; readonly ms: number; readonly message: string },
): void {
  const name = query === '' ? 'any request' : query;
  const result = { name, title: `Wait for ${name}`, sent: 'nothing.', expected: 'accept', status: null, ms, pass };
  const results = [{ ...result, message }] as unknown as CheckReport['results'];
  try {
    writeFileSync(
      path,
      toJUnit({ results, passed: pass ? 1 : 0, failed: pass ? 0 : 1, skipped: 0 }, 'hookbench wait-for'),
    );
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new AppError('CONFIG_INVALID', `--junit: cannot write ${path} (${why}).`);
  }
}
