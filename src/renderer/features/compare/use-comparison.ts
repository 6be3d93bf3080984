// Fetches two requests and what they do not have in common.

import { useEffect, useState } from 'react';
import type { Comparison } from '../../../shared/compare.ts';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { useServices } from '../../state/use-app.ts';

/** What is known. */
export type ComparisonState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: ErrorValue }
  | {
      readonly kind: 'ready';
      readonly a: ExchangeDetail;
      readonly b: ExchangeDetail;
      readonly comparison: Comparison;
    };

/** The comparison of two requests; the last one stays until the next is there. */
export function useComparison(a: string, b: string, ignoreVolatile: boolean): ComparisonState {
  const { bridge } = useServices();
  const [state, setState] = useState<ComparisonState>({ kind: 'loading' });
  useEffect(() => {
    let stale = false;
    void Promise.all([
      bridge.call('requests.get', { id: a }),
      bridge.call('requests.get', { id: b }),
      bridge.call('requests.compare', { a, b, ignoreVolatile }),
    ]).then(([first, second, compared]) => {
      if (stale) return;
      if (!first.ok) setState({ kind: 'failed', error: first.error });
      else if (!second.ok) setState({ kind: 'failed', error: second.error });
      else if (!compared.ok) setState({ kind: 'failed', error: compared.error });
      else setState({ kind: 'ready', a: first.value, b: second.value, comparison: compared.value });
    });
    return () => {
      stale = true;
    };
  }, [bridge, a, b, ignoreVolatile]);
  return state;
}
