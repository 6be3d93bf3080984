// What was given up: with every attempt, to be sent once more, one by one or as many as a person chooses.

import { Button } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import type { DeadLetterChoice } from '../../../shared/contract.ts';
import type { Delivery } from '../../../shared/delivery.ts';
import { plural } from '../../lib/format.ts';
import { everyLetter, filterLetters, letterChoice } from '../../lib/letter-filter.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { RowBoxHeader } from '../../ui/row-box.tsx';
import { showDone, valueOrTell } from '../../ui/toast.tsx';
import { RowBoxesContext, useRowChoice } from '../../ui/use-row-choice.ts';
import { VirtualGrid } from '../../ui/virtual-grid.tsx';
import { DeadLetterRow, DeliveryHeader, deliveryName } from './delivery-row.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { LetterTools } from './letter-tools.tsx';
import { ListAndLog } from './list-and-log.tsx';
import { useDelete } from './use-delete.ts';
import { useShown } from './use-shown.ts';
import './deliveries.css';

const keyOf = (delivery: Delivery): string => delivery.id;

/** The view "Dead letters". */
export function DeadLetters({ selected }: { readonly selected: string | null }) {
  const all = useShown(useApp((state) => state.mirror.dead));
  const [filter, setFilter] = useState(everyLetter);
  const dead = useMemo(() => filterLetters(all, filter), [all, filter]);
  const filtered = filter.targetId !== '' || filter.event !== '';
  const [edited, setEdited] = useState<Delivery | null>(null);
  const remove = useDelete('dead letter');
  const ready = useApp((state) => state.mirror.status === 'ready');
  const actions = useActions();
  const { bridge } = useServices();
  const select = useCallback((letter: Delivery) => actions.go({ view: 'dead-letters', id: letter.id }), [actions]);
  const open = dead.find((letter) => letter.id === selected) ?? dead[0] ?? null;
  const { chosen, boxes, clear, handlers } = useRowChoice(dead, open?.id ?? null);
  /** What the buttons are about: what is chosen, else the open one. */
  const meant = chosen.length > 0 || open === null ? chosen : [open];
  const [only] = meant;
  const single = only !== undefined && meant.length === 1 ? only : null;

  const redrive = async (ids: DeadLetterChoice): Promise<void> => {
    const made = valueOrTell(await bridge.call('deliveries.redrive', { ids }));
    if (made === null) return;
    showDone(
      `${plural(made.length, 'dead letter')} redriven`,
      'New deliveries with the same message ids are on their way.',
    );
    actions.noteRedriven(made);
    clear();
  };
  const removeMeant = (): void => {
    remove(meant);
    clear();
  };
  return (
    <>
      <ListAndLog
        title="Dead letters"
        meta={all.length === 0 ? 'None' : 'Given up after the last attempt of their schedule'}
        actions={
          all.length > 0 && (
            <>
              <Button disabled={meant.length === 0} onClick={() => void redrive(meant.map(({ id }) => id))}>
                Redrive
              </Button>
              <Button onClick={() => void redrive('all')}>Redrive all</Button>
              <Button disabled={single === null} onClick={() => setEdited(single)}>
                Edit and requeue
              </Button>
              <Button disabled={meant.length === 0} onClick={removeMeant}>
                Delete
              </Button>
            </>
          )
        }
        open={open}
        empty={
          ready && all.length === 0 ? (
            <div className="empty">
              <h2>No dead letters</h2>
              <p>A delivery ends here when the last attempt of its schedule has failed.</p>
            </div>
          ) : null
        }
        tools={
          all.length > 0 && (
            <LetterTools
              letters={all}
              matching={filtered ? dead : null}
              filter={filter}
              chosen={chosen.length}
              onChooseNone={clear}
              onFilter={setFilter}
              onRedrive={() => void redrive(letterChoice(filter))}
              onDelete={() => remove(dead)}
            />
          )
        }
        list={
          <RowBoxesContext value={boxes}>
            {/* The grid has the focus; its keys and clicks pass through here. */}
            <div className="letter-list" {...handlers}>
              <VirtualGrid
                label="Dead letters"
                items={dead}
                keyOf={keyOf}
                nameOf={deliveryName}
                rowHeight={54}
                rowClass="delivery-row letter-row"
                Row={DeadLetterRow}
                header={<DeliveryHeader start={<RowBoxHeader />} end="Given up" />}
                selected={open?.id ?? null}
                onSelect={select}
              />
            </div>
          </RowBoxesContext>
        }
      />
      <EditDialog delivery={edited} onClose={() => setEdited(null)} />
    </>
  );
}
