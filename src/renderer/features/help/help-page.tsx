// Help in place: what to paste where for a provider, and the handler that verifies its requests properly.

import { useState } from 'react';
import { setupSteps } from '../../../shared/snippets/setup-steps.ts';
import { hashOf } from '../../state/route.ts';
import { useProvider, useProviderChoices } from '../../state/use-providers.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { useSetup } from '../../state/use-setup.ts';
import { Card } from '../../ui/card.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { Page } from '../../ui/page.tsx';
import { SetupList } from '../../ui/setup-list.tsx';
import { HandlerCard } from './handler-card.tsx';
import './help.css';

/** The view "Set up a provider". */
export function HelpPage({ id }: { readonly id: string | null }) {
  const first = useApp((state) => state.mirror.endpoints.find(({ provider }) => provider !== null)?.provider);
  const chosen = id ?? first ?? 'stripe';
  const provider = useProvider(chosen);
  const choices = useProviderChoices();
  const actions = useActions();
  const setup = useSetup(chosen);
  const [scheme, setScheme] = useState('');
  return (
    <Page title="Set up a provider" narrow>
      <div className="stack help">
        <ChoiceField
          label="Provider"
          value={chosen}
          choices={choices}
          description={
            provider === undefined ? 'Nothing is known of this provider' : <DocsAddress url={provider.docsUrl} />
          }
          onChange={(next) => {
            setScheme('');
            actions.go({ view: 'help', id: next });
          }}
        />
        {provider !== undefined && (
          <>
            <Card title="Point it here">
              <div className="card-body">
                <SetupList steps={setupSteps(provider)} {...setup} />
              </div>
            </Card>
            <HandlerCard provider={provider} scheme={scheme} onScheme={setScheme} />
            <p className="muted">
              Sender not listed? Describe it under <a href={hashOf({ view: 'schemes' })}>Own schemes</a>.
            </p>
          </>
        )}
      </div>
    </Page>
  );
}

function DocsAddress({ url }: { readonly url: string }) {
  return url === '' ? (
    <>One of your own schemes</>
  ) : (
    <>
      Its own words: <span className="mono">{url}</span>
    </>
  );
}
