// Copies the request in a form that other tools take, or shows it as a type.

import { Button, Menu } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import type { TypeLanguage } from '../../../shared/generated-types.ts';
import { useServices } from '../../state/use-app.ts';
import { showDone, showError, valueOrTell } from '../../ui/toast.tsx';
import { TypesDialog } from './types-dialog.tsx';

const formats = [
  ['curl', 'cURL'],
  ['har', 'HAR entry'],
  ['jsonl', 'JSON line'],
] as const;

/** The button "Copy as" and its menu. Secrets are masked by the host. */
export function CopyAs({ request }: { readonly request: ExchangeDetail }) {
  const { id } = request;
  const { bridge } = useServices();
  const [types, setTypes] = useState<TypeLanguage | null>(null);
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
    <>
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
          <Menu.Divider />
          <Menu.Item onClick={() => setTypes('typescript')}>TypeScript type…</Menu.Item>
          <Menu.Item onClick={() => setTypes('json-schema')}>JSON Schema…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <TypesDialog request={request} language={types} onLanguage={setTypes} onClose={() => setTypes(null)} />
    </>
  );
}
