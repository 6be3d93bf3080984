// Deliveries without those that are about to be deleted.

import { useMemo } from 'react';
import type { Delivery } from '../../../shared/delivery.ts';
import { useApp } from '../../state/use-app.ts';

/** Those of `list` that a person still has. */
export function useShown(list: readonly Delivery[]): readonly Delivery[] {
  const leaving = useApp((state) => state.leaving);
  return useMemo(() => (leaving.size === 0 ? list : list.filter(({ id }) => !leaving.has(id))), [list, leaving]);
}
