// Requests from a file of another tool: chosen, dropped or pasted, shown with what was left out, and stored on a click.
// An import sends nothing and changes no setting, and the page says so.

import { Button, FileButton, Textarea } from '@mantine/core';
import { CircleCheck, FileUp } from 'lucide-react';
import { useState } from 'react';
import { plural } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { Card } from '../../ui/card.tsx';
import { Page } from '../../ui/page.tsx';
import { Visible } from '../../ui/visible.tsx';
import { ImportPreviewCards } from './import-preview.tsx';
import './import.css';

/** The view "Import". */
export function ImportPage() {
  const importing = useApp((state) => state.importing);
  const actions = useActions();
  return (
    <Page
      title="Import requests"
      meta="They go into the Inbox, marked as imported. Nothing is sent, and no setting or secret is changed."
      actions={importing.step === 'empty' ? undefined : <Button onClick={actions.clearImport}>Start over</Button>}
      narrow
    >
      <State />
    </Page>
  );
}

function State() {
  const importing = useApp((state) => state.importing);
  const actions = useActions();
  switch (importing.step) {
    case 'empty':
      return <Sources />;
    case 'reading':
    case 'storing':
      return (
        <div className="empty" role="status" aria-label="Import">
          {importing.step === 'reading' ? 'Reading' : 'Importing'} {visibleText(importing.name)}…
        </div>
      );
    case 'refused':
      return (
        <>
          <div className="banner bad" role="alert">
            <div className="grow">
              <b>
                Nothing of {visibleText(importing.name)} was imported: <Visible text={importing.error.message} />
              </b>
              <p>
                <Visible text={importing.error.hint} />
              </p>
            </div>
          </div>
          <Sources />
        </>
      );
    case 'read':
      return <ImportPreviewCards name={importing.name} preview={importing.preview} />;
    case 'done':
      return (
        <div className="empty" role="status" aria-label="Import">
          <CircleCheck className="import-done" size={28} aria-hidden="true" />
          <h2>
            {plural(importing.imported, 'request')} imported from {visibleText(importing.name)}
          </h2>
          <p>Inspect, compare and replay them like any other.</p>
          <Button
            variant="filled"
            onClick={() => {
              actions.clearImport();
              actions.go({ view: 'inbox', id: null });
              void actions.applyQuery('imported:true');
            }}
          >
            Show imported requests
          </Button>
        </div>
      );
  }
}

function Sources() {
  const actions = useActions();
  const [text, setText] = useState('');
  const choose = (file: File | null): void => {
    if (file !== null) void actions.readImport(file);
  };
  return (
    <>
      <Card title="From a file">
        <div className="card-body import-drop">
          <FileUp size={22} aria-hidden="true" />
          <div className="grow">
            <b>Drop a file anywhere in this window, or choose one.</b>
            <p className="soft">
              Hookbench, HAR, Postman, OpenCollection and Bruno, HTTP files, cURL scripts, JSON lines, and OpenAPI 3.1
              documents with webhooks. Up to 20 MiB.
            </p>
          </div>
          <FileButton onChange={choose}>
            {(props) => (
              <Button {...props} variant="filled">
                Choose file
              </Button>
            )}
          </FileButton>
        </div>
      </Card>
      <Card title="From the clipboard">
        <form
          className="card-body stack"
          aria-label="Paste"
          onSubmit={(event) => {
            event.preventDefault();
            void actions.readImport(new File([text], 'the pasted text'));
          }}
        >
          <Textarea
            label="cURL commands"
            description="One or several, as browsers, API tools and documentation give them. They are read, never run."
            placeholder={"curl -X POST https://example.com/in -H 'Content-Type: application/json' -d '{\"id\":1}'"}
            classNames={{ input: 'mono' }}
            rows={5}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <div className="form-actions">
            <Button type="submit" disabled={text.trim() === ''}>
              Read the text
            </Button>
          </div>
        </form>
      </Card>
    </>
  );
}
