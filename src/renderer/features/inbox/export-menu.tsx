// Saves what the filter shows to a file. Secrets are masked unless the person says otherwise.

import { Button, Menu } from '@mantine/core';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { plural } from '../../lib/format.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { showDone, valueOrTell } from '../../ui/toast.tsx';

const formats = [
  ['har', 'HAR', 'browsers, API tools'],
  ['curl', 'cURL', 'shell script'],
  ['jsonl', 'JSON lines', 'one request a line'],
] as const;

/** The button "Export" and its menu. */
export function ExportMenu() {
  const [includeSecrets, setIncludeSecrets] = useState(false);
  const query = useApp((state) => state.inbox.query);
  const { bridge } = useServices();
  const save = async (format: (typeof formats)[number][0]): Promise<void> => {
    const saved = valueOrTell(await bridge.call('export.save', { format, query, includeSecrets }));
    if (saved !== null) showDone(`${plural(saved.count, 'request')} exported`, saved.path);
  };
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button aria-label="Export" title="Export" px={8}>
          <Download size={14} aria-hidden="true" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{query === '' ? 'Export all requests' : 'Export what the filter matches'}</Menu.Label>
        {formats.map(([format, label, what]) => (
          <Menu.Item
            key={format}
            rightSection={<span className="export-what">{what}</span>}
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
