// Shows text that cannot be edited: with line numbers and folding, however long it is. Places that were found elsewhere
// are marked; without them the viewer has a search of its own (Ctrl+F).

import { EditorState } from '@codemirror/state';
import { Decoration, EditorView } from '@codemirror/view';
import CodeMirror from '@uiw/react-codemirror';
import type { ReactCodeMirrorRef } from '@uiw/react-codemirror';
import { use, useEffect, useMemo, useRef } from 'react';
import type { Found } from '../lib/body-find.ts';
import type { Syntax } from '../lib/body-view.ts';
import { basicSetup, codeExtensions } from './code-extensions.ts';
import { StyleNonce } from './style-nonce.ts';

/** What the viewer is given. */
export interface CodeViewProps {
  readonly text: string;
  readonly syntax: Syntax;
  readonly label: string;
  /** Places to mark; the search is then somebody else's. */
  readonly found?: readonly Found[];
  /** Index of the place to show. */
  readonly current?: number;
}

/** A viewer that fills its place. Carriage returns are shown, not taken for line breaks. */
export function CodeMirrorView({ text, syntax, label, found, current = -1 }: CodeViewProps) {
  const nonce = use(StyleNonce);
  const editor = useRef<ReactCodeMirrorRef>(null);
  const base = useMemo(
    () => [...codeExtensions(nonce, syntax, label), EditorState.lineSeparator.of('\n')],
    [nonce, syntax, label],
  );
  const extensions = useMemo(() => [...base, marksOf(found ?? [], current, text.length)], [base, found, current, text]);
  const place = found?.[current];

  useEffect(() => {
    const view = editor.current?.view;
    if (view === undefined || place === undefined || place.end > view.state.doc.length) return;
    view.dispatch({ effects: EditorView.scrollIntoView(place.start, { y: 'center' }) });
  }, [place]);

  return (
    <CodeMirror
      ref={editor}
      className="code-fill"
      value={text}
      theme="none"
      height="100%"
      readOnly
      indentWithTab={false}
      basicSetup={found === undefined ? basicSetup : searchedElsewhere}
      extensions={extensions}
    />
  );
}

const searchedElsewhere = { ...basicSetup, searchKeymap: false };
const mark = Decoration.mark({ class: 'found' });
const currentMark = Decoration.mark({ class: 'found found-current' });

function marksOf(found: readonly Found[], current: number, length: number) {
  const marks = found
    .filter(({ end }) => end <= length)
    .map(({ start, end }, index) => (index === current ? currentMark : mark).range(start, end));
  return EditorView.decorations.of(Decoration.set(marks));
}
