// Turns one batch of news into the next state of the mirror: pure, one result per batch, so that the window renders once
// however many requests arrived. A missing batch is noticed here and answered with a new snapshot elsewhere.

import type { Change, ChangeBatch, Snapshot } from '../../shared/news.ts';
import type { Attempt, Delivery } from '../../shared/delivery.ts';
import type { ErrorValue } from '../../shared/errors.ts';
import type { ExchangeSummary, Finding, RefusedEntry } from '../../shared/exchange.ts';
import type { ForwardHealth } from '../../shared/forwards.ts';
import type { PullStatus } from '../../shared/pulls.ts';
import {
  applyDiagnoses,
  applyMarks,
  applyReplies,
  mergeDeliveries,
  mergeRows,
  withAttempts,
  withoutIds,
} from './merge-rows.ts';
import type { Marks, ReplyNews } from './merge-rows.ts';
import { maxDeliveries, maxRefused, maxRows } from './mirror.ts';
import type { Mirror } from './mirror.ts';

/** What became of a batch. */
export type Applied =
  | { readonly kind: 'applied'; readonly mirror: Mirror }
  /** Already included. */
  | { readonly kind: 'old' }
  /** At least one batch before it is missing: fetch a snapshot. */
  | { readonly kind: 'gap' };

/** Applies a batch that follows directly on what the mirror has. */
export function applyBatch(mirror: Mirror, batch: ChangeBatch): Applied {
  if (batch.batch <= mirror.batch) return { kind: 'old' };
  if (batch.batch > mirror.batch + 1) return { kind: 'gap' };
  return { kind: 'applied', mirror: { ...applyChanges(mirror, batch.changes), batch: batch.batch } };
}

/** What is fetched together with a snapshot. */
export interface Pages {
  readonly rows: readonly ExchangeSummary[];
  readonly moreRows: boolean;
  readonly deliveries: readonly Delivery[];
  readonly dead: readonly Delivery[];
  readonly refused: readonly RefusedEntry[];
  readonly pullStatus: readonly PullStatus[];
}

/** The mirror after a snapshot. Older rows stay when the new page reaches down to them, so that nobody loses their place. */
export function applySnapshot(mirror: Mirror, snapshot: Snapshot, pages: Pages): Mirror {
  const { recovered, ...told } = snapshot;
  const newestKept = mirror.rows[0]?.seq ?? Number.NEGATIVE_INFINITY;
  const oldestFresh = pages.rows.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
  const joins = oldestFresh <= newestKept;
  return {
    status: 'ready',
    failure: null,
    ...told,
    recovered,
    pullStatus: pages.pullStatus,
    check: mirror.check,
    volume: mirror.volume,
    job: mirror.job,
    rows: joins ? mergeRows(mirror.rows, pages.rows, maxRows) : pages.rows,
    moreRows: joins ? mirror.moreRows : pages.moreRows,
    deliveries: pages.deliveries,
    dead: pages.dead,
    refused: pages.refused,
  };
}

/** The mirror when the first snapshot could not be had. */
export function applyFailure(mirror: Mirror, failure: ErrorValue): Mirror {
  return { ...mirror, status: 'failed', failure };
}

/** Replies of a batch by request id. */
function repliesOf(changes: readonly Change[]): Map<string, ReplyNews> {
  const replies = new Map<string, ReplyNews>();
  for (const change of changes) {
    if (change.type !== 'reply') continue;
    const { id, status, ms, by } = change;
    replies.set(id, { status, ms, by });
  }
  return replies;
}

/** Causes that were found in a batch, by request id. */
export function diagnosesOf(changes: readonly Change[]): Map<string, readonly Finding[]> {
  const diagnoses = new Map<string, readonly Finding[]>();
  for (const change of changes) {
    if (change.type === 'diagnosis') diagnoses.set(change.id, change.findings);
  }
  return diagnoses;
}

/** Marks of a batch by request id. */
export function marksOf(changes: readonly Change[]): Map<string, Marks> {
  const marks = new Map<string, Marks>();
  for (const change of changes) {
    if (change.type === 'marks') marks.set(change.id, { pinned: change.pinned, note: change.note });
  }
  return marks;
}

/** Requests that a batch tells to be gone, as far as it names them. */
function removedIds(changes: readonly Change[]): ReadonlySet<string> {
  return new Set(changes.flatMap((change) => (change.type === 'requests-removed' ? (change.ids ?? []) : [])));
}

/** `rows` with what a batch says about requests that are already there; `rows` itself when it says nothing. */
export function applyRowNews(rows: readonly ExchangeSummary[], changes: readonly Change[]): readonly ExchangeSummary[] {
  const there = withoutIds(rows, removedIds(changes));
  const answered = applyReplies(there, repliesOf(changes));
  return applyMarks(applyDiagnoses(answered, diagnosesOf(changes)), marksOf(changes));
}

