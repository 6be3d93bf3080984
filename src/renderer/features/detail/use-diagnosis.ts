// Asks for the cause of a failed check once its tab is open, unless it is known already.

import { useEffect, useState } from 'react';
import type { ExchangeDetail, Finding } from '../../../shared/exchange.ts';
import { useActions } from '../../state/use-app.ts';

/** What is known of the cause. */
export type DiagnosisState =
  /** Nothing failed. */
  | { readonly kind: 'none' }
  | { readonly kind: 'looking' }
  | { readonly kind: 'found'; readonly findings: readonly Finding[] }
  /** It cannot be said, and why. */
  | { readonly kind: 'unknown'; readonly message: string };

/** The cause of a request's failed check, looked for if need be. */
export function useDiagnosis(request: ExchangeDetail): DiagnosisState {
  const { id, verdict, truncated } = request;
  const actions = useActions();
  const [answer, setAnswer] = useState<{ readonly id: string; readonly message: string } | null>(null);
  const failed = verdict.status !== 'valid' && verdict.status !== 'unverified';
  const wanted = failed && verdict.diagnosis.length === 0 && !truncated;

  useEffect(() => {
    if (!wanted) return undefined;
    let stale = false;
    void actions.diagnose(id).then((error) => {
      if (!stale) setAnswer({ id, message: error === null ? 'No cause was found.' : error.message });
    });
    return () => {
      stale = true;
    };
  }, [actions, id, wanted]);

  if (!failed) return { kind: 'none' };
  if (verdict.diagnosis.length > 0) return { kind: 'found', findings: verdict.diagnosis };
  if (truncated) {
    return { kind: 'unknown', message: 'Only the head of the body was kept, so the cause cannot be looked for.' };
  }
  return answer?.id === id ? { kind: 'unknown', message: answer.message } : { kind: 'looking' };
}
