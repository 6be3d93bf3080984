// Saves what the filter shows to a file. Secrets are masked unless the person says otherwise.

import { Button, Checkbox, Popover } from '@mantine/core';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { plural } from '../../lib/format.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { showDone, valueOrTell } from '../../ui/toast.ts';

const formats = [
  ['har', 'HAR', 'for browsers and API tools'],
  ['curl', 'cURL', 'a shell script'],
  ['jsonl', 'JSON lines', 'one request per line'],
] as const;

/** The button "Export" and what it opens. */
export function ExportMenu() {
  const [open, setOpen] = useState(false);
  const [includeSecrets, setIncludeSecrets] = useState(false);
  const query = useApp((state) => state.inbox.query);
  const { bridge } = useServices();
  const save = async (format: (typeof formats)[number][0]): Promise<void> => {
    setOpen(false);
    const saved = valueOrTell(await bridge.call('export.save', { format, query, includeSecrets }));
    if (saved !== null) showDone(`${plural(saved.count, 'request')} exported`, saved.path);
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <Button aria-label="Export" title="Export" px={8} onClick={() => setOpen(!open)}>
          <Download size={14} aria-hidden="true" />
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Export requests">
        <div className="stack export-menu">
          <div className="soft">{query === '' ? 'Every request' : 'Every request that matches the filter'}, as</div>
          {formats.map(([format, label, what]) => (
            <Button key={format} justify="space-between" rightSection={what} onClick={() => void save(format)}>
              {label}
            </Button>
          ))}
          <Checkbox
            label="Include secrets"
            description="Tokens and keys are masked otherwise"
            checked={includeSecrets}
            onChange={(event) => setIncludeSecrets(event.currentTarget.checked)}
          />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
