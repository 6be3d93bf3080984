// The open request once the cause of its failed check is known. The host keeps the cause with the request; the window
// need not fetch the whole request again for it.

import type { ExchangeSummary, Finding } from '../../shared/exchange.ts';
import type { DetailSlice } from './app-state.ts';
import { applyDiagnoses, withDiagnosis } from './merge-rows.ts';

/** `detail` with the causes found for these request ids; `detail` itself when they concern another request. */
export function withFindings(detail: DetailSlice, diagnoses: ReadonlyMap<string, readonly Finding[]>): DetailSlice {
  const { value } = detail;
  if (value === null || diagnoses.size === 0) return detail;
  const own = diagnoses.get(value.id);
  const group: readonly ExchangeSummary[] = applyDiagnoses(value.group, diagnoses);
  if (own === undefined && group === value.group) return detail;
  const next = { ...value, group };
  return { ...detail, value: own === undefined ? next : withDiagnosis(next, own) };
}
