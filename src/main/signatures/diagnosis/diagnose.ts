// Says why a signature check failed: computes it again over a fixed list of known mistakes and names the one that makes
// it come out right. Nothing here decides what is valid; that is verify's business alone.

import type { Finding } from '../../../shared/exchange.ts';
import { findProvider } from '../../../shared/providers/index.ts';
import { keysFor } from '../keys-for.ts';
import { createMessage } from '../message.ts';
import type { Message } from '../message.ts';
import { applicableSchemes } from '../reading.ts';
import { createBudget } from './budget.ts';
import { findCauses, findNeighbour } from './causes.ts';
import type { DiagnoseInput, Diagnosis } from './input.ts';
import { createLedger } from './ledger.ts';
import { isRecipe } from './subject.ts';
import type { Cause, Session, Subject } from './subject.ts';
import { verdictTimeCause } from './time-reading.ts';
import { noKnownCause } from './words.ts';

export type { DiagnoseInput, Diagnosis, OtherSecret } from './input.ts';

/**
 * The causes of a failed check, the one that fits first; none for `valid` and `unverified`, else at least one. At most
 * 200 computations. Never throws for anything in the request. No secret's value occurs in what it returns.
 */
export function diagnose(input: DiagnoseInput): Diagnosis {
  const steps = diagnoseSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** As {@link diagnose}, in pieces that hash at most about 4 MiB each: the caller lets others in between. */
export function* diagnoseSteps(input: DiagnoseInput): Generator<void, Diagnosis> {
  const budget = createBudget();
  const session: Session = { input, budget, ledger: createLedger(budget), carried: new WeakMap() };
  const causes = yield* causesOf(session);
  const findings = causes.map(({ code, message, mend }): Finding => ({ code, message, mend }));
  return { findings, computed: budget.computed, bytes: budget.bytes };
}

function* causesOf(session: Session): Generator<void, readonly Cause[]> {
  const { input } = session;
  const { verdict } = input;
  if (verdict.status === 'valid' || verdict.status === 'unverified') return [];
  const provider = input.definition ?? findProvider(input.provider ?? '', input.generic);
  const message = createMessage(input);
  session.ledger.add(message.body);
  const subjects = provider === undefined ? [] : subjectsOf(input, provider, message);
  const [first] = subjects;
  if (verdict.status === 'expired' || verdict.status === 'future') {
    const rule = first !== undefined && isRecipe(first.scheme) ? first.scheme.timestamp : undefined;
    return [verdictTimeCause(verdict, input.now, rule)];
  }
  if (first !== undefined) return yield* findCauses(session, first, subjects);
  return (yield* findNeighbour(session, null, message)) ?? [noKnownCause(1, false)];
}

/** The schemes that were checked, the one of the verdict first. */
function subjectsOf(
  { scheme: wanted, secrets, verdict }: DiagnoseInput,
  provider: Subject['provider'],
  message: Message,
): readonly Subject[] {
  const known = provider.schemes.some(({ id }) => id === wanted);
  return applicableSchemes(provider, known ? wanted : undefined, message)
    .toSorted((a, b) => Number(b.id === verdict.scheme) - Number(a.id === verdict.scheme))
    .map((scheme): Subject => {
      const { keys, companions } = keysFor(scheme, secrets);
      return { provider, scheme, message, keys, companions, item: 0 };
    });
}
