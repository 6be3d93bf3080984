// The handlers that export for the window: what a file would hold, the file itself with its progress, and its end when
// the person has had enough.

import type { CommandHandlers, CommandParsed, ExportPreview } from '../shared/contract.ts';
import { formatInfo } from '../shared/formats.ts';
import { makeId } from '../shared/id.ts';
import type { JobState } from '../shared/jobs.ts';
import type { Change } from '../shared/news.ts';
import { copyRequest } from './formats/export.ts';
import type { ExportRow } from './formats/export-row.ts';
import { redactorFor, rowOf, streamExport } from './host-export.ts';
import type { HostOptions } from './host-options.ts';
import type { Parts } from './host-parts.ts';
import type { StoredRequest } from './store/history.ts';
import { version } from './version.ts';

/** What the handlers work on. */
interface ExportContext {
  readonly parts: Parts;
  readonly options: Pick<HostOptions, 'desktop' | 'random'>;
  readonly emit: (change: Change) => void;
}

/** An export that is done sooner is not told about, ms. */
const quietMs = 300;
/** Between two pieces of news about one, ms. */
const newsMs = 150;
/** Most characters of a preview. */
const previewLength = 65_536;
/** Most bytes of a body that a preview works on. */
const previewBody = 262_144;
/** Longest that a preview looks for a request, ms. */
const previewSearchMs = 1_000;

/** Builds the handlers. They throw AppError for operational errors. */
export function createExportHandlers({
  parts,
  options,
  emit,
}: ExportContext): Pick<CommandHandlers, 'export.save' | 'export.preview' | 'jobs.cancel'> {
  const { history, clock, secrets, workspace } = parts;
  const running = new Map<string, AbortController>();
  const redacted = (includeSecrets: boolean) => (includeSecrets ? null : secrets.values());

  return {
    async 'export.save'({ format, query, ids, includeSecrets }) {
      const path =
        (await options.desktop?.chooseSaveFile(`hookbench-requests.${formatInfo(format).extension}`)) ?? null;
      if (path === null) return null;
      const id = makeId('job', options.random);
      const end = new AbortController();
      running.set(id, end);
      const news = createJobNews({
        id,
        kind: 'export',
        total: ids?.length ?? (query.trim() === '' ? history.count() : null),
      });
      try {
        const count = await streamExport({
          history,
          format,
          query,
          ids,
          limit: 0,
          now: clock.now(),
          random: options.random,
          redact: redacted(includeSecrets),
          endpoints: workspace.data.endpoints,
          signal: end.signal,
          onRow: news.count,
          to: path,
        });
        news.end('done');
        return { path, count };
      } catch (error) {
        if (end.signal.aborted) {
          news.end('cancelled');
          return null;
        }
        news.end('failed', error instanceof Error ? error.message : String(error));
        throw error;
      } finally {
        running.delete(id);
      }
    },
    async 'export.preview'(input) {
      const request = await requestToShow(parts, input);
      if (request === null) return { text: '', cut: false, masked: 0 };
      const { format, includeSecrets } = input;
      const whole = rowOf(history, request, format);
      const row = { ...whole, body: whole.body.subarray(0, previewBody) };
      const redact = redactorFor(redacted(includeSecrets), options.random);
      const text = copyRequest(row, { format, redact, version });
      return {
        text: text.slice(0, previewLength),
        cut: text.length > previewLength || whole.body.length > previewBody,
        masked: redact === null ? 0 : countMasks(redact.row(row)),
      } satisfies ExportPreview;
    },
    'jobs.cancel'({ id }) {
      running.get(id)?.abort();
      return null;
    },
  };

  /** Tells about a job that lasts. */
  function createJobNews(job: Pick<JobState, 'id' | 'kind' | 'total'>) {
    let done = 0;
    let isTold = false;
    let nextAt = clock.monotonic() + quietMs;
    const tell = (state: JobState['state'], message = ''): void =>
      emit({ type: 'job', job: { ...job, done, state, message } });
    return {
      count(rows: number): void {
        done = rows;
        if (clock.monotonic() < nextAt) return;
        nextAt = clock.monotonic() + newsMs;
        isTold = true;
        tell('running');
      },
      end(state: JobState['state'], message?: string): void {
        if (isTold) tell(state, message);
      },
    };
  }
}

/** The newest of the requests that are meant; null where there is none, or none was found in time. */
async function requestToShow(
  { history, search, clock }: Parts,
  { ids, query }: CommandParsed<'export.preview'>,
): Promise<StoredRequest | null> {
  if (ids !== undefined) return history.get(ids.at(-1) ?? '');
  const now = clock.now();
  const found = query.trim() === '' ? null : await search.find({ query, limit: 1, now, budgetMs: previewSearchMs });
  const rows = found === null ? history.list({ query, limit: 1, now, budgetMs: 25 }).rows : history.rows(found.seqs);
  return rows[0] === undefined ? null : history.get(rows[0].id);
}

/** Different masks in a row; equal values have equal ones. */
function countMasks({ request, body, reply }: ExportRow): number {
  const { target, headers, trailers, verdict, note } = request;
  const kept = reply ?? null;
  const text = [
    JSON.stringify([target, headers, trailers, verdict, note, kept?.headers, kept?.why]),
    new TextDecoder().decode(body),
    kept === null ? '' : new TextDecoder().decode(kept.body),
  ].join('\n');
  return new Set(text.match(/«redacted:[0-9a-f]{6}»/g)).size;
}
