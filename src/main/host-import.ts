// Puts requests of a file into the history: read first, shown to the person, then stored, all of them or none. An
// import sends nothing, changes no setting and brings no secret into use.

import { hash } from 'node:crypto';
import type { CommandHandlers, CommandOutput } from '../shared/contract.ts';
import { AppError } from '../shared/errors.ts';
import type { CapturedRequest, DuplicateVerdict, ExchangeSummary, Verdict } from '../shared/exchange.ts';
import { makeId } from '../shared/id.ts';
import type { ImportPreview } from '../shared/imports.ts';
import { detectProvider, findDefinition } from '../shared/providers/index.ts';
import type { ImportedRequest, ImportPlan } from './formats/import/plan.ts';
import { summarize } from './host-news.ts';
import type { Parts } from './host-parts.ts';
import { first } from './pipeline/duplicate.ts';
import { lookAtRequest, readValues } from './pipeline/values.ts';
import type { Random } from './ports.ts';
import type { Exchange } from './store/history.ts';

/** What an import works on. */
export interface ImportContext {
  readonly parts: Pick<Parts, 'history' | 'clock' | 'definition'>;
  readonly random: Random;
  /** Told about each request once it is stored. */
  readonly onStored: (summary: ExchangeSummary) => void;
  /** Storing failed: these are gone again. */
  readonly onRemoved: (ids: readonly string[]) => void;
}

/** Plans that wait for the person's word. */
const keptPlans = 4;
/** Requests that are stored together; others get their turn between the groups. */
const groupSize = 200;
/** What the preview shows of each list. */
const shownEntries = 200;

/** Reads a file of any known format. Throws AppError IMPORT_INVALID. Its readers are loaded when the first file comes. */
export async function readPlan(bytes: Uint8Array): Promise<ImportPlan> {
  const { readCollection } = await import('./formats/import/read-collection.ts');
  return readCollection(bytes);
}

/** The handlers of `import.read` and `import.apply`. */
export function createImportHandlers(context: ImportContext): Pick<CommandHandlers, 'import.read' | 'import.apply'> {
  const plans = new Map<string, ImportPlan>();
  return {
    async 'import.read'({ bytes }) {
      const plan = await readPlan(bytes);
      const planId = makeId('imp', context.random);
      plans.set(planId, plan);
      for (const id of [...plans.keys()].slice(0, -keptPlans)) plans.delete(id);
      return previewOf(planId, plan, context);
    },
    async 'import.apply'({ planId }) {
      const plan = plans.get(planId);
      if (!plan)
        throw new AppError('IMPORT_INVALID', 'This file was imported, or others came after it: choose it again.');
      plans.delete(planId);
      return storePlan(plan, context);
    },
  };
}

function previewOf(planId: string, { format, requests, leftOut }: ImportPlan, context: ImportContext): ImportPreview {
  return {
    planId,
    format,
    count: requests.length,
    rows: requests.slice(0, shownEntries).map((request) => ({
      method: request.method,
      target: request.target,
      ...valuesOf(request, context),
      size: request.body.length,
    })),
    leftOut: leftOut.slice(0, shownEntries),
    leftOutCount: leftOut.length,
  };
}

/**
 * Stores the requests of a plan. Where storing fails, those that were stored are removed again, and it rejects with
 * AppError STORE_FULL or STORE_FAULT.
 */
export async function storePlan(plan: ImportPlan, context: ImportContext): Promise<CommandOutput<'import.apply'>> {
  const { history } = context.parts;
  const ids = freeIds(plan.requests, context);
  const stored: string[] = [];
  try {
    for (let from = 0; from < plan.requests.length; from += groupSize) {
      const group = plan.requests.slice(from, from + groupSize).map((request, n) => ({
        request,
        exchange: exchangeOf(request, ids.own[from + n] as string, ids.byOld, context),
      }));
      for (const { exchange } of group) stored.push(exchange.request.id);
      const outcomes = await Promise.allSettled(group.map(({ exchange }) => history.append(exchange)));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) throw failed.reason;
      await keepMarks(group, context);
    }
  } catch (error) {
    const gone = await history.remove(stored).catch(() => []);
    if (gone.length > 0) context.onRemoved(gone);
    throw error;
  }
  return { imported: stored.length };
}

