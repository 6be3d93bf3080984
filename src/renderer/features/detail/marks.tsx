// What a person puts on a request: a pin, so that it stays when old ones go, and a note.

import { ActionIcon, Button, Popover, Textarea, Tooltip } from '@mantine/core';
import { Pin, StickyNote } from 'lucide-react';
import { useState } from 'react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { withShortcut } from '../../lib/shortcut.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { showError, valueOrTell } from '../../ui/toast.tsx';
import { Visible } from '../../ui/visible.tsx';

/** The toggle "Pin". */
export function PinButton({ request }: { readonly request: ExchangeDetail }) {
  const { id } = request;
  const pinned = request.pinned === true;
  const { bridge } = useServices();
  const toggle = async (): Promise<void> => {
    valueOrTell(await bridge.call('requests.pin', { ids: [id], pinned: !pinned }));
  };
  return (
    <Tooltip
      label={withShortcut(
        pinned ? 'Pinned: it stays when old requests go. Press to release' : 'Pin: keeps it when old requests go',
        'request.pin',
      )}
    >
      <ActionIcon
        variant="default"
        size={30}
        aria-label="Pin"
        aria-pressed={pinned}
        className={pinned ? 'mark-on' : ''}
        onClick={() => void toggle()}
      >
        <Pin size={14} fill={pinned ? 'currentColor' : 'none'} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  );
}

/** The button "Note" with its small window. */
export function NoteButton({ request }: { readonly request: ExchangeDetail }) {
  const open = useApp((state) => state.view.note);
  const { showNote } = useActions();
  return (
    <Popover opened={open} onChange={showNote} position="bottom-end" width={320} trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={withShortcut('Note', 'request.note')}>
          <ActionIcon
            variant="default"
            size={30}
            aria-label="Note"
            className={request.note === undefined ? '' : 'mark-on'}
            onClick={() => showNote(!open)}
          >
            <StickyNote size={14} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label="Note">
        {open && <NoteEditor id={request.id} note={request.note ?? ''} onDone={() => showNote(false)} />}
      </Popover.Dropdown>
    </Popover>
  );
}

interface NoteEditorProps {
  readonly id: string;
  readonly note: string;
  readonly onDone: () => void;
}

function NoteEditor({ id, note, onDone }: NoteEditorProps) {
  const [text, setText] = useState(note);
  const { bridge } = useServices();
  const save = async (wanted: string): Promise<void> => {
    const answer = await bridge.call('requests.note', { id, note: wanted });
    if (answer.ok) onDone();
    else showError(answer.error);
  };
  return (
    <form
      className="stack note-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save(text.trim());
      }}
    >
      <Textarea
        label="Note on this request"
        data-autofocus
        autosize
        minRows={3}
        maxRows={10}
        maxLength={10_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save(text.trim());
        }}
      />
      <div className="form-actions dialog-end">
        {note !== '' && <Button onClick={() => void save('')}>Remove note</Button>}
        <Button type="submit" variant="filled">
          Save note
        </Button>
      </div>
    </form>
  );
}

/** The note as it stands. */
export function NoteText({ note }: { readonly note: string }) {
  return (
    <div className="banner detail-banner note-text" role="note" aria-label="Note">
      <StickyNote size={14} aria-hidden="true" />
      <div className="grow">
        <Visible text={note} />
      </div>
    </div>
  );
}
