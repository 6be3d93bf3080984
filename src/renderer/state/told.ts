// The open request once more is known of it: the cause of its failed check, its marks, what became of its forwards. The
// host keeps all that with the request; the window need not fetch the whole request again for it.

import type { Change } from '../../shared/news.ts';
import type { ExchangeSummary, Finding } from '../../shared/exchange.ts';
import type { ForwardResult } from '../../shared/forwards.ts';
import type { DetailSlice } from './app-state.ts';
import { diagnosesOf, marksOf } from './apply-changes.ts';
import { applyDiagnoses, applyMarks, withDiagnosis, withMarks } from './merge-rows.ts';

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

/** `detail` with everything that a batch tells of it; `detail` itself when it tells nothing. */
export function withTold(detail: DetailSlice, changes: readonly Change[]): DetailSlice {
  return withForwards(withMarksOf(withFindings(detail, diagnosesOf(changes)), changes), changes);
}

function withMarksOf(detail: DetailSlice, changes: readonly Change[]): DetailSlice {
  const { value } = detail;
  const marks = marksOf(changes);
  if (value === null || marks.size === 0) return detail;
  const own = marks.get(value.id);
  const group = applyMarks(value.group, marks);
  if (own === undefined && group === value.group) return detail;
  const next = { ...value, group };
  return { ...detail, value: own === undefined ? next : withMarks(next, own) };
}

function withForwards(detail: DetailSlice, changes: readonly Change[]): DetailSlice {
  const { value } = detail;
  if (value === null) return detail;
  let { forwards } = value;
  for (const change of changes) {
    if (change.type === 'forward' && change.requestId === value.id) forwards = withResult(forwards, change.result);
  }
  return forwards === value.forwards ? detail : { ...detail, value: { ...value, forwards } };
}

function withResult(list: readonly ForwardResult[], result: ForwardResult): readonly ForwardResult[] {
  const known = list.some(({ forwardId }) => forwardId === result.forwardId);
  return known ? list.map((old) => (old.forwardId === result.forwardId ? result : old)) : [...list, result];
}
