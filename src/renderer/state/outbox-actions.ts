// Deleting deliveries with a way back: they leave the lists at once, and the host deletes them when the undo has run out.

import type { StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../shared/contract.ts';
import type { Delivery } from '../../shared/delivery.ts';
import type { ErrorValue } from '../../shared/errors.ts';
import { applyDeliveries, withoutDeliveries } from './apply-changes.ts';
import type { AppState } from './app-state.ts';

/** Actions on the outbox. */
export interface OutboxActions {
  /** These are to be deleted: they are not shown any more. */
  hideDeliveries(ids: readonly string[]): void;
  /** They stay after all. */
  unhideDeliveries(ids: readonly string[]): void;
  /** Has them deleted. Gives what went wrong, and then shows them again, or null. */
  deleteDeliveries(ids: readonly string[]): Promise<ErrorValue | null>;
  /** `old` was taken out and this one put in its place. */
  noteEdited(old: string, made: Delivery): void;
}

/** Creates them. */
export function createOutboxActions(store: StoreApi<AppState>, bridge: Bridge): OutboxActions {
  const unhide = (ids: readonly string[]): void => {
    const back = new Set(ids);
    store.setState(({ leaving }) => ({ leaving: new Set([...leaving].filter((id) => !back.has(id))) }));
  };
  return {
    hideDeliveries: (ids) => store.setState(({ leaving }) => ({ leaving: new Set([...leaving, ...ids]) })),
    unhideDeliveries: unhide,

    async deleteDeliveries(ids) {
      const answer = await bridge.call('deliveries.remove', { ids: [...ids] });
      if (answer.ok) store.setState(({ mirror }) => ({ mirror: withoutDeliveries(mirror, new Set(ids)) }));
      unhide(ids);
      return answer.ok ? null : answer.error;
    },

    noteEdited: (old, made) =>
      store.setState(({ mirror }) => {
        const known = [...mirror.deliveries, ...mirror.dead].some(({ id }) => id === made.id);
        const rest = old === made.id ? mirror : withoutDeliveries(mirror, new Set([old]));
        // News of the new one may have overtaken the answer and know more.
        return { mirror: known && old !== made.id ? rest : applyDeliveries(rest, new Map([[made.id, made]])) };
      }),
  };
}
