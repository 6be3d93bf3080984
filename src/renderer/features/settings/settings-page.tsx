// Settings, where things are kept, and what was found broken at start.

import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import type { Settings } from '../../../shared/workspace.ts';
import { plural } from '../../lib/format.ts';
import { hashOf } from '../../state/route.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { Page } from '../../ui/page.tsx';
import { valueOrTell } from '../../ui/toast.tsx';
import { Visible } from '../../ui/visible.tsx';
import { DesktopFields } from './desktop-fields.tsx';
import { PortField } from './port-field.tsx';
import { RetentionCard } from './retention-card.tsx';
import { SecretsCard } from './secrets-card.tsx';
import './settings.css';

const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
];

/** The view "Settings". */
export function SettingsPage() {
  const settings = useApp((state) => state.mirror.settings);
  const { bridge } = useServices();
  const save = async (change: Partial<Settings>): Promise<void> => {
    valueOrTell(await bridge.call('settings.save', change));
  };
  return (
    <Page title="Settings" meta="Changes are saved as you make them" narrow>
      <Card title="Window and receiver">
        <div className="card-body form-grid">
          <ChoiceField
            label="Theme"
            value={settings.theme}
            choices={themes}
            onChange={(theme) => void save({ theme: theme as Settings['theme'] })}
          />
          <PortField key={settings.port} saved={settings.port} />
          <HoursField
            key={settings.duplicateWindowHours}
            value={settings.duplicateWindowHours}
            onSave={(hours) => void save({ duplicateWindowHours: hours })}
          />
          <DesktopFields settings={settings} onSave={(change) => void save(change)} />
        </div>
      </Card>
      <RetentionCard retention={settings.retention} onSave={(retention) => save({ retention })} />
      <SecretsCard />
      <OwnSchemes />
      <Recovered />
      <About />
    </Page>
  );
}

function HoursField({ value, onSave }: { readonly value: number; readonly onSave: (hours: number) => void }) {
  const [typed, setTyped] = useState<number | string>(value);
  return (
    <NumberInput
      label="Duplicate window"
      description="Hours within which a repeated id or body is a duplicate"
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      role="spinbutton"
      aria-valuenow={value}
      min={0}
      max={8_760}
      value={typed}
      onChange={setTyped}
      onBlur={() => typeof typed === 'number' && typed !== value && onSave(typed)}
    />
  );
}

function OwnSchemes() {
  const count = useApp((state) => state.mirror.schemes.length);
  return (
    <Card title="Own schemes">
      <div className="card-body row-line">
        <span className="grow soft">
          {count === 0
            ? 'For senders whose signature no listed provider makes.'
            : `${plural(count, 'scheme')} of your own, usable wherever a provider is chosen.`}
        </span>
        <Button component="a" href={hashOf({ view: 'schemes' })}>
          Own schemes
        </Button>
      </div>
    </Card>
  );
}

function Recovered() {
  const recovered = useApp((state) => state.mirror.recovered);
  if (recovered.length === 0) return null;
  return (
    <Card title="Found broken at start">
      <ul className="card-body stack" aria-label="Recovered">
        {recovered.map((sentence) => (
          <li key={sentence}>
            <Visible text={sentence} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function About() {
  const dataDir = useApp((state) => state.mirror.dataDir);
  const version = useApp((state) => state.mirror.version);
  return (
    <Card title="About">
      <dl className="facts card-body">
        <dt>Version</dt>
        <dd>{version}</dd>
        <dt>Data folder</dt>
        <dd className="row-line">
          <span className="mono">{dataDir}</span>
          <CopyButton text={dataDir} label="Copy the data folder" />
        </dd>
      </dl>
    </Card>
  );
}
