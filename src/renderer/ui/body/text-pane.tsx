// The view "Text" of a body that an editor can hold: laid out when it is JSON and the person did not ask for it as sent.

import type { Found } from '../../lib/body-find.ts';
import type { Syntax } from '../../lib/body-view.ts';
import { CodeView } from '../code.tsx';

interface TextPaneProps {
  readonly text: string;
  readonly syntax: Syntax;
  readonly found: readonly Found[];
  readonly at: number;
  /** A sentence on what is wrong with the text, or null. */
  readonly note: string | null;
}

/** The text in a viewer with line numbers and folding. */
export function TextPane({ text, syntax, found, at, note }: TextPaneProps) {
  return (
    <>
      {note !== null && (
        <div className="body-note tone-warn" role="note">
          {note}
        </div>
      )}
      <CodeView text={text} syntax={syntax} label="Body as text" found={found} current={at} />
    </>
  );
}
