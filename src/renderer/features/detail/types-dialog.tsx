// The open request, or all of its event, as a type for a handler's code.

import { Button, Modal, SegmentedControl, Tabs } from '@mantine/core';
import { Copy, Download } from 'lucide-react';
import { useState } from 'react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import type { TypeLanguage } from '../../../shared/generated-types.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useServices } from '../../state/use-app.ts';
import { CodeView } from '../../ui/code.tsx';
import { showDone, showError, valueOrTell } from '../../ui/toast.tsx';
import { useSameEvent, useTypes } from './use-types.ts';
import './types-dialog.css';

interface TypesDialogProps {
  readonly request: ExchangeDetail;
  /** What is shown first; null while the dialog is closed. */
  readonly language: TypeLanguage | null;
  readonly onLanguage: (language: TypeLanguage) => void;
  readonly onClose: () => void;
}

/** The dialog "Types". */
export function TypesDialog({ request, language, onLanguage, onClose }: TypesDialogProps) {
  return (
    <Modal
      opened={language !== null}
      onClose={onClose}
      title="Types"
      size="xl"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {language !== null && <TypesForm request={request} language={language} onLanguage={onLanguage} />}
    </Modal>
  );
}

type FormProps = Pick<TypesDialogProps, 'request' | 'onLanguage'> & { readonly language: TypeLanguage };

function TypesForm({ request, language, onLanguage }: FormProps) {
  const { bridge } = useServices();
  const [scope, setScope] = useState<'all' | 'one'>('one');
  const same = useSameEvent(request);
  const ids = scope === 'all' ? same : [request.id];
  const name = (request.event ?? '').slice(0, 200);
  const answer = useTypes(ids, language, name);
  const text = answer?.types?.text ?? '';

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      showDone(language === 'typescript' ? 'TypeScript type copied' : 'JSON Schema copied');
    } catch {
      showError({
        code: 'BUG',
        message: 'The clipboard did not take the text.',
        hint: 'Click into the window and try again.',
      });
    }
  };
  const save = async (): Promise<void> => {
    const saved = valueOrTell(await bridge.call('requests.saveTypes', { ids, language, name }));
    if (saved !== null) showDone('Types saved', saved.path);
  };
  return (
    <Tabs value={language} onChange={(value) => onLanguage(value as TypeLanguage)} keepMounted={false}>
      <div className="stack">
        <Tabs.List aria-label="Language">
          <Tabs.Tab value="typescript">TypeScript</Tabs.Tab>
          <Tabs.Tab value="json-schema">JSON Schema</Tabs.Tab>
        </Tabs.List>
        {same.length > 1 && (
          <SegmentedControl
            aria-label="Made from"
            value={scope}
            onChange={(value) => setScope(value)}
            data={[
              { value: 'one', label: 'This request' },
              { value: 'all', label: `${allWords(same.length)} of ${visibleText(name).slice(0, 60)} here` },
            ]}
          />
        )}
        <Tabs.Panel value={language}>
          {answer?.error ? (
            <div className="banner warn" role="alert">
              <div className="grow">
                <b>{answer.error.message}</b>
              </div>
            </div>
          ) : (
            <div className="types-code" aria-busy={answer === null}>
              {answer !== null && (
                <CodeView
                  text={text}
                  syntax={language === 'json-schema' ? 'json' : 'plain'}
                  label="Types of the event"
                />
              )}
            </div>
          )}
        </Tabs.Panel>
        {answer?.types && <Remarks skipped={answer.types.skipped} notes={answer.types.notes} />}
        <div className="form-actions">
          <span className="soft grow" role="status" aria-label="Types made">
            {answer === null ? 'Working…' : madeWords(answer.types?.samples ?? 0)}
          </span>
          <Button
            leftSection={<Download size={14} aria-hidden="true" />}
            disabled={text === ''}
            onClick={() => void save()}
          >
            Save
          </Button>
          <Button
            variant="filled"
            leftSection={<Copy size={14} aria-hidden="true" />}
            disabled={text === ''}
            onClick={() => void copy()}
          >
            Copy
          </Button>
        </div>
      </div>
    </Tabs>
  );
}

function allWords(count: number): string {
  return count >= 200 ? 'The newest 200' : `All ${count}`;
}

function madeWords(samples: number): string {
  if (samples === 0) return '';
  return samples === 1
    ? 'Made from 1 request. No values are in it.'
    : `Made from ${samples} requests. No values are in it.`;
}

interface RemarksProps {
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
  readonly notes: readonly string[];
}

/** What the types do not say, and which requests are not in them. */
function Remarks({ skipped, notes }: RemarksProps) {
  const reasons = new Map<string, number>();
  for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const lines = [
    ...notes,
    ...[...reasons].map(
      ([reason, count]) => `${count === 1 ? '1 request was' : `${count} requests were`} left out: ${reason}`,
    ),
  ];
  if (lines.length === 0) return null;
  return (
    <ul className="types-notes soft" aria-label="Remarks">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
