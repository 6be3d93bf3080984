// The attempts of a delivery as dots on a line, oldest first, with the same in words for assistive technology.

import type { Delivery } from '../../shared/delivery.ts';
import { attemptsInWords, outcomeTone, outcomeWord } from '../lib/words.ts';
import './attempt-steps.css';

/** Dots beyond this many are a number. */
const shown = 8;

/** Dots of the attempts so far, and a hollow one for the attempt to come. */
export function AttemptSteps({ delivery }: { readonly delivery: Delivery }) {
  const { attempts, state } = delivery;
  const hidden = Math.max(0, attempts.length - shown);
  const open = state === 'waiting' || state === 'sending' || state === 'parked';
  const words = attemptsInWords(delivery);
  return (
    <span className="steps" role="img" aria-label={words} title={words}>
      {hidden > 0 && <span className="steps-more">{hidden} +</span>}
      {attempts.slice(hidden).map((attempt) => (
        <span key={attempt.n} className={`step ${outcomeTone(attempt.outcome)}`} title={outcomeWord(attempt)} />
      ))}
      {open && <span className={state === 'parked' ? 'step parked' : 'step open'} />}
    </span>
  );
}
