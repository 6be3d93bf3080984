// What every editor and viewer of text shares: colours from the window's own variables (so one theme serves dark and
// light), hidden characters as marked escapes, and the nonce for the styles that CodeMirror adds.

import { html } from '@codemirror/lang-html';
import { json } from '@codemirror/lang-json';
import { xml } from '@codemirror/lang-xml';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { Decoration, EditorView, highlightSpecialChars, MatchDecorator, ViewPlugin } from '@codemirror/view';
import type { DecorationSet, ViewUpdate } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Syntax } from '../lib/body-view.ts';
import { escapeOf, hiddenCharacters } from '../lib/visible-text.ts';

const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--code)', color: 'var(--text)', fontSize: '12px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', fontVariantLigatures: 'none' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 12px 0 6px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--code)', color: 'var(--muted)', border: '0' },
  '.cm-activeLineGutter, .cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--accent) 30%, transparent)',
  },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--accent-bg)', border: '0', color: 'var(--accent)', padding: '0 6px' },
  '.cm-panels': { backgroundColor: 'var(--panel)', color: 'var(--text)', borderColor: 'var(--line)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-bg)', outline: '1px solid var(--warn)' },
  '.cm-textfield': { backgroundColor: 'var(--raised)', border: '1px solid var(--line-strong)', color: 'var(--text)' },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line-strong)',
    color: 'var(--text)',
  },
  '.cm-variable, .cm-variable *': { color: 'var(--warn)', fontWeight: '600' },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.tagName, tags.attributeName], color: 'var(--accent)' },
  { tag: [tags.string, tags.attributeValue], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
  { tag: [tags.comment, tags.processingInstruction], color: 'var(--muted)' },
]);

const marks = highlightSpecialChars({
  specialChars: new RegExp(hiddenCharacters.source, 'gu'),
  render: (code) => {
    const mark = document.createElement('span');
    mark.className = 'mark';
    mark.textContent = escapeOf(code);
    return mark;
  },
});

const variableMatches = new MatchDecorator({
  regexp: /\{\{(?:uuid|now|unix|unixMs)\}\}/g,
  decoration: Decoration.mark({ class: 'cm-variable' }),
});

/** Shows `{{uuid}}`, `{{now}}`, `{{unix}}` and `{{unixMs}}` as what they are. */
export const variableMarks: Extension = ViewPlugin.define(
  (view) => ({
    decorations: variableMatches.createDeco(view),
    update(update: ViewUpdate) {
      this.decorations = variableMatches.updateDeco(update, this.decorations);
    },
  }),
  { decorations: (plugin: { decorations: DecorationSet }) => plugin.decorations },
);

function languageOf(syntax: Syntax): Extension {
  switch (syntax) {
    case 'json':
      return json();
    case 'xml':
      return xml();
    case 'html':
      return html({ autoCloseTags: false, matchClosingTags: false });
    case 'plain':
      return [];
  }
}

/** The shared part. `label` is the accessible name of the text. */
export function codeExtensions(nonce: string, syntax: Syntax, label: string): Extension[] {
  return [
    EditorView.cspNonce.of(nonce),
    look,
    syntaxHighlighting(colours),
    marks,
    languageOf(syntax),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
  ];
}

/** What @uiw/react-codemirror sets up by itself; the rest is above. */
export const basicSetup = {
  highlightSpecialChars: false,
  highlightActiveLine: false,
  highlightActiveLineGutter: false,
  autocompletion: false,
  completionKeymap: false,
  closeBrackets: true,
  lintKeymap: false,
  syntaxHighlighting: false,
  drawSelection: true,
  foldGutter: true,
  lineNumbers: true,
  allowMultipleSelections: false,
} as const;
