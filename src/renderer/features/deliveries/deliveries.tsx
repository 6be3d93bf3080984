// Everything on its way and everything that arrived: state, attempts, what comes next.

import { useCallback, useState } from 'react';
import type { Delivery } from '../../../shared/delivery.ts';
import { formatCount } from '../../lib/format.ts';
import { hashOf } from '../../state/route.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { VirtualGrid } from '../../ui/virtual-grid.tsx';
import { ListAndLog } from './list-and-log.tsx';
import { DeliveryActions } from './delivery-actions.tsx';
import { DeliveryHeader, DeliveryRow, deliveryName } from './delivery-row.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { useDelete } from './use-delete.ts';
import { useShown } from './use-shown.ts';
import './deliveries.css';

const keyOf = (delivery: Delivery): string => delivery.id;

/** The view "Deliveries". */
export function Deliveries({ selected }: { readonly selected: string | null }) {
  const deliveries = useShown(useApp((state) => state.mirror.deliveries));
  const ready = useApp((state) => state.mirror.status === 'ready');
  const actions = useActions();
  const select = useCallback((delivery: Delivery) => actions.go({ view: 'deliveries', id: delivery.id }), [actions]);
  const [edited, setEdited] = useState<Delivery | null>(null);
  const remove = useDelete('delivery');
  const open = deliveries.find((delivery) => delivery.id === selected) ?? deliveries[0] ?? null;

  return (
    <>
      <ListAndLog
        title="Deliveries"
        meta={summary(deliveries)}
        actions={
          open && <DeliveryActions delivery={open} onEdit={() => setEdited(open)} onDelete={() => remove([open])} />
        }
        open={open}
        empty={
          ready && deliveries.length === 0 ? (
            <div className="empty">
              <h2>Nothing was sent yet</h2>
              <p>
                <a href={hashOf({ view: 'compose' })}>Compose</a> an event, or replay a request from the Inbox.
              </p>
            </div>
          ) : null
        }
        list={
          <VirtualGrid
            label="Deliveries"
            items={deliveries}
            keyOf={keyOf}
            nameOf={deliveryName}
            rowHeight={54}
            rowClass="delivery-row"
            Row={DeliveryRow}
            header={<DeliveryHeader end="Next" />}
            selected={open?.id ?? null}
            onSelect={select}
          />
        }
      />
      <EditDialog delivery={edited} onClose={() => setEdited(null)} />
    </>
  );
}

function summary(deliveries: readonly Delivery[]): string {
  const counts = new Map<string, number>();
  for (const { state } of deliveries) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = ['sending', 'waiting', 'parked', 'delivered'].flatMap((state) => {
    const count = counts.get(state);
    return count === undefined ? [] : [`${formatCount(count)} ${state}`];
  });
  return parts.length === 0 ? 'None yet' : parts.join(', ');
}
