// Whether the endpoint takes requests, how severe it is with them, and what counts as a duplicate.

import { Switch } from '@mantine/core';
import type { Endpoint } from '../../../shared/workspace.ts';
import { useApp } from '../../state/use-app.ts';
import { Card } from '../../ui/card.tsx';
import { ChoiceCards } from '../../ui/choice-cards.tsx';
import type { CardChoice } from '../../ui/choice-cards.tsx';
import { Fold } from '../../ui/fold.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import type { FormPart } from './form-part.ts';

const modes: readonly CardChoice<Endpoint['mode']>[] = [
  { value: 'capture', label: 'Capture', what: 'Takes and answers everything, whatever the signature says.' },
  {
    value: 'strict',
    label: 'Strict',
    what: 'Answers like a careful app: 401 or 400 to a bad signature, and a duplicate is not forwarded again.',
  },
];

const duplicateChoices = [
  { value: 'id-or-body', label: 'Same delivery id, or same body' },
  { value: 'id', label: 'Same delivery id only' },
  { value: 'off', label: 'Nothing is a duplicate' },
];
const duplicateWords: Readonly<Record<Endpoint['duplicates']['by'], string>> = {
  'id-or-body': 'by delivery id or body',
  id: 'by delivery id',
  off: 'off',
};

/** The card "Requests". */
export function ModeCard({ endpoint, isCatchAll, onChange, at }: FormPart & { readonly isCatchAll: boolean }) {
  return (
    <Card title="Requests">
      <div className="card-body stack">
        <Switch
          label={isCatchAll ? 'Take requests that no endpoint takes' : 'Active'}
          description={
            endpoint.active
              ? isCatchAll
                ? 'Switched off, unknown paths get 404 and are listed as refused.'
                : null
              : 'Switched off: requests get 404 and are listed as refused.'
          }
          checked={endpoint.active}
          onChange={(event) => onChange({ active: event.currentTarget.checked })}
        />
        <ChoiceCards label="Mode" value={endpoint.mode} choices={modes} onChange={(mode) => onChange({ mode })} />
        <Duplicates endpoint={endpoint} onChange={onChange} at={at} />
      </div>
    </Card>
  );
}

function Duplicates({ endpoint: { duplicates }, onChange, at }: FormPart) {
  const usual = useApp((state) => state.mirror.settings.duplicateWindowHours);
  const { by, windowHours } = duplicates;
  const window = by === 'off' ? '' : `, within ${windowHours ?? usual} h`;
  return (
    <Fold inner title="Duplicates" aside={`${duplicateWords[by]}${window}`} needed={at('duplicates') !== null}>
      <div className="card-body form-grid">
        <ChoiceField
          label="Two requests are duplicates with"
          value={by}
          choices={duplicateChoices}
          error={at('duplicates.by')}
          onChange={(value) => onChange({ duplicates: { ...duplicates, by: value as typeof by } })}
        />
        <NumberField
          label="Within"
          description="Hours; empty: as in Settings"
          placeholder={String(usual)}
          value={windowHours}
          min={0}
          max={8_760}
          error={at('duplicates.windowHours')}
          onChange={(hours) => onChange({ duplicates: { ...duplicates, windowHours: hours } })}
        />
      </div>
    </Fold>
  );
}
