// Chooses dead letters by target and event, does something with all of these, and says how many are chosen by hand.

import { Button } from '@mantine/core';
import { useMemo } from 'react';
import type { Delivery } from '../../../shared/delivery.ts';
import { formatCount } from '../../lib/format.ts';
import { everyLetter, letterEvents, letterTargets } from '../../lib/letter-filter.ts';
import type { LetterFilter } from '../../lib/letter-filter.ts';
import { useApp } from '../../state/use-app.ts';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';

interface LetterToolsProps {
  readonly letters: readonly Delivery[];
  /** Those that the filter takes; null without a filter. */
  readonly matching: readonly Delivery[] | null;
  readonly filter: LetterFilter;
  /** How many of those that are shown are chosen by hand. */
  readonly chosen: number;
  readonly onChooseNone: () => void;
  readonly onFilter: (filter: LetterFilter) => void;
  readonly onRedrive: () => void;
  readonly onDelete: () => void;
}

/** The bar above the dead letters. */
export function LetterTools(props: LetterToolsProps) {
  const { letters, matching, filter, chosen, onChooseNone, onFilter, onRedrive, onDelete } = props;
  const targets = useApp((state) => state.mirror.targets);
  const targetChoices = useMemo(() => letterTargets(letters, targets), [letters, targets]);
  const eventChoices = useMemo(() => letterEvents(letters), [letters]);
  const count = matching?.length ?? 0;
  return (
    <div className="letter-filter" role="group" aria-label="Filter dead letters">
      <ChoiceField
        label="Target"
        hidden
        value={filter.targetId}
        choices={targetChoices}
        onChange={(targetId) => onFilter({ ...filter, targetId })}
      />
      <ChoiceField
        label="Event"
        hidden
        value={filter.event}
        choices={eventChoices}
        onChange={(event) => onFilter({ ...filter, event })}
      />
      {matching !== null && (
        <>
          <span className="muted">
            {formatCount(count)} of {formatCount(letters.length)}
          </span>
          <Button size="compact-sm" disabled={count === 0} onClick={onRedrive}>
            Redrive matching
          </Button>
          <Button size="compact-sm" disabled={count === 0} onClick={onDelete}>
            Delete matching
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={() => onFilter(everyLetter)}>
            Show all
          </Button>
        </>
      )}
      <span role="status" aria-label="Chosen" className="muted">
        {chosen > 0 && `${formatCount(chosen)} chosen: Redrive and Delete take these`}
      </span>
      {chosen > 0 && (
        <Button size="compact-sm" variant="subtle" onClick={onChooseNone}>
          Choose none
        </Button>
      )}
    </div>
  );
}