function applyChanges(mirror: Mirror, changes: readonly Change[]): Mirror {
  const requests: ExchangeSummary[] = [];
  const refused: RefusedEntry[] = [];
  const deliveries = new Map<string, Delivery>();
  const gone = new Set<string>();
  let removed = 0;
  let next: Mirror = mirror;

  for (const change of changes) {
    switch (change.type) {
      case 'request':
        requests.push(change.summary);
        break;
      // These are about rows (applyRowNews) or about the open request alone (told.ts).
      case 'reply':
      case 'diagnosis':
      case 'marks':
      case 'forward':
      // What the window is asked to do is no news of the host (connection.ts).
      case 'show':
        break;
      case 'requests-removed':
        removed += change.count;
        break;
      case 'tunnel':
        next = { ...next, tunnelStates: withStatus(next.tunnelStates, change.status) };
        break;
      case 'forward-health':
        next = { ...next, forwardHealth: withHealth(next.forwardHealth, change.health) };
        break;
      case 'refused':
        refused.unshift(change.entry);
        break;
      case 'delivery':
        gone.delete(change.delivery.id);
        deliveries.set(change.delivery.id, change.delivery);
        break;
      case 'attempt': {
        const known = deliveries.get(change.deliveryId) ?? findDelivery(mirror, change.deliveryId);
        if (known) deliveries.set(known.id, withAttempt(known, change.attempt));
        break;
      }
      case 'receiver':
        next = { ...next, receiver: change.receiver };
        break;
      case 'workspace':
        next = { ...next, ...workspaceOf(change) };
        break;
      case 'check':
        next = { ...next, check: newer(next.check, change.run) };
        break;
      case 'volume':
        next = { ...next, volume: newer(next.volume, change.run) };
        break;
      case 'job':
        next = { ...next, job: change.job };
        break;
      case 'pull':
        next = { ...next, pullStatus: withStatus(next.pullStatus, change.status) };
        break;
      case 'deliveries-removed':
        for (const id of change.ids) gone.add(id);
        break;
      case 'secrets':
        next = { ...next, secrets: change.secrets, secretStorage: change.secretStorage };
        break;
      case 'settings':
        next = { ...next, settings: change.settings };
        break;
    }
  }

  const rows = applyRowNews(mergeRows(next.rows, requests, maxRows), changes);
  return {
    ...withoutDeliveries(applyDeliveries(next, deliveries), gone),
    rows,
    moreRows: next.moreRows || next.rows.length + requests.length > maxRows,
    requestCount: Math.max(0, next.requestCount + requests.length - removed),
    refused: refused.length === 0 ? next.refused : [...refused, ...next.refused].slice(0, maxRefused),
  };
}

/** Puts each delivery into the list of its state; a redriven dead letter leaves with the delivery that replaces it. */
export function applyDeliveries(mirror: Mirror, incoming: ReadonlyMap<string, Delivery>): Mirror {
  if (incoming.size === 0) return mirror;
  const alive = new Map<string, Delivery>();
  const dead = new Map<string, Delivery>();
  const redriven = new Set<string>();
  for (const delivery of incoming.values()) {
    (delivery.state === 'dead' ? dead : alive).set(delivery.id, delivery);
    if (delivery.redriveOf !== undefined) redriven.add(delivery.redriveOf);
  }
  const stillAlive = mirror.deliveries.filter((delivery) => !dead.has(delivery.id));
  const stillDead = mirror.dead.filter((letter) => !alive.has(letter.id) && !redriven.has(letter.id));
  return {
    ...mirror,
    deliveries: mergeDeliveries(stillAlive, alive, maxDeliveries),
    dead: mergeDeliveries(stillDead, dead, maxDeliveries),
  };
}

/** The mirror without the deliveries of these ids, dead or alive. */
export function withoutDeliveries(mirror: Mirror, gone: ReadonlySet<string>): Mirror {
  if (gone.size === 0) return mirror;
  const stays = ({ id }: Delivery): boolean => !gone.has(id);
  return { ...mirror, deliveries: mirror.deliveries.filter(stays), dead: mirror.dead.filter(stays) };
}

/** Of two versions of runs the one that was started later; of the same run, the incoming one. */
export function newer<T extends { readonly id: string; readonly startedAt: number }>(old: T | null, run: T): T {
  return old !== null && old.id !== run.id && old.startedAt > run.startedAt ? old : run;
}

/** The list with this status in place of the one before. */
export function withStatus<T extends { readonly id: string }>(list: readonly T[], status: T): readonly T[] {
  return [...list.filter(({ id }) => id !== status.id), status];
}

/** The list with what is told of some forwards in place of what was known of them. */
function withHealth(list: readonly ForwardHealth[], told: readonly ForwardHealth[]): readonly ForwardHealth[] {
  const keyOf = ({ endpointId, forwardId }: ForwardHealth): string => `${endpointId}/${forwardId}`;
  const replaced = new Set(told.map(keyOf));
  return [...list.filter((health) => !replaced.has(keyOf(health))), ...told];
}

function workspaceOf(change: Change & { readonly type: 'workspace' }): Partial<Mirror> {
  const { type: _, ...workspace } = change;
  return workspace;
}

/** The delivery with this id, dead or alive. */
export function findDelivery(mirror: Pick<Mirror, 'deliveries' | 'dead'>, id: string): Delivery | undefined {
  return mirror.deliveries.find((delivery) => delivery.id === id) ?? mirror.dead.find((letter) => letter.id === id);
}

function withAttempt(delivery: Delivery, attempt: Attempt): Delivery {
  return withAttempts(delivery, [attempt]);
}
