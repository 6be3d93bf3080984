// The deliveries of the last send as they are now.

import { useMemo } from 'react';
import type { Delivery } from '../../shared/delivery.ts';
import { findDelivery } from './apply-changes.ts';
import type { LastSend } from './app-state.ts';
import { useApp } from './use-app.ts';

/** Those that are still known, in the order in which they were made. */
export function useSentDeliveries(sent: LastSend | null): readonly Delivery[] {
  const deliveries = useApp((state) => state.mirror.deliveries);
  const dead = useApp((state) => state.mirror.dead);
  return useMemo(
    () => (sent?.deliveryIds ?? []).flatMap((id) => findDelivery({ deliveries, dead }, id) ?? []),
    [sent, deliveries, dead],
  );
}
