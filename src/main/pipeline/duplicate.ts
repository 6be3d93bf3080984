// Relation of a request to earlier ones: the same delivery again, another body under the same id, or the same body
// under another id. It only says so; a duplicate is kept like any other request.

import type { CapturedRequest, DuplicateVerdict } from '../../shared/exchange.ts';
import type { Endpoint, Settings } from '../../shared/workspace.ts';
import type { DuplicateKeys, DuplicateMatch, History } from '../store/history.ts';

/** What marks a request: where it came in, from whom, and under which delivery id. */
export interface DuplicateSubject {
  readonly request: Pick<CapturedRequest, 'method' | 'target' | 'body' | 'size' | 'sha256' | 'receivedAt'>;
  /** Id of the endpoint. */
  readonly endpoint: string;
  readonly provider: string | null;
  readonly deliveryId: string | null;
}

const hourMs = 3_600_000;
const none: DuplicateKeys = { idKey: null, bodyKey: null };

/** The verdict on a request that repeats nothing. */
export const first: DuplicateVerdict = { kind: 'first', of: null, n: 1 };

/** Keys under which `subject` is found by later requests. An empty body says nothing, so it makes no key. */
export function duplicateKeys(
  { request, endpoint, provider, deliveryId }: DuplicateSubject,
  by: Endpoint['duplicates']['by'] = 'id-or-body',
): DuplicateKeys {
  if (by === 'off') return none;
  return {
    idKey: deliveryId === null ? null : `${endpoint} ${provider ?? ''} ${deliveryId}`,
    // The body stands for itself by its hash; the size tells cut bodies apart that begin alike.
    bodyKey:
      by === 'id' || request.body.length === 0
        ? null
        : `${request.sha256} ${request.size} ${endpoint} ${request.method} ${request.target}`,
  };
}

/** The earliest arrival that a repetition at `receivedAt` may repeat, epoch ms; null where repetitions are not looked for. */
export function duplicatesSince(
  { windowHours }: Pick<Endpoint['duplicates'], 'windowHours'>,
  { duplicateWindowHours }: Pick<Settings, 'duplicateWindowHours'>,
  receivedAt: number,
): number | null {
  const hours = windowHours ?? duplicateWindowHours;
  return hours <= 0 ? null : receivedAt - hours * hourMs;
}

/** Looks for earlier requests since `sinceAt` (epoch ms; null: never looks) and says what this one is to them. */
export function classify(
  { request }: DuplicateSubject,
  keys: DuplicateKeys,
  sinceAt: number | null,
  history: Pick<History, 'findById' | 'findByBody'>,
): DuplicateVerdict {
  if (sinceAt === null) return first;
  const sameId = keys.idKey === null ? null : history.findById(keys.idKey, request.sha256, sinceAt);
  if (sameId) return verdict(sameId.sha256 === request.sha256 ? 'retry' : 'conflict', sameId);
  const sameBody = keys.bodyKey === null ? null : history.findByBody(keys.bodyKey, sinceAt);
  return sameBody ? verdict('same-body', sameBody) : first;
}

function verdict(kind: DuplicateVerdict['kind'], match: DuplicateMatch): DuplicateVerdict {
  return { kind, of: match.firstId, n: match.n + 1 };
}
