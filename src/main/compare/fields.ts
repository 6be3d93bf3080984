// Lists of named values (headers, query parameters, form fields): names may repeat, and their order counts.

import type { DifferencePart } from '../../shared/compare.ts';
import { orderDifference, pathPart } from './differences.ts';
import type { Differences, Steps } from './differences.ts';

/** One named value. */
export interface Field {
  /** What makes two fields the same one. */
  readonly key: string;
  /** The name as it was sent. */
  readonly name: string;
  readonly value: string;
}

/** Longest list of values of one name that is looked at for a mere change of order. */
const orderLimit = 1_000;

/** Adds what differs between two lists. `isVolatile` says of a key whether its differences are left out. */
export function* compareFields(
  part: DifferencePart,
  a: readonly Field[],
  b: readonly Field[],
  differences: Differences,
  isVolatile: (key: string) => boolean,
): Steps {
  const inA = yield* byKey(a);
  const inB = yield* byKey(b);
  let steps = 0;
  for (const key of new Set([...inA.keys(), ...inB.keys()])) {
    const these = inA.get(key) ?? [];
    const those = inB.get(key) ?? [];
    const ignored = isVolatile(key);
    if (isReordered(these, those)) {
      const path = pathPart(these[0]?.name ?? key, 0);
      differences.add({ part, kind: 'order', path, a: joined(these), b: joined(those) }, ignored);
      continue;
    }
    for (let n = 0; n < Math.max(these.length, those.length); n += 1) {
      if ((steps += 1) % 1_024 === 0) yield;
      compareOne(part, n, these[n], those[n], differences, ignored);
      if (differences.isCut()) return;
    }
  }
  yield* compareOrder(part, [a, b], [inA, inB], differences, isVolatile);
}

function compareOne(
  part: DifferencePart,
  n: number,
  a: Field | undefined,
  b: Field | undefined,
  differences: Differences,
  ignored: boolean,
): void {
  const path = pathPart((a ?? b)?.name ?? '', n);
  if (a === undefined || b === undefined) {
    const kind = a === undefined ? 'added' : 'removed';
    differences.add({ part, kind, path, a: a?.value ?? null, b: b?.value ?? null }, ignored);
    return;
  }
  if (a.name !== b.name) differences.add({ part, kind: 'case', path, a: a.name, b: b.name }, ignored);
  if (a.value !== b.value) differences.add({ part, kind: 'changed', path, a: a.value, b: b.value }, ignored);
}

function* byKey(fields: readonly Field[]): Steps<Map<string, Field[]>> {
  const map = new Map<string, Field[]>();
  for (const [i, field] of fields.entries()) {
    if (i % 1_024 === 1_023) yield;
    const known = map.get(field.key);
    if (known) known.push(field);
    else map.set(field.key, [field]);
  }
  return map;
}

/** The same values of one name, in another order. */
function isReordered(a: readonly Field[], b: readonly Field[]): boolean {
  if (a.length !== b.length || a.length < 2 || a.length > orderLimit) return false;
  if (a.every(({ value }, i) => value === b[i]?.value)) return false;
  const sorted = (fields: readonly Field[]) => fields.map(({ value }) => value).toSorted();
  const values = sorted(b);
  return sorted(a).every((value, i) => value === values[i]);
}

function joined(fields: readonly Field[]): string {
  return fields.map(({ value }) => value).join(', ');
}

/** The order of what both lists have. */
function* compareOrder(
  part: DifferencePart,
  lists: readonly [readonly Field[], readonly Field[]],
  maps: readonly [ReadonlyMap<string, readonly Field[]>, ReadonlyMap<string, readonly Field[]>],
  differences: Differences,
  isVolatile: (key: string) => boolean,
): Steps {
  const names = new Map<string, string>();
  function* common(own: 0 | 1): Steps<{ readonly all: string[]; readonly lasting: string[] }> {
    const other = maps[own === 0 ? 1 : 0];
    const seen = new Map<string, number>();
    const all: string[] = [];
    const lasting: string[] = [];
    for (const [i, { key, name }] of lists[own].entries()) {
      if (i % 1_024 === 1_023) yield;
      const n = seen.get(key) ?? 0;
      seen.set(key, n + 1);
      if (n >= (other.get(key)?.length ?? 0)) continue;
      if (!names.has(key)) names.set(key, name);
      const shown = pathPart(names.get(key) ?? name, n);
      all.push(shown);
      if (!isVolatile(key)) lasting.push(shown);
    }
    return { all, lasting };
  }
  const a = yield* common(0);
  const b = yield* common(1);
  const order = orderDifference(a.all, b.all);
  if (order === null) return;
  const lasting = orderDifference(a.lasting, b.lasting);
  differences.add({ part, kind: 'order', path: '', ...(lasting ?? order) }, lasting === null);
}
