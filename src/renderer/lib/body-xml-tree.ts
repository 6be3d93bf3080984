// Builds the tree of an XML text from its characters, for reading only. It knows tags, attributes, text, comments and
// CDATA; a document type declaration is one node that nobody reads, and no entity is ever replaced.

import { createTree, maxNodes } from './body-tree.ts';
import type { NodeKind, TreeBuilder } from './body-tree.ts';

const openTag = /<([^\s<>/="'!?]+)/y;
const attribute = /\s+([^\s<>/="']+)\s*=\s*("[^"<]*"|'[^'<]*')/y;
const tagEnd = /\s*(\/?)>/y;
const closeTag = /<\/([^\s<>/="'!?]+)\s*>/y;

/** A builder for `source`. `partial`: the source is only a head, so that its end is no fault. */
export function xmlTreeBuilder(source: string, partial = false): TreeBuilder {
  const tree = createTree(source);
  let at = source.startsWith('\ufeff') ? 1 : 0;
  let open = -1;
  let done = false;
  let brokenAt: number | null = null;

  return {
    tree,
    get brokenAt() {
      return brokenAt;
    },
    get cut() {
      return tree.count >= maxNodes;
    },
    step(nodes) {
      const until = Math.min(maxNodes, tree.count + nodes);
      for (let turns = nodes * 3; tree.count < until && turns > 0; turns -= 1) if (advance()) break;
      if (tree.count >= maxNodes) finish(null);
      return done;
    },
  };

  /** Reads the next piece; true at the end. */
  function advance(): boolean {
    readNext();
    return done;
  }

  function readNext(): void {
    if (at >= source.length) finish(open < 0 || partial ? null : at);
    else if (source.charAt(at) !== '<') readText();
    else if (source.startsWith('<!--', at)) readUpTo('comment', 4, '-->');
    else if (source.startsWith('<![CDATA[', at)) readUpTo('text', 9, ']]>');
    else if (source.startsWith('<?', at)) readUpTo('instruction', 2, '?>');
    else if (source.startsWith('<!', at)) readDeclaration();
    else if (source.startsWith('</', at)) readClose();
    else readOpen();
  }

  function readText(): void {
    const next = source.indexOf('<', at);
    const end = next < 0 ? source.length : next;
    const text = source.slice(at, end);
    if (text.trim() !== '') {
      const start = at + text.length - text.trimStart().length;
      add('text', start, start + text.trim().length);
    }
    at = end;
  }

  function readUpTo(kind: NodeKind, skip: number, mark: string): void {
    const found = source.indexOf(mark, at + skip);
    if (found < 0) {
      finish(partial ? null : at);
      return;
    }
    const end = found + mark.length;
    add(kind, kind === 'text' ? at + skip : at, kind === 'text' ? found : end);
    at = end;
  }

  /** `<!DOCTYPE ...>`, with what stands in its brackets. */
  function readDeclaration(): void {
    const bracket = source.indexOf('[', at);
    const close = source.indexOf('>', at);
    const inner = bracket >= 0 && bracket < close ? source.indexOf(']', bracket) : at;
    const end = inner < 0 ? -1 : source.indexOf('>', inner);
    if (end < 0) {
      finish(partial ? null : at);
      return;
    }
    add('instruction', at, end + 1);
    at = end + 1;
  }

  function readClose(): void {
    closeTag.lastIndex = at;
    const match = closeTag.exec(source);
    if (match === null || open < 0 || tree.keyOf(open) !== match[1]) {
      finish(partial && match === null && source.length - at < 1_000 ? null : at);
      return;
    }
    at = closeTag.lastIndex;
    tree.close(open, at);
    const parent = tree.parentOf(open);
    tree.takeOnlyText(open);
    open = parent;
  }

  function readOpen(): void {
    openTag.lastIndex = at;
    const match = openTag.exec(source);
    if (match === null) {
      finish(at);
      return;
    }
    const start = at;
    const name = match[1] ?? '';
    const node = add('element', start, source.length, start + 1, start + 1 + name.length);
    at = openTag.lastIndex;
    const outer = open;
    open = node;
    for (;;) {
      attribute.lastIndex = at;
      const pair = attribute.exec(source);
      if (pair === null || tree.count >= maxNodes) break;
      const value = pair[2] ?? '';
      const end = attribute.lastIndex;
      const keyStart = at + pair[0].length - pair[0].trimStart().length;
      add('attribute', end - value.length, end, keyStart, keyStart + (pair[1] ?? '').length);
      at = end;
    }
    tagEnd.lastIndex = at;
    const end = tagEnd.exec(source);
    if (end === null) {
      finish(partial && source.indexOf('>', at) < 0 ? null : at);
      return;
    }
    at = tagEnd.lastIndex;
    if (end[1] === '/') {
      tree.close(node, at);
      open = outer;
    }
  }

  function add(kind: NodeKind, start: number, end: number, keyStart = -1, keyEnd = -1): number {
    return tree.add({ kind, parent: open, keyStart, keyEnd, start, end });
  }

  function finish(fault: number | null): void {
    brokenAt = fault;
    done = true;
    for (let node = open; node >= 0; node = tree.parentOf(node)) tree.close(node, fault ?? source.length);
  }
}
