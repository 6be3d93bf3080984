// Fetches what a provider says it sent, compares it with the history, and puts what is not there into it. Pages are
// taken one by one and every event is recorded before its page counts as read, so a run may end anywhere and be run
// again: what is in the history is known by its id.

import { AppError } from '../../shared/errors.ts';
import { baseAddress } from './address.ts';
import { createApi } from './api.ts';
import type { Api } from './api.ts';
import { createHttp } from './http.ts';
import type { PullCursor, PullOptions, PullState, PullSummary } from './pull-contract.ts';
import { Interruption, PullError } from './pull-error.ts';
import type { ListedEvent, PullSource, RemoteEvent, SourcePage } from './source.ts';

const defaultMaxPages = 1_000;
const defaultMaxWaitMs = 15 * 60_000;
/** How far a run looks back behind the newest event of the run before, ms: providers show events late, out of order. */
const overlapMs = 5 * 60_000;

/** State of one run. */
interface Run {
  readonly options: PullOptions;
  readonly api: Api;
  readonly base: string;
  readonly judged: Set<string>;
  readonly counts: Record<PullState | 'pulled' | 'recorded' | 'pages', number>;
  /** Oldest event that was left for the next run, epoch ms. */
  postponedAt: number;
  cursor: PullCursor;
}

/**
 * Makes one run and resolves with its summary; a run that is stopped, made to wait too long or at its page limit
 * resolves too (`ended`). Rejects with PullError (its message says how far the run came), AppError CONFIG_INVALID
 * (token or base address, before anything is sent), and whatever `record`, `isKnown` or `saveCursor` throw.
 */
export async function pull(options: PullOptions): Promise<PullSummary> {
  const { source, clock, signal } = options;
  const token = checkToken(source, options.token);
  const base = baseAddress(options.baseUrl ?? source.baseUrl(token));
  const http = options.http ?? createHttp();
  const maxWaitMs = options.maxWaitMs ?? defaultMaxWaitMs;
  const run: Run = {
    options,
    api: createApi({ source, token, base, http, clock, maxWaitMs, signal }),
    base,
    judged: options.judged ?? new Set(),
    counts: { arrived: 0, pulled: 0, missed: 0, failed: 0, recorded: 0, pages: 0 },
    postponedAt: Infinity,
    cursor: options.cursor ?? freshCursor(options.sinceAt),
  };
  try {
    // The end of an unfinished run first, then what is newer than its beginning.
    if (run.cursor.page !== null) await readPages(run);
    await readPages(run);
    return summarize(run, 'complete');
  } catch (error) {
    if (error instanceof PullError) throw withProgress(error, run);
    if (error instanceof Interruption) return summarize(run, error.ended);
    throw error;
  }
}

/** A cursor of which nothing was read yet. */
export function freshCursor(sinceAt: number): PullCursor {
  return { sinceAt, page: null, newestAt: sinceAt, validator: null };
}

