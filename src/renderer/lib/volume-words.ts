// The answers to many deliveries as a person reads them.

import { outcomeTone, outcomeWord } from './words.ts';
import type { Tone } from './words.ts';
import type { AttemptOutcome } from '../../shared/delivery.ts';

/** One kind of answer. */
export interface AnswerRow {
  /** `200`, `refused`. */
  readonly name: string;
  readonly count: number;
  readonly tone: Tone;
}

/** Answers by falling count. Keys are statuses or outcomes of attempts. */
export function answerRows(answers: Readonly<Record<string, number>>): AnswerRow[] {
  return Object.entries(answers)
    .map(([key, count]) => {
      if (/^\d+$/.test(key)) return { name: key, count, tone: key.startsWith('2') ? 'ok' : 'bad' } as const;
      const outcome = key as AttemptOutcome;
      return { name: outcomeWord({ outcome, status: null }) ?? key, count, tone: outcomeTone(outcome) };
    })
    .toSorted((a, b) => b.count - a.count || a.name.localeCompare(b.name, 'en'));
}
