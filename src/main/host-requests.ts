// The handlers for captured requests: pages of the history, one in full, its bytes, and a person's marks on it.

import type { CommandHandlers, CommandName, CommandOutput, CommandParsed } from '../shared/contract.ts';
import type { Change } from '../shared/news.ts';
import { AppError } from '../shared/errors.ts';
import type { ExchangeDetail, ExchangeSummary } from '../shared/exchange.ts';
import { readActivity } from './host-activity.ts';
import { compareRequests } from './host-compare.ts';
import type { Diagnoser } from './host-diagnosis.ts';
import { copyText, redactorFor } from './host-export.ts';
import { secretOf } from './host-handshake.ts';
import type { HostOptions } from './host-options.ts';
import type { Parts } from './host-parts.ts';
import { checkInput } from './pipeline/check-input.ts';
import { explain } from './signatures/verify.ts';

/** What the handlers work on. */
interface RequestContext {
  readonly parts: Parts;
  readonly options: Pick<HostOptions, 'random'>;
  readonly diagnoser: Diagnoser;
  readonly emit: (change: Change) => void;
}

type RequestCommand = Exclude<
  Extract<CommandName, `requests.${string}` | 'refused.list'>,
  'requests.confirm' | 'requests.keepSecret' | 'requests.decode' | 'requests.types' | 'requests.saveTypes'
>;

/** Largest body that is copied through the clipboard, bytes. */
const copyLimit = 2_097_152;

/** Builds the handlers. They throw AppError for operational errors. */
export function createRequestHandlers({
  parts,
  options,
  diagnoser,
  emit,
}: RequestContext): Pick<CommandHandlers, RequestCommand> {
  const { history } = parts;
  return {
    'requests.diagnose': ({ id }) => diagnoser.diagnose(id),
    'requests.list': (input) => listRequests(parts, input),
    'requests.activity': (input) => readActivity(parts, input),
    async 'requests.remove'({ ids }) {
      const gone = await history.remove(ids);
      if (gone.length > 0) emit({ type: 'requests-removed', count: gone.length, ids: gone });
      return { removed: gone.length };
    },
    'requests.get': ({ id }) => readDetail(parts, id),
    'requests.body': ({ id, offset, length }) => {
      const bytes = history.readBody(id, offset, length);
      if (bytes === null) throw unknownRequest(id);
      return bytes;
    },
    'requests.compare': (input) =>
      compareRequests({ history, definition: (provider) => parts.definition(provider), ...input }),
    'requests.copyAs': ({ id, format }) => {
      const request = history.get(id);
      if (!request) throw unknownRequest(id);
      if (request.storedSize > copyLimit) {
        throw new AppError('CONFIG_INVALID', 'The body is larger than 2 MiB; export the request to a file instead.');
      }
      return copyText(history, id, format, redactorFor(parts.secrets.values(), options.random));
    },
    async 'requests.pin'({ ids, pinned }) {
      await history.setPinned(ids, pinned);
      for (const id of ids) tellMarks(id);
      return null;
    },
    async 'requests.note'({ id, note }) {
      await history.setNote(id, note);
      tellMarks(id);
      return null;
    },
    'refused.list': () => history.listRefused(200),
  };

  function tellMarks(id: string): void {
    const stored = history.get(id);
    if (stored) emit({ type: 'marks', id, pinned: stored.pinned === true, note: stored.note ?? null });
  }
}

/** Longest stretch that a search may hold up the receiver's thread, ms. */
const searchBudgetMs = 25;

/** Rows that are read at a time, some milliseconds. */
const readRows = 500;

/** A page of the history. Where there is no search thread, the look gives way to the receiver again and again. */
async function listRequests(
  { history, search, clock }: Parts,
  { query, beforeSeq, limit, budgetMs }: CommandParsed<'requests.list'>,
): Promise<CommandOutput<'requests.list'>> {
  const now = clock.now();
  const deadline = clock.monotonic() + (budgetMs ?? Number.POSITIVE_INFINITY);
  const rows: ExchangeSummary[] = [];
  // Without a condition the newest rows are read at once.
  const found = query.trim() === '' ? null : await search.find({ query, beforeSeq, limit, now, budgetMs });
  if (found !== null) {
    for (let at = 0; at < found.seqs.length; at += readRows) {
      if (at > 0) await new Promise<void>((resolve) => setImmediate(resolve));
      rows.push(...history.rows(found.seqs.slice(at, at + readRows)));
    }
    return { rows, more: found.more, ...(found.scannedTo === null ? {} : { scannedTo: found.scannedTo }) };
  }
  let before = beforeSeq;
  for (;;) {
    const page = history.list({ query, beforeSeq: before, limit: limit - rows.length, now, budgetMs: searchBudgetMs });
    rows.push(...page.rows);
    if (!page.more || rows.length >= limit) return { rows, more: page.more };
    before = page.scannedTo;
    if (clock.monotonic() >= deadline) return { rows, more: true, scannedTo: before };
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

function unknownRequest(id: string): AppError {
  return new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
}

function readDetail(parts: Parts, id: string): ExchangeDetail {
  const { history } = parts;
  const stored = history.get(id);
  if (!stored) throw unknownRequest(id);
  const endpoint = parts.endpoint(stored.endpoint);
  const { provider } = stored;
  const body = history.readBody(id) ?? new Uint8Array();
  const input = checkInput(
    { ...stored, body },
    {
      endpoint,
      provider,
      definition: provider === null ? undefined : parts.definition(provider),
      secrets: parts.secretsFor(endpoint, provider),
      now: stored.receivedAt,
      earlier: stored.verdict,
    },
  );
  const signature = explain({ ...input, scheme: stored.verdict.scheme });
  return {
    ...stored,
    signature,
    group: history.group(id),
    replays: history.replaysOf(id),
    replyRecord: history.replyRecord(id),
    forwards: history.forwardsOf(id),
    needsConsent: history.needsConsent(id),
    bringsSecret: secretOf(parts, stored) !== null,
  };
}
