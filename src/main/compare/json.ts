// Two JSON bodies member by member. Values are compared as they are written: 1.0 is not 1. List items are compared place
// by place; whether one moved is not guessed.

import { firstDifference, orderDifference, pathPart } from './differences.ts';
import type { Differences, Steps } from './differences.ts';
import { readJsonTree } from './json-tree.ts';
import type { JsonMember, JsonNode, JsonTree } from './json-tree.ts';

/** A place in the tree; its text is only made where something differs. */
interface Place {
  readonly parent: Place | null;
  readonly name: string;
  /** Counts repeats of the name from 0. */
  readonly n: number;
}

interface Pair {
  readonly a: JsonNode | null;
  readonly b: JsonNode | null;
  readonly place: Place | null;
}

/**
 * Adds what differs. Returns false, and adds nothing, when one of the texts is no JSON. `volatile` holds paths whose
 * differences are left out, with `*` for any list item.
 */
export function* compareJson(
  a: string,
  b: string,
  differences: Differences,
  volatile: readonly (readonly string[])[],
): Steps<boolean> {
  const treeA = yield* readJsonTree(a);
  const treeB = treeA && (yield* readJsonTree(b));
  if (!treeA || !treeB) return false;

  const add = (
    kind: 'changed' | 'added' | 'removed' | 'order',
    place: Place | null,
    from: string | null,
    to: string | null,
  ) => {
    const names = namesOf(place);
    const path = names.map(({ name, n }) => pathPart(name, n)).join('.');
    const ignored = volatile.some((pattern) => isWithin(names, pattern));
    differences.add({ part: 'body', kind, path, a: from, b: to }, ignored);
  };
  const textA = (node: JsonNode) => a.slice(node.start, node.end);
  const textB = (node: JsonNode) => b.slice(node.start, node.end);

  // What is open, from the root down. Each gives its pairs one by one: a long list is never held twice.
  const open: Iterator<Pair, unknown>[] = [[{ a: treeA.root, b: treeB.root, place: null }].values()];
  for (let steps = 0; open.length > 0 && !differences.isCut(); steps += 1) {
    if (steps % 1_024 === 1_023) yield;
    const next = (open.at(-1) as Iterator<Pair, unknown>).next();
    if (next.done === true) {
      open.pop();
      continue;
    }
    const { a: from, b: to, place } = next.value;
    if (from === null || to === null) {
      add(from === null ? 'added' : 'removed', place, from && textA(from), to && textB(to));
    } else if (from.kind === 'array' && to.kind === 'array') {
      open.push(itemPairs(from.items, to.items, place));
    } else if (from.kind === 'object' && to.kind === 'object') {
      const { pairs, order } = yield* memberPairs(from.members, to.members, place);
      if (order !== null) add('order', place, order.a, order.b);
      open.push(pairs.values());
    } else {
      const [before, after] = [textA(from), textB(to)];
      if (before !== after) add('changed', place, before, after);
    }
  }
  if (isLaidOutOtherwise(treeA, treeB)) differences.add({ part: 'body', kind: 'layout', path: '', ...excerpts(a, b) });
  return true;
}

function* itemPairs(a: readonly JsonNode[], b: readonly JsonNode[], parent: Place | null): Generator<Pair> {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    yield { a: a[i] ?? null, b: b[i] ?? null, place: { parent, name: String(i), n: 0 } };
  }
}

function* memberPairs(
  a: readonly JsonMember[],
  b: readonly JsonMember[],
  parent: Place | null,
): Steps<{ readonly pairs: readonly Pair[]; readonly order: ReturnType<typeof orderDifference> }> {
  const inA = yield* numbered(a);
  const inB = yield* numbered(b);
  const pairs: Pair[] = [];
  const [orderA, orderB]: [string[], string[]] = [[], []];
  let steps = 0;
  for (const [key, { member, n }] of inA) {
    if ((steps += 1) % 1_024 === 0) yield;
    const other = inB.get(key);
    if (other) orderA.push(pathPart(member.name, n));
    pairs.push({ a: member.value, b: other?.member.value ?? null, place: { parent, name: member.name, n } });
  }
  for (const [key, { member, n }] of inB) {
    if ((steps += 1) % 1_024 === 0) yield;
    if (inA.has(key)) orderB.push(pathPart(member.name, n));
    else pairs.push({ a: null, b: member.value, place: { parent, name: member.name, n } });
  }
  return { pairs, order: orderDifference(orderA, orderB) };
}

/** Members by their name and, where it repeats, its number. */
function* numbered(
  members: readonly JsonMember[],
): Steps<Map<string, { readonly member: JsonMember; readonly n: number }>> {
  const counts = new Map<string, number>();
  const map = new Map<string, { readonly member: JsonMember; readonly n: number }>();
  for (const [i, member] of members.entries()) {
    if (i % 2_048 === 2_047) yield;
    const n = counts.get(member.name) ?? 0;
    counts.set(member.name, n + 1);
    map.set(`${n} ${member.name}`, { member, n });
  }
  return map;
}

function namesOf(place: Place | null): Place[] {
  const names: Place[] = [];
  for (let at = place; at !== null; at = at.parent) names.push(at);
  return names.toReversed();
}

function isWithin(names: readonly Place[], pattern: readonly string[]): boolean {
  return pattern.length <= names.length && pattern.every((part, i) => part === '*' || part === names[i]?.name);
}

/** White space alone: told where the texts can be compared token by token, or where only one of them has any. */
function isLaidOutOtherwise(a: JsonTree, b: JsonTree): boolean {
  return a.hasGaps !== b.hasGaps || (a.tokens === b.tokens && a.gaps !== b.gaps);
}

/** What stands around the first character that differs. */
export function excerpts(a: string, b: string): { readonly a: string; readonly b: string } {
  const at = firstDifference(a, b);
  const cut = (text: string) => {
    const [start, end] = [Math.max(0, at - 20), at + 60];
    return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
  };
  return { a: cut(a), b: cut(b) };
}
