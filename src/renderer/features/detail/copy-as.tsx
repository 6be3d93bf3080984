// Copies the request in a form that other tools take.

import { Button, Menu } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import { useServices } from '../../state/use-app.ts';
import { showDone, showError, valueOrTell } from '../../ui/toast.tsx';

const formats = [
  ['curl', 'cURL'],
  ['har', 'HAR entry'],
  ['jsonl', 'JSON line'],
] as const;

/** The button "Copy as" and its menu. Secrets are masked by the host. */
export function CopyAs({ id }: { readonly id: string }) {
  const { bridge } = useServices();
  const copy = async (format: (typeof formats)[number][0], label: string): Promise<void> => {
    const text = valueOrTell(await bridge.call('requests.copyAs', { id, format }));
    if (text === null) return;
    try {
      await navigator.clipboard.writeText(text);
      showDone(`Copied as ${label}`, 'Secrets in it are masked.');
    } catch {
      showError({
        code: 'BUG',
        message: 'The clipboard did not take the text.',
        hint: 'Click into the window and try again.',
      });
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button rightSection={<ChevronDown size={14} aria-hidden="true" />}>Copy as</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(([format, label]) => (
          <Menu.Item key={format} onClick={() => void copy(format, label)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
