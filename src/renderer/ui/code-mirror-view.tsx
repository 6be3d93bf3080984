// Shows text that cannot be edited: with line numbers, folding and search (Ctrl+F), however long it is.

import { EditorState } from '@codemirror/state';
import CodeMirror from '@uiw/react-codemirror';
import { use, useMemo } from 'react';
import type { Syntax } from '../lib/body-view.ts';
import { basicSetup, codeExtensions } from './code-extensions.ts';
import { StyleNonce } from './style-nonce.ts';

/** What the viewer is given. */
export interface CodeViewProps {
  readonly text: string;
  readonly syntax: Syntax;
  readonly label: string;
}

/** A viewer that fills its place. Carriage returns are shown, not taken for line breaks. */
export function CodeMirrorView({ text, syntax, label }: CodeViewProps) {
  const nonce = use(StyleNonce);
  const extensions = useMemo(
    () => [...codeExtensions(nonce, syntax, label), EditorState.lineSeparator.of('\n')],
    [nonce, syntax, label],
  );
  return (
    <CodeMirror
      className="code-fill"
      value={text}
      theme="none"
      height="100%"
      readOnly
      indentWithTab={false}
      basicSetup={basicSetup}
      extensions={extensions}
    />
  );
}
