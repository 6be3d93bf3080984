// Saves what the filter shows, or what was chosen by hand, to a file. Secrets are masked unless the person says otherwise.

import { Button, Menu } from '@mantine/core';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { ExportFormat } from '../../../shared/formats.ts';
import { formatCount, plural } from '../../lib/format.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { showDone, valueOrTell } from '../../ui/toast.tsx';

const formats = [
  ['har', 'HAR', 'browsers, API tools'],
  ['curl', 'cURL', 'shell script'],
  ['jsonl', 'JSON lines', 'one request a line'],
] as const satisfies readonly (readonly [ExportFormat, string, string])[];

/** Most requests that can be chosen for one file. */
const mostChosen = 10_000;

/** The button "Export" and its menu. */
export function ExportMenu() {
  const query = useApp((state) => state.inbox.query);
  return (
    <FormatMenu title={query === '' ? 'Export all requests' : 'Export what the filter matches'} what={{ query }}>
      <Button aria-label="Export" title="Export" px={8}>
        <Download size={14} aria-hidden="true" />
      </Button>
    </FormatMenu>
  );
}

/** The button "Export chosen" and its menu; `ids` in the order in which they are to be written. */
export function ExportChosen({ ids }: { readonly ids: readonly string[] }) {
  return (
    <FormatMenu title={`Export ${plural(ids.length, 'chosen request')}`} what={{ ids }}>
      <Button
        size="compact-sm"
        disabled={ids.length > mostChosen}
        title={ids.length > mostChosen ? `At most ${formatCount(mostChosen)}: use a filter for more` : undefined}
      >
        Export chosen
      </Button>
    </FormatMenu>
  );
}

interface FormatMenuProps {
  readonly title: string;
  readonly what: { readonly query: string } | { readonly ids: readonly string[] };
  /** The button. */
  readonly children: ReactNode;
}

function FormatMenu({ title, what, children }: FormatMenuProps) {
  const [includeSecrets, setIncludeSecrets] = useState(false);
  const { bridge } = useServices();
  const save = async (format: ExportFormat): Promise<void> => {
    const saved = valueOrTell(await bridge.call('export.save', { format, includeSecrets, ...what }));
    if (saved !== null) showDone(`${plural(saved.count, 'request')} exported`, saved.path);
  };
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{title}</Menu.Label>
        {formats.map(([format, label, about]) => (
          <Menu.Item
            key={format}
            rightSection={<span className="export-what">{about}</span>}
            onClick={() => void save(format)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.CheckboxItem checked={includeSecrets} closeMenuOnClick={false} onChange={setIncludeSecrets}>
          Include secrets
        </Menu.CheckboxItem>
      </Menu.Dropdown>
    </Menu>
  );
}
