// Builds the tree of a JSON text (RFC 8259) from its characters. Nothing is parsed into values: 12345678901234567890, a
// repeated key and "\u0041" stay what they are. What comes before a fault is kept, and so is a head without its end.

import { createTree, maxNodes } from './body-tree.ts';
import type { NodeKind, TreeBuilder } from './body-tree.ts';

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'comma-or-end' | 'nothing';

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;
const quote = 0x22;
const backslash = 0x5c;

/** A builder for `source`. `partial`: the source is only a head, so that its end is no fault. */
export function jsonTreeBuilder(source: string, partial = false): TreeBuilder {
  const tree = createTree(source);
  let at = source.startsWith('\ufeff') ? 1 : 0;
  let open = -1;
  let expected = 'value' as Expected;
  let keyStart = -1;
  let keyEnd = -1;
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
      // Closing brackets add no nodes; they count as well, or a deep text would come in one piece.
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
    skipBlanks();
    if (at >= source.length) {
      finish(expected === 'nothing' || (partial && tree.count > 0) ? null : at);
      return;
    }
    const code = source.charCodeAt(at);
    switch (expected) {
      case 'nothing':
        finish(at);
        return;
      case 'comma-or-end':
        if (code === 0x2c) {
          at += 1;
          expected = tree.kindOf(open) === 'object' ? 'key' : 'value';
        } else closeOr(code);
        return;
      case 'key':
      case 'key-or-end':
        if (code === quote) readKey();
        else if (expected === 'key-or-end') closeOr(code);
        else finish(at);
        return;
      case 'value-or-end':
        if (code === 0x5d) closeOr(code);
        else readValue(code);
        return;
      case 'value':
        readValue(code);
    }
  }

  function closeOr(code: number): void {
    const wanted = open < 0 ? -1 : tree.kindOf(open) === 'object' ? 0x7d : 0x5d;
    if (code !== wanted) {
      finish(at);
      return;
    }
    at += 1;
    tree.close(open, at);
    open = tree.parentOf(open);
    expected = open < 0 ? 'nothing' : 'comma-or-end';
  }

  function readKey(): void {
    const end = stringEnd(source, at);
    if (end < 0) {
      finish(unfinished(at, -end));
      return;
    }
    keyStart = at;
    keyEnd = end;
    at = end;
    skipBlanks();
    if (source.charCodeAt(at) !== 0x3a) {
      finish(partial && at >= source.length ? null : at);
      return;
    }
    at += 1;
    expected = 'value';
  }

  function readValue(code: number): void {
    if (code === 0x7b || code === 0x5b) {
      open = add(code === 0x7b ? 'object' : 'array', at, source.length);
      at += 1;
      expected = code === 0x7b ? 'key-or-end' : 'value-or-end';
      return;
    }
    const [kind, end] = scalar(code);
    if (end <= at) {
      // The head of a long value is worth seeing when the rest of it is not loaded.
      const fault = kind === 'string' ? unfinished(at, -end) : partial && source.length - at < 8 ? null : at;
      if (fault === null && kind === 'string') add('string', at, source.length);
      finish(fault);
      return;
    }
    add(kind, at, end);
    at = end;
    expected = open < 0 ? 'nothing' : 'comma-or-end';
  }

  /** The kind of the value that begins here and its end; no end (0, or the negative offset of the fault) when broken. */
  function scalar(code: number): readonly [NodeKind, number] {
    if (code === quote) return ['string', stringEnd(source, at)];
    const kind: NodeKind = code === 0x2d || (code >= 0x30 && code <= 0x39) ? 'number' : 'word';
    const pattern = kind === 'number' ? number : word;
    pattern.lastIndex = at;
    return [kind, pattern.test(source) ? pattern.lastIndex : 0];
  }

  function add(kind: NodeKind, start: number, end: number): number {
    const node = tree.add({ kind, parent: open, keyStart, keyEnd, start, end });
    keyStart = -1;
    keyEnd = -1;
    return node;
  }

  function unfinished(start: number, fault: number): number | null {
    return partial && fault >= source.length ? null : Math.max(start, fault);
  }

  function finish(fault: number | null): void {
    brokenAt = fault;
    done = true;
    for (let node = open; node >= 0; node = tree.parentOf(node)) tree.close(node, fault ?? source.length);
  }

  function skipBlanks(): void {
    for (;;) {
      const code = source.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      at += 1;
    }
  }
}

const escape = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
/** At the end of a head. */
const halfEscape = /^\\(?:u[0-9A-Fa-f]{0,3})?$/;

/** End of the string that begins at `start`; the negative offset of the fault when it is none. */
function stringEnd(source: string, start: number): number {
  let at = start + 1;
  while (at < source.length) {
    const code = source.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code < 0x20) return -at;
    if (code === backslash) {
      escape.lastIndex = at;
      if (!escape.test(source)) return -(halfEscape.test(source.slice(at, at + 6)) ? source.length : at);
      at = escape.lastIndex;
    } else at += 1;
  }
  return -source.length;
}

/** A key as it reads: `"\u0061"` and `"a"` are the same key. */
export function readKeyText(key: string): string {
  if (!key.startsWith('"')) return key;
  if (!key.includes('\\')) return key.slice(1, -1);
  try {
    return JSON.parse(key) as string;
  } catch {
    return key.slice(1, -1);
  }
}
