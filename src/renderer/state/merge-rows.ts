// Keeps lists of requests and deliveries in order while news and pages of older rows come in, in any order and twice.

import type { Attempt, Delivery } from '../../shared/delivery.ts';
import type { ExchangeSummary, Finding } from '../../shared/exchange.ts';
import type { ReplyBy } from '../../shared/replies.ts';

/** A reply that ended. */
export interface ReplyNews {
  /** Null: the connection ended without an answer. */
  readonly status: number | null;
  readonly ms: number;
  readonly by: ReplyBy;
}

/** What a person put on a request. */
export interface Marks {
  readonly pinned: boolean;
  readonly note: string | null;
}

/**
 * Rows by falling seq, each id once, at most `limit`. Of two versions of a row the one whose reply has ended wins, else
 * the incoming one; a cause that one of them knows is kept. Returns `rows` itself when nothing changes.
 */
export function mergeRows(
  rows: readonly ExchangeSummary[],
  incoming: readonly ExchangeSummary[],
  limit: number,
): readonly ExchangeSummary[] {
  if (incoming.length === 0) return rows;
  const fresh = [...incoming].sort((a, b) => b.seq - a.seq);
  const merged: ExchangeSummary[] = [];
  let i = 0;
  let j = 0;
  while (merged.length < limit && (i < rows.length || j < fresh.length)) {
    const old = rows[i];
    const next = fresh[j];
    if (next !== undefined && (old === undefined || next.seq >= old.seq)) {
      j += 1;
      if (old?.seq === next.seq) {
        i += 1;
        pushOnce(merged, later(old, next));
      } else {
        pushOnce(merged, next);
      }
    } else if (old !== undefined) {
      i += 1;
      merged.push(old);
    }
  }
  return merged;
}

function pushOnce(merged: ExchangeSummary[], row: ExchangeSummary): void {
  const last = merged.at(-1);
  if (last?.seq === row.seq) merged[merged.length - 1] = later(last, row);
  else merged.push(row);
}

function later(old: ExchangeSummary, next: ExchangeSummary): ExchangeSummary {
  const [kept, other] = old.reply.ms !== undefined && next.reply.ms === undefined ? [old, next] : [next, old];
  const { diagnosis } = other.verdict;
  return kept.verdict.diagnosis.length === 0 && diagnosis.length > 0 ? withDiagnosis(kept, diagnosis) : kept;
}

/** The request with the cause of its failed check. */
export function withDiagnosis<T extends ExchangeSummary>(request: T, diagnosis: readonly Finding[]): T {
  return { ...request, verdict: { ...request.verdict, diagnosis } };
}

/** `rows` with the replies of these ids filled in; `rows` itself when none of them is there. */
export function applyReplies(
  rows: readonly ExchangeSummary[],
  replies: ReadonlyMap<string, ReplyNews>,
): readonly ExchangeSummary[] {
  return applyNews(rows, replies, (row, news) => ({ ...row, reply: { ...row.reply, ...news } }));
}

/** `rows` with the causes found for these ids; `rows` itself when none of them is there. */
export function applyDiagnoses(
  rows: readonly ExchangeSummary[],
  diagnoses: ReadonlyMap<string, readonly Finding[]>,
): readonly ExchangeSummary[] {
  return applyNews(rows, diagnoses, withDiagnosis);
}

/** The request with these marks in place of those it had. */
export function withMarks<T extends ExchangeSummary>(request: T, { pinned, note }: Marks): T {
  const { pinned: _pinned, note: _note, ...rest } = request;
  return { ...rest, ...(pinned ? { pinned } : {}), ...(note === null ? {} : { note }) } as T;
}

/** `rows` with the marks of these ids; `rows` itself when none of them is there. */
export function applyMarks(
  rows: readonly ExchangeSummary[],
  marks: ReadonlyMap<string, Marks>,
): readonly ExchangeSummary[] {
  return applyNews(rows, marks, withMarks);
}

/**
 * `rows` without those that the host no longer has. `asked` is a stretch of them, by falling seq, and `found` the host's
 * rows from the first of these on, as many as there are in `asked` or all it has.
 */
export function withoutRemoved(
  rows: readonly ExchangeSummary[],
  asked: readonly ExchangeSummary[],
  found: readonly ExchangeSummary[],
): readonly ExchangeSummary[] {
  const there = new Set(found.map(({ id }) => id));
  const gone = new Set(asked.flatMap(({ id }) => (there.has(id) ? [] : [id])));
  return gone.size === 0 ? rows : rows.filter(({ id }) => !gone.has(id));
}

/** `rows` without those of these ids; `rows` itself when none of them is there. */
export function withoutIds(rows: readonly ExchangeSummary[], gone: ReadonlySet<string>): readonly ExchangeSummary[] {
  return gone.size === 0 || !rows.some(({ id }) => gone.has(id)) ? rows : rows.filter(({ id }) => !gone.has(id));
}

function applyNews<T>(
  rows: readonly ExchangeSummary[],
  byId: ReadonlyMap<string, T>,
  apply: (row: ExchangeSummary, news: T) => ExchangeSummary,
): readonly ExchangeSummary[] {
  if (byId.size === 0) return rows;
  let changed: ExchangeSummary[] | null = null;
  let left = byId.size;
  for (let i = 0; i < rows.length && left > 0; i += 1) {
    const row = rows[i] as ExchangeSummary;
    const news = byId.get(row.id);
    if (news === undefined) continue;
    left -= 1;
    changed ??= [...rows];
    changed[i] = apply(row, news);
  }
  return changed ?? rows;
}

/** Deliveries, newest first, each id once, at most `limit`; those in `incoming` replace the ones they are versions of. */
export function mergeDeliveries(
  list: readonly Delivery[],
  incoming: ReadonlyMap<string, Delivery>,
  limit: number,
): readonly Delivery[] {
  if (incoming.size === 0) return list;
  const left = new Map(incoming);
  const merged = list.map((delivery) => {
    const next = left.get(delivery.id);
    if (next === undefined) return delivery;
    left.delete(delivery.id);
    return withAttempts(next, delivery.attempts);
  });
  if (left.size > 0) merged.push(...left.values());
  const inOrder = left.size > 0 ? merged.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)) : merged;
  return inOrder.length > limit ? inOrder.slice(0, limit) : inOrder;
}

/** `delivery` with attempts that are not in its own list yet. */
export function withAttempts(delivery: Delivery, attempts: readonly Attempt[]): Delivery {
  const known = new Set(delivery.attempts.map((attempt) => attempt.n));
  const missing = attempts.filter((attempt) => !known.has(attempt.n));
  if (missing.length === 0) return delivery;
  return { ...delivery, attempts: [...delivery.attempts, ...missing].sort((a, b) => a.n - b.n) };
}
