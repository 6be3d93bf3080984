// Viewer and editor of text. CodeMirror is as large as the rest of the window, so it is loaded beside it: the list is
// there before the first body is opened.

import { lazy, Suspense } from 'react';
import type { CodeEditorProps } from './code-mirror-editor.tsx';
import type { CodeViewProps } from './code-mirror-view.tsx';

const View = lazy(async () => ({ default: (await import('./code-mirror-view.tsx')).CodeMirrorView }));
const Editor = lazy(async () => ({ default: (await import('./code-mirror-editor.tsx')).CodeMirrorEditor }));

/** Text that cannot be edited; fills its place. */
export function CodeView(props: CodeViewProps) {
  return (
    <Suspense fallback={<div className="code-fill" />}>
      <View {...props} />
    </Suspense>
  );
}

/** Text to edit; fills its place. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<div className="code-fill" />}>
      <Editor {...props} />
    </Suspense>
  );
}
