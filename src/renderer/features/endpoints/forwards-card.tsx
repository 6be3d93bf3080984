// The local apps that requests are passed on to, and how each of them does.

import { Button } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { Forward } from '../../../shared/forwards.ts';
import { newForward } from '../../lib/forward-words.ts';
import { randomToken } from '../../lib/random-path.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { Card } from '../../ui/card.tsx';
import { showUndo } from '../../ui/toast.tsx';
import type { FormPart } from './form-part.ts';
import { ForwardRow } from './forward-row.tsx';

/** The card "Forwards". */
export function ForwardsCard({ endpoint, onChange, at }: FormPart) {
  const { forwards } = endpoint;
  const [opened, setOpened] = useState<string | null>(null);
  const add = (): void => {
    const id = `fwd_${randomToken(9, (bytes) => crypto.getRandomValues(bytes))}`;
    // Only one app can answer the provider.
    const answers = forwards.some(({ mode, active }) => active && mode === 'answer');
    onChange({ forwards: [...forwards, { ...newForward(id), mode: answers ? 'copy' : 'answer' }] });
    setOpened(id);
  };
  const edit = (id: string, change: Partial<Forward>): void =>
    onChange((now) => ({
      forwards: now.forwards.map((forward) => (forward.id === id ? { ...forward, ...change } : forward)),
    }));
  const remove = (index: number, gone: Forward): void => {
    onChange({ forwards: forwards.filter(({ id }) => id !== gone.id) });
    showUndo(`Forward ${gone.url === '' ? index + 1 : `to ${visibleText(gone.url)}`} removed`, () =>
      onChange((now) => ({ forwards: now.forwards.toSpliced(Math.min(index, now.forwards.length), 0, gone) })),
    );
  };
  const isAboutOne = forwards.some((_, index) => at(`forwards.${index}`) !== null);
  return (
    <Card title="Forwards" aside="to the app that you work on">
      <div className="card-body stack">
        {forwards.length === 0 && (
          <p className="muted">
            Passes requests on to local apps, byte for byte, and can give an app’s own answer to the provider.
          </p>
        )}
        {forwards.length > 0 && (
          <ul className="entry-list" aria-label="Forwards">
            {forwards.map((forward, index) => (
              <ForwardRow
                key={forward.id}
                forward={forward}
                endpointId={endpoint.id}
                index={index}
                open={opened === forward.id || at(`forwards.${index}`) !== null}
                onOpen={(open) => setOpened(open ? forward.id : null)}
                onChange={(change) => edit(forward.id, change)}
                onRemove={() => remove(index, forward)}
                at={(field) => at(`forwards.${index}.${field}`)}
              />
            ))}
          </ul>
        )}
        {!isAboutOne && at('forwards') !== null && (
          <div className="tone-bad" data-problem>
            The list {at('forwards')}
          </div>
        )}
        <Button
          className="header-add"
          variant="subtle"
          leftSection={<Plus size={14} aria-hidden="true" />}
          disabled={forwards.length >= 20}
          onClick={add}
        >
          Add forward
        </Button>
      </div>
    </Card>
  );
}