/** What is not part of the row itself. */
async function keepMarks(
  group: readonly { readonly request: ImportedRequest; readonly exchange: Exchange }[],
  { parts: { history }, onStored }: ImportContext,
): Promise<void> {
  for (const { request, exchange } of group) {
    const { id } = exchange.request;
    const { replyStatus, replyMs, pinned, note } = request.known;
    if (replyMs !== undefined) history.noteReply(id, replyStatus ?? null, replyMs);
    if (note !== undefined) await history.setNote(id, note);
    if (pinned) await history.setPinned([id], true);
    onStored({ ...summarize(exchange), ...(pinned && { pinned }), ...(note !== undefined && { note }) });
  }
}

/** An id of the file is kept where nobody has it. */
function freeIds(requests: readonly ImportedRequest[], { parts: { history }, random }: ImportContext) {
  const byOld = new Map<string, string>();
  const own = requests.map(({ known }) => {
    const free = known.id !== undefined && !byOld.has(known.id) && history.get(known.id) === null;
    const id = free ? known.id : makeId('req', random);
    if (known.id !== undefined && !byOld.has(known.id)) byOld.set(known.id, id);
    return id;
  });
  return { own, byOld };
}

function exchangeOf(
  imported: ImportedRequest,
  id: string,
  byOld: ReadonlyMap<string, string>,
  context: ImportContext,
): Exchange {
  const { known, body } = imported;
  const { history, clock } = context.parts;
  const sha256 = hash('sha256', body, 'hex');
  const request: CapturedRequest = {
    id,
    seq: history.nextSeq(),
    receivedAt: known.receivedAt ?? clock.now(),
    method: imported.method,
    target: imported.target,
    httpVersion: imported.httpVersion,
    headers: imported.headers,
    trailers: imported.trailers,
    remoteAddress: known.remoteAddress ?? '',
    body,
    size: Math.max(known.truncated ? (known.size ?? 0) : 0, body.length),
    truncated: known.truncated === true,
    sha256: known.redacted ? (known.sha256 ?? sha256) : sha256,
  };
  return {
    request,
    endpoint: 'default',
    ...valuesOf(imported, context),
    verdict: known.verdict ?? notReceived,
    duplicate: duplicateOf(imported, byOld),
    // Later arrivals are no repeats of what never arrived.
    duplicateKeys: { idKey: null, bodyKey: null },
    replyStatus: known.replyStatus ?? null,
    ...(known.reply && { reply: known.reply }),
    imported: true,
  };
}

/** What the file says, else what the request itself shows. */
function valuesOf(
  request: ImportedRequest,
  { parts }: ImportContext,
): Pick<Exchange, 'provider' | 'event' | 'deliveryId'> {
  const { known } = request;
  const look = lookAtRequest(request);
  const provider = known.provider ?? detectProvider(look.headers, look.json);
  const read = readValues(
    look,
    findDefinition(provider, (id) => parts.definition(id)),
  );
  return { provider, event: known.event ?? read.event, deliveryId: known.deliveryId ?? read.deliveryId };
}

function duplicateOf({ known: { duplicate } }: ImportedRequest, byOld: ReadonlyMap<string, string>): DuplicateVerdict {
  const of = duplicate?.of === undefined || duplicate.of === null ? undefined : byOld.get(duplicate.of);
  return duplicate && of !== undefined ? { kind: duplicate.kind, of, n: duplicate.n } : first;
}

const notReceived: Verdict = {
  status: 'unverified',
  reason: 'imported',
  message: 'Read from a file, not received: its signature was not checked.',
  warnings: [],
  diagnosis: [],
};
