// A body as a tree of pieces of its own text, so that digits, escapes, order and repeated keys stay as they were sent.
// Nodes lie in flat arrays in the order of the text: depth costs no stack, and a million of them is only memory.

/** What a node is. */
export type NodeKind =
  'object' | 'array' | 'string' | 'number' | 'word' | 'element' | 'attribute' | 'text' | 'comment' | 'instruction';

const kinds: readonly NodeKind[] = [
  'object',
  'array',
  'string',
  'number',
  'word',
  'element',
  'attribute',
  'text',
  'comment',
  'instruction',
];

/** Most nodes of a tree. */
export const maxNodes = 1_000_000;

/** Builds a tree in steps, so that a long body leaves the window time to answer. */
export interface TreeBuilder {
  readonly tree: BodyTree;
  /** Adds about this many nodes; true when the tree is complete. */
  step(nodes: number): boolean;
  /** Where the text ceased to fit, as an offset; null for a sound text. Known once the tree is complete. */
  readonly brokenAt: number | null;
  /** The tree has as many nodes as a tree may have; there is more. */
  readonly cut: boolean;
}

/** A node as it is added. */
export interface NewNode {
  readonly kind: NodeKind;
  /** -1 for the root. */
  readonly parent: number;
  /** Span of the key or name in the source; -1 when there is none. */
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  readonly end: number;
}

/** A finished tree, or one that is being built. */
export interface BodyTree {
  readonly source: string;
  readonly count: number;
  kindOf(node: number): NodeKind;
  parentOf(node: number): number;
  depthOf(node: number): number;
  /** Number of direct children. */
  childrenOf(node: number): number;
  /** Position among its siblings, from 0. */
  positionOf(node: number): number;
  /** Index behind the last node below this one. */
  afterOf(node: number): number;
  /** The key or name as it stands in the source, quotes and escapes included; empty for items of a list. */
  keyOf(node: number): string;
  /** The value as it stands in the source. */
  valueOf(node: number): string;
  /** Characters of the value. */
  lengthOf(node: number): number;
  /** Where the node's own text begins in the source. */
  startOf(node: number): number;
}

/** A tree that grows. */
export interface GrowingTree extends BodyTree {
  add(node: NewNode): number;
  /** The node ends at this offset of the source; what was added after it is below it. */
  close(node: number, end: number): void;
  /** An element that holds nothing but a text becomes a leaf with that text. */
  takeOnlyText(node: number): void;
}

const columns = 10;

/** Creates an empty tree of `source`. */
export function createTree(source: string): GrowingTree {
  let data = new Int32Array(columns * 256);
  let count = 0;
  const at = (node: number, column: number): number => data[node * columns + column] as number;

  return {
    source,
    get count() {
      return count;
    },
    kindOf: (node) => kinds[at(node, 0)] as NodeKind,
    parentOf: (node) => at(node, 1),
    depthOf: (node) => at(node, 2),
    childrenOf: (node) => at(node, 3),
    positionOf: (node) => at(node, 4),
    afterOf: (node) => at(node, 5) || count,
    keyOf: (node) => (at(node, 6) < 0 ? '' : source.slice(at(node, 6), at(node, 9))),
    valueOf: (node) => source.slice(at(node, 7), at(node, 8)),
    lengthOf: (node) => at(node, 8) - at(node, 7),
    startOf: (node) => (at(node, 6) < 0 ? at(node, 7) : at(node, 6)),
    add({ kind, parent, keyStart, keyEnd: end, start, end: valueEnd }) {
      if ((count + 1) * columns > data.length) {
        const larger = new Int32Array(data.length * 2);
        larger.set(data);
        data = larger;
      }
      const depth = parent < 0 ? 0 : at(parent, 2) + 1;
      const position = parent < 0 ? 0 : at(parent, 3);
      if (parent >= 0) data[parent * columns + 3] = position + 1;
      const node = count;
      count += 1;
      // What can hold others reaches to the end of the tree until it is closed.
      const after = kind === 'object' || kind === 'array' || kind === 'element' ? 0 : count;
      const row = [kinds.indexOf(kind), parent, depth, 0, position, after, keyStart, start, valueEnd, end];
      data.set(row, node * columns);
      return node;
    },
    close(node, end) {
      data[node * columns + 5] = count;
      data[node * columns + 8] = end;
    },
    takeOnlyText(node) {
      const child = node + 1;
      if (count !== node + 2 || at(node, 3) !== 1 || kinds[at(child, 0)] !== 'text') return;
      data[node * columns + 3] = 0;
      data[node * columns + 7] = at(child, 7);
      data[node * columns + 8] = at(child, 8);
      count -= 1;
      data[node * columns + 5] = count;
    },
  };
}
