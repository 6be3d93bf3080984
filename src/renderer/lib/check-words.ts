// The result of a handler check in words: each case's state, and what the faults found mean for whoever runs the handler.

import type { CheckCase, CheckRun } from '../../shared/trials.ts';
import { formatDuration, plural } from './format.ts';
import type { Tone } from './words.ts';

/** How a case ended. */
export type CaseState = 'pass' | 'fail' | 'skipped';

/** State of a case. */
export function caseState(one: Pick<CheckCase, 'pass' | 'skipped'>): CaseState {
  if (one.skipped !== undefined) return 'skipped';
  return one.pass ? 'pass' : 'fail';
}

/** Tone of a case's state. */
export const caseTones: Readonly<Record<CaseState, Tone>> = { pass: 'ok', fail: 'bad', skipped: 'none' };

/** What was expected, in words. */
export const expectedWords: Readonly<Record<CheckCase['expected'], string>> = {
  accept: 'accept',
  reject: 'reject',
  'accept-once': 'accept once',
  answer: 'any clean answer',
};

/** What the handler answered: `200 · 34 ms`, `no answer`. */
export function answerWords(one: CheckCase): string {
  if (one.skipped !== undefined) return 'not sent';
  return `${one.status ?? 'no answer'} · ${formatDuration(one.ms)}`;
}

/** Accessible name of a case's row: `Tampered body, pass`. */
export function caseName(one: CheckCase): string {
  return `${one.title}, ${caseState(one)}`;
}

/** How many cases ended how. */
export interface CheckCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts of a run so far. */
export function checkCounts(cases: readonly CheckCase[]): CheckCounts {
  const count = (state: CaseState): number => cases.filter((one) => caseState(one) === state).length;
  return { passed: count('pass'), failed: count('fail'), skipped: count('skipped') };
}

/** What a fault lets happen. Faults that are not listed only fail their case. */
const consequences: readonly (readonly [words: string, faults: readonly string[]])[] = [
  [
    'can be fooled',
    ['no-signature-check', 'compares-loosely', 'accepts-other-version', 'no-time-check', 'trusts-event-type'],
  ],
  ['can act twice', ['not-idempotent']],
  [
    'can lose events',
    [
      'refuses-valid',
      'reads-one-signature',
      'parses-before-verifying',
      'refuses-out-of-order',
      'answers-before-work',
      'refuses-slow-client',
      'slow',
    ],
  ],
  ['can be brought down', ['no-size-limit', 'no-clean-answer']],
];

/** Headline and tone of a run. */
export interface CheckSummary {
  readonly tone: Tone;
  /** For example `8 of 11 passed: the handler can be fooled and can act twice`. */
  readonly title: string;
  /** A second line, perhaps empty. */
  readonly detail: string;
}

/** The summary of a run that has ended. */
export function checkSummary(run: CheckRun): CheckSummary {
  const { passed, failed, skipped } = checkCounts(run.cases);
  const judged = passed + failed;
  const notSent = skipped === 0 ? '' : `${plural(skipped, 'case')} skipped.`;
  if (judged === 0) return { tone: 'none', title: 'No case was judged', detail: notSent };
  const count = `${passed} of ${judged} passed`;
  if (failed === 0) return { tone: 'ok', title: `${count}: the handler does what it should`, detail: notSent };
  const faults = new Set(run.cases.flatMap((one) => (caseState(one) === 'fail' && one.fault ? [one.fault] : [])));
  const words = consequences.filter(([, codes]) => codes.some((code) => faults.has(code))).map(([text]) => text);
  const named = faults.size === 0 ? '' : `${faults.size === 1 ? 'Fault' : 'Faults'}: ${[...faults].join(', ')}.`;
  return {
    tone: 'bad',
    title: words.length === 0 ? count : `${count}: the handler ${inSeries(words)}`,
    detail: [named, notSent].filter((part) => part !== '').join(' '),
  };
}

function inSeries(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
