// What was given up: with every attempt, to be sent once more.

import { Button } from '@mantine/core';
import { useCallback } from 'react';
import type { Delivery } from '../../../shared/delivery.ts';
import { plural } from '../../lib/format.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { showDone, valueOrTell } from '../../ui/toast.tsx';
import { VirtualGrid } from '../../ui/virtual-grid.tsx';
import { DeadLetterRow, DeliveryHeader, deliveryName } from './delivery-row.tsx';
import { ListAndLog } from './list-and-log.tsx';
import './deliveries.css';

const keyOf = (delivery: Delivery): string => delivery.id;

/** The view "Dead letters". */
export function DeadLetters({ selected }: { readonly selected: string | null }) {
  const dead = useApp((state) => state.mirror.dead);
  const ready = useApp((state) => state.mirror.status === 'ready');
  const actions = useActions();
  const { bridge } = useServices();
  const select = useCallback((letter: Delivery) => actions.go({ view: 'dead-letters', id: letter.id }), [actions]);
  const open = dead.find((letter) => letter.id === selected) ?? dead[0] ?? null;

  const redrive = async (ids: string[] | 'all'): Promise<void> => {
    const made = valueOrTell(await bridge.call('deliveries.redrive', { ids }));
    if (made === null) return;
    showDone(
      `${plural(made.length, 'dead letter')} redriven`,
      'New deliveries with the same message ids are on their way.',
    );
    actions.noteRedriven(made);
  };
  return (
    <ListAndLog
      title="Dead letters"
      meta={dead.length === 0 ? 'None' : 'Given up after the last attempt of their schedule'}
      actions={
        dead.length > 0 && (
          <>
            <Button disabled={open === null} onClick={() => open && void redrive([open.id])}>
              Redrive
            </Button>
            <Button onClick={() => void redrive('all')}>Redrive all</Button>
          </>
        )
      }
      open={open}
      empty={
        ready && dead.length === 0 ? (
          <div className="empty">
            <h2>No dead letters</h2>
            <p>A delivery ends here when the last attempt of its schedule has failed.</p>
          </div>
        ) : null
      }
      list={
        <VirtualGrid
          label="Dead letters"
          items={dead}
          keyOf={keyOf}
          nameOf={deliveryName}
          rowHeight={54}
          rowClass="delivery-row"
          Row={DeadLetterRow}
          header={<DeliveryHeader end="Given up" />}
          selected={open?.id ?? null}
          onSelect={select}
        />
      }
    />
  );
}
