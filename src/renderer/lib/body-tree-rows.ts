// Which nodes of a tree are in sight, and what a person may do with one: its path, its place, its keys that repeat.

import { readKeyText } from './body-json-tree.ts';
import type { BodyTree } from './body-tree.ts';

/** Open nodes, one byte each. Replaced, never changed. */
export type OpenNodes = Uint8Array;

const openAll = 2_000;
const openWide = 200;

/** What is open at first: all of a small tree, the top of a large one. */
export function openAtFirst(tree: BodyTree): OpenNodes {
  const open = new Uint8Array(tree.count);
  if (tree.count <= openAll) return open.fill(1);
  for (let node = 0; node < tree.count; node = tree.afterOf(node)) {
    open[node] = 1;
    if (tree.childrenOf(node) > openWide) continue;
    for (let child = node + 1; child < tree.afterOf(node); child = tree.afterOf(child)) {
      if (tree.childrenOf(child) <= openWide) open[child] = 1;
    }
  }
  return open;
}

/** Nodes in sight, in order. */
export function visibleNodes(tree: BodyTree, open: OpenNodes): Int32Array {
  const rows = new Int32Array(tree.count);
  let length = 0;
  for (let node = 0; node < tree.count;) {
    rows[length] = node;
    length += 1;
    node = open[node] === 1 ? node + 1 : tree.afterOf(node);
  }
  return rows.subarray(0, length);
}

/** Index of `node` among the rows, or of the closest before it. */
export function rowOfNode(rows: Int32Array, node: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rows[middle] as number) <= node) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The node whose own text holds this offset of the source, or begins last before it. */
export function nodeAtOffset(tree: BodyTree, offset: number): number {
  let low = 0;
  let high = tree.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tree.startOf(middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** `open` with everything above `node` opened. */
export function openUpTo(tree: BodyTree, open: OpenNodes, node: number): OpenNodes {
  const wider = open.slice();
  for (let above = tree.parentOf(node); above >= 0; above = tree.parentOf(above)) wider[above] = 1;
  return wider;
}

/** Whether an earlier or later member of the same object has this key; what readers make of that differs. */
export function repeatedKeys(tree: BodyTree): (node: number) => boolean {
  const found = new Map<number, ReadonlySet<number>>();
  return (node) => {
    const parent = tree.parentOf(node);
    if (parent < 0 || tree.kindOf(parent) !== 'object') return false;
    let repeated = found.get(parent);
    if (repeated === undefined) {
      repeated = repeatedIn(tree, parent);
      found.set(parent, repeated);
    }
    return repeated.has(node);
  };
}

function repeatedIn(tree: BodyTree, parent: number): ReadonlySet<number> {
  const first = new Map<string, number>();
  const repeated = new Set<number>();
  for (let child = parent + 1; child < tree.afterOf(parent); child = tree.afterOf(child)) {
    const key = readKeyText(tree.keyOf(child));
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, child);
    } else {
      repeated.add(earlier);
      repeated.add(child);
    }
  }
  return repeated;
}

const longestPath = 400;

/** Nodes from the root's child down to `node`; null when they are too many for a path. */
function nodesDownTo(tree: BodyTree, node: number): number[] | null {
  if (tree.depthOf(node) > longestPath) return null;
  const nodes: number[] = [];
  for (let at = node; at > 0 && tree.parentOf(at) >= 0; at = tree.parentOf(at)) nodes.push(at);
  return nodes.toReversed();
}

/** Path of a JSON node, such as `data.items[0]["a b"]`; `$` for the root. Null when it is nested too deeply. */
export function jsonPath(tree: BodyTree, node: number): string | null {
  const nodes = nodesDownTo(tree, node);
  if (nodes === null) return null;
  let path = '';
  for (const at of nodes) {
    if (tree.keyOf(at) === '') {
      path += `[${tree.positionOf(at)}]`;
      continue;
    }
    const key = readKeyText(tree.keyOf(at));
    if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)) path += path === '' ? key : `.${key}`;
    else path += `[${JSON.stringify(key)}]`;
  }
  return path === '' ? '$' : path;
}

/** A filter term that finds requests with this value at this place, or null where the query language has none. */
export function filterTerm(tree: BodyTree, node: number): string | null {
  const kind = tree.kindOf(node);
  const nodes = nodesDownTo(tree, node);
  if (nodes === null || nodes.length === 0 || kind === 'object' || kind === 'array') return null;
  if (tree.lengthOf(node) > 500) return null;
  const parts = nodes.map((at) => (tree.keyOf(at) === '' ? String(tree.positionOf(at)) : readKeyText(tree.keyOf(at))));
  if (parts.some((part) => part === '' || /[\s.:"\\]/.test(part))) return null;
  const value = kind === 'string' ? readKeyText(tree.valueOf(node)) : tree.valueOf(node);
  return `body.${parts.join('.')}:${quotedIfNeeded(value)}`;
}

function quotedIfNeeded(value: string): string {
  return value !== '' && !/[\s"]/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Path of an XML node, such as `/order/line[2]/@id`. Null when it is nested too deeply. */
export function xmlPath(tree: BodyTree, node: number): string | null {
  if (tree.depthOf(node) > longestPath) return null;
  const steps: string[] = [];
  for (let at = node; at >= 0; at = tree.parentOf(at)) steps.push(xmlStep(tree, at));
  return `/${steps.toReversed().join('/')}`;
}

function xmlStep(tree: BodyTree, node: number): string {
  const kind = tree.kindOf(node);
  if (kind === 'attribute') return `@${tree.keyOf(node)}`;
  if (kind === 'text') return 'text()';
  if (kind === 'comment') return 'comment()';
  if (kind === 'instruction') return 'processing-instruction()';
  const parent = tree.parentOf(node);
  if (parent < 0) return tree.keyOf(node);
  let same = 0;
  let before = 0;
  for (let child = parent + 1; child < tree.afterOf(parent); child = tree.afterOf(child)) {
    if (tree.kindOf(child) !== 'element' || tree.keyOf(child) !== tree.keyOf(node)) continue;
    if (child <= node) before += 1;
    same += 1;
  }
  return same > 1 ? `${tree.keyOf(node)}[${before}]` : tree.keyOf(node);
}
