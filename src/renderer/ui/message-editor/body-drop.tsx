// Takes a file that is dropped on the body of a message: its bytes become the body, and a bar says which file it was.

import { Button } from '@mantine/core';
import { FileInput } from 'lucide-react';
import { useState } from 'react';
import type { DragEvent, ReactNode } from 'react';
import { formatSize } from '../../lib/format.ts';
import { formBody } from '../../lib/message-form.ts';
import type { FormBody } from '../../lib/message-form.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { showError } from '../toast.tsx';

/** Largest file that becomes a body, bytes. */
const maxFile = 10_485_760;

interface BodyDropProps {
  readonly body: FormBody;
  readonly onChange: (body: FormBody) => void;
  readonly children: ReactNode;
}

interface Taken {
  readonly name: string;
  readonly size: number;
  readonly before: FormBody;
  /** The body it became: once that is edited or replaced the bar has nothing more to say. */
  readonly after: FormBody;
}

/** The place around the editor. */
export function BodyDrop({ body, onChange, children }: BodyDropProps) {
  const [isOver, setOver] = useState(false);
  const [taken, setTaken] = useState<Taken | null>(null);

  const take = async (file: File, more: number): Promise<void> => {
    if (file.size > maxFile) {
      showError({
        code: 'CONFIG_INVALID',
        message: `“${visibleText(file.name)}” has ${formatSize(file.size)}.`,
        hint: 'A file of at most 10 MiB can become a body.',
      });
      return;
    }
    try {
      const after = formBody(new Uint8Array(await file.arrayBuffer()));
      setTaken({ name: file.name, size: file.size, before: body, after });
      onChange(after);
      if (more > 0) {
        showError({
          code: 'CONFIG_INVALID',
          message: 'Only the first file was taken.',
          hint: 'A message has one body.',
        });
      }
    } catch {
      // A folder is dropped like a file, but cannot be read.
      showError({
        code: 'CONFIG_INVALID',
        message: `“${visibleText(file.name)}” could not be read.`,
        hint: 'Drop a file.',
      });
    }
  };

  // In the capture phase: the editor would put the file's text where the pointer is.
  const over = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = 'copy';
    setOver(true);
  };
  const drop = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    const [file, ...others] = event.dataTransfer.files;
    if (file !== undefined) void take(file, others.length);
  };
  return (
    <div
      className={isOver ? 'body-drop over' : 'body-drop'}
      onDragOverCapture={over}
      onDropCapture={drop}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) setOver(false);
      }}
    >
      {taken !== null && taken.after === body && (
        <div className="banner body-dropped" role="status" aria-label="Dropped file">
          <FileInput size={15} aria-hidden="true" />
          <span className="grow">
            <b className="cut">{visibleText(taken.name)}</b>, {formatSize(taken.size)}, is the body now.
          </span>
          <Button
            size="compact-xs"
            onClick={() => {
              setTaken(null);
              onChange(taken.before);
            }}
          >
            Put back
          </Button>
        </div>
      )}
      {children}
      {isOver && <div className="body-drop-words">Drop to make it the body</div>}
    </div>
  );
}