/** Reads from the cursor to the last page, or to the first page that is older than asked for. */
async function readPages(run: Run): Promise<void> {
  const { options, counts } = run;
  const { source, clock } = options;
  const start = run.cursor;
  // Many APIs tell whole seconds.
  const floor = Math.floor(start.sinceAt / 1_000) * 1_000;
  const isPast = createPastCheck(source.newestFirst, floor);
  const visited = new Set([start.page]);
  let { page, newestAt } = start;
  let validator: PullCursor['validator'] = null;
  for (;;) {
    if (counts.pages >= (options.maxPages ?? defaultMaxPages)) throw new Interruption('page-limit');
    const url = source.pageUrl(run.base, start.sinceAt, page);
    const found = await fetchPage(run, url, page);
    if (found === 'unchanged') return;
    if (found === 'expired') {
      page = null;
      visited.clear();
      continue;
    }
    if (page === null && found.etag !== null) validator = { url, etag: found.etag };
    let judged = 0;
    for (const listed of found.page.events) {
      const { at } = listed.event;
      newestAt = Math.max(newestAt, Math.min(at, clock.now()));
      if (at >= floor) await judge(run, listed);
      // Everybody else goes on while a long page is judged.
      if ((judged += 1) % 100 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    newestAt = Math.min(newestAt, run.postponedAt);
    counts.pages += 1;
    const next = isPast(found.page) ? null : found.page.next;
    if (next !== null && visited.has(next)) {
      throw new PullError(
        'broken',
        `${source.name}'s page ${counts.pages} names a page that was read before as its next.`,
      );
    }
    visited.add(next);
    run.cursor =
      next === null ? finished(run, newestAt, validator) : { ...start, page: next, newestAt, validator: null };
    await options.saveCursor?.(run.cursor);
    if (next === null) return;
    page = next;
  }
}

/** A page and its validator; `expired` when a kept page is not known to the API any more. */
async function fetchPage(
  run: Run,
  url: string,
  page: string | null,
): Promise<{ readonly page: SourcePage; readonly etag: string | null } | 'unchanged' | 'expired'> {
  const { cursor, options, counts } = run;
  const { source, clock } = options;
  // Any other address (an earlier beginning, say) would get "unchanged" for events that were never judged.
  const etag = page === null && cursor.validator?.url === url ? cursor.validator.etag : null;
  try {
    const found = await run.api.fetch(
      url,
      `page ${counts.pages + 1}`,
      (answer) => source.readPage(answer, { url, page, now: clock.now() }),
      etag,
    );
    return found.kind === 'unchanged' ? 'unchanged' : { page: found.value, etag: found.etag };
  } catch (error) {
    const isKept = page !== null && page === options.cursor?.page && counts.pages === 0;
    if (isKept && error instanceof PullError && error.reason === 'refused') return 'expired';
    throw error;
  }
}

async function judge(run: Run, listed: ListedEvent): Promise<void> {
  const { options, counts, judged } = run;
  const { event } = listed;
  if (judged.has(event.id)) return;
  if (options.signal?.aborted) throw new Interruption('stopped');
  let state: PullState = 'arrived';
  let requestId = options.isKnown(event.id, event);
  if (requestId === null) {
    if (event.at > options.clock.now() - (options.graceMs ?? 0)) {
      // It may be on its way this very moment.
      run.postponedAt = Math.min(run.postponedAt, event.at);
      return;
    }
    state = event.state === 'failed' ? 'failed' : 'missed';
    requestId = await options.record(await complete(run, listed));
    if (requestId !== null) counts.recorded += 1;
  }
  judged.add(event.id);
  counts[state] += 1;
  const line = { type: 'event', id: event.id, event: event.event, at: event.at, state, requestId } as const;
  if (state !== 'arrived' || requestId === null || options.isPulled?.(requestId) !== true) return options.onEvent(line);
  counts.pulled += 1;
  options.onEvent({ ...line, pulled: true });
}

/** The event with headers and body. What the provider has forgotten stays null. */
async function complete(run: Run, { event, detailId }: ListedEvent): Promise<RemoteEvent> {
  const { detail } = run.options.source;
  if (!detail || detailId === null) return event;
  const what = `delivery on page ${run.counts.pages + 1}`;
  try {
    const found = await run.api.fetch(detail.url(run.base, detailId), what, (answer) => detail.read(event, answer));
    return found.kind === 'read' ? found.value : event;
  } catch (error) {
    if (error instanceof PullError && (error.status === 404 || error.status === 410)) return event;
    throw error;
  }
}

/** The cursor of a run that came to its end. */
function finished(run: Run, newestAt: number, validator: PullCursor['validator']): PullCursor {
  const sinceAt = Math.max(run.cursor.sinceAt, Math.min(newestAt - overlapMs, run.postponedAt));
  // With "unchanged" for an answer, what was postponed would never be looked at again.
  return { sinceAt, page: null, newestAt, validator: run.postponedAt === Infinity ? validator : null };
}

/** Tells whether the pages after this one are older than `floor`. Where the order is not known, it is found out. */
function createPastCheck(newestFirst: boolean | null, floor: number): (page: SourcePage) => boolean {
  let isSorted = newestFirst !== false;
  let hasFallen = newestFirst === true;
  let before = Infinity;
  return ({ events }) => {
    for (const { event } of events) {
      if (newestFirst === null && event.at > before) isSorted = false;
      if (event.at < before && before !== Infinity) hasFallen = true;
      before = event.at;
    }
    return events.length > 0 && isSorted && hasFallen && before < floor;
  };
}

/** The token as it is sent. Throws AppError CONFIG_INVALID; the message never holds it. */
function checkToken(source: PullSource, given: string | null): string | null {
  const token = given?.trim() ?? '';
  if (token === '') {
    if (!source.needsToken) return null;
    throw new AppError('CONFIG_INVALID', `${source.name} needs a token: ${source.tokenRight}.`, { field: 'token' });
  }
  if (!/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(token)) {
    const message = 'The token holds characters that cannot stand in a header.';
    throw new AppError('CONFIG_INVALID', message, { field: 'token' });
  }
  return token;
}

function summarize({ counts, cursor, api }: Run, ended: PullSummary['ended']): PullSummary {
  const until = api.pausedUntil();
  return { ...counts, cursor, ended, ...(until === null ? {} : { rateLimitedUntil: until }) };
}

function withProgress(error: PullError, { counts }: Run): PullError {
  const { pages, recorded } = counts;
  if (pages === 0 && recorded === 0) return error;
  const read = `${pages} ${pages === 1 ? 'page was' : 'pages were'} read`;
  const kept = `${recorded} ${recorded === 1 ? 'event' : 'events'} put into the history before that`;
  return new PullError(
    error.reason,
    `${error.message} ${read} and ${kept}; the next run goes on from there.`,
    error.status,
  );
}
