// Edits text. Tab moves on to the next field, so that the keyboard is never caught.

import CodeMirror from '@uiw/react-codemirror';
import { use, useMemo } from 'react';
import type { Syntax } from '../lib/body-view.ts';
import { basicSetup, codeExtensions, variableMarks } from './code-extensions.ts';
import { StyleNonce } from './style-nonce.ts';

/** What the editor is given. */
export interface CodeEditorProps {
  /** With line feeds only. */
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly syntax: Syntax;
  readonly label: string;
}

/** An editor that fills its place. */
export function CodeMirrorEditor({ text, onChange, syntax, label }: CodeEditorProps) {
  const nonce = use(StyleNonce);
  const extensions = useMemo(() => [...codeExtensions(nonce, syntax, label), variableMarks], [nonce, syntax, label]);
  return (
    <CodeMirror
      className="code-fill"
      value={text}
      theme="none"
      height="100%"
      indentWithTab={false}
      basicSetup={basicSetup}
      extensions={extensions}
      onChange={onChange}
    />
  );
}
