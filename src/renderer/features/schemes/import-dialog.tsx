// Takes a scheme from text or from a file. What is wrong is named with its place, before anything is changed.

import { Button, FileButton, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { schemeFileProblem } from '../../lib/scheme-file.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useActions, useServices } from '../../state/use-app.ts';
import { showDone } from '../../ui/toast.tsx';

interface ImportDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Larger files are no schemes, characters. */
const maxLength = 100_000;

/** The dialog "Import a scheme". */
export function ImportDialog({ opened, onClose }: ImportDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Import a scheme"
      size="lg"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {opened && <ImportForm onDone={onClose} />}
    </Modal>
  );
}

function ImportForm({ onDone }: { readonly onDone: () => void }) {
  const { bridge } = useServices();
  const actions = useActions();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const write = (next: string): void => {
    setProblem(null);
    setText(next);
  };
  const read = async (file: File | null): Promise<void> => {
    if (file === null) return;
    if (file.size > maxLength) setProblem('The file is too large for a scheme.');
    else write(await file.text());
  };
  const take = async (): Promise<void> => {
    const wrong = schemeFileProblem(text);
    if (wrong !== null) return setProblem(wrong);
    setBusy(true);
    const answer = await bridge.call('schemes.import', { text });
    setBusy(false);
    if (!answer.ok) return setProblem(answer.error.message);
    onDone();
    showDone(`Scheme “${visibleText(answer.value.name)}” imported`);
    actions.go({ view: 'scheme', id: answer.value.id });
    return undefined;
  };
  return (
    <form
      className="stack"
      aria-label="Import a scheme"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void take();
      }}
    >
      <Textarea
        label="Scheme as JSON"
        className="mono-input"
        autosize
        minRows={8}
        maxRows={14}
        placeholder={'{\n  "format": "hookbench-scheme",\n  "version": 1,\n  "scheme": { … }\n}'}
        value={text}
        error={problem}
        spellCheck={false}
        onChange={(event) => write(event.currentTarget.value)}
      />
      <div className="form-actions">
        <FileButton accept="application/json,.json" onChange={(file) => void read(file)}>
          {(props) => <Button {...props}>Choose a file</Button>}
        </FileButton>
        <span className="grow" />
        <Button type="submit" variant="filled" loading={busy}>
          Import
        </Button>
      </div>
    </form>
  );
}
