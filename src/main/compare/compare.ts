// Two captured requests, part by part, in the order in which they travel. Pure and in small steps: whoever runs it says
// when others go first.

import type { Comparison } from '../../shared/compare.ts';
import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { compareBytes, compareSizes } from './bytes.ts';
import type { BodySource } from './bytes.ts';
import { createDifferences } from './differences.ts';
import type { Differences, Steps } from './differences.ts';
import { compareFields } from './fields.ts';
import type { Field } from './fields.ts';
import { compareJson, excerpts } from './json.ts';
import { compareLines } from './lines.ts';
import type { VolatileFields } from './volatile.ts';

/** One of the two. */
export interface ComparedRequest {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: readonly HeaderPair[];
  readonly trailers: readonly HeaderPair[];
  readonly body: BodySource;
}

/** Largest body that is looked into, bytes. */
const lookLimit = 1_048_576;

/** Everything that differs; differences in `volatile` fields are only counted. */
export function* compareSteps(
  a: ComparedRequest,
  b: ComparedRequest,
  volatile: VolatileFields | null,
): Steps<Comparison> {
  const differences = createDifferences();
  const [targetA, targetB] = [splitTarget(a.target), splitTarget(b.target)];
  const change = (part: 'method' | 'path' | 'version', from: string, to: string) => {
    if (from !== to) differences.add({ part, kind: 'changed', path: '', a: from, b: to });
  };
  change('method', a.method, b.method);
  change('path', targetA.path, targetB.path);
  yield* compareFields('query', targetA.query, targetB.query, differences, (key) => volatile?.query.has(key) === true);
  change('version', a.httpVersion, b.httpVersion);

  const sameBody = a.body.sha256 === b.body.sha256 && a.body.storedSize === b.body.storedSize;
  // A length that only repeats that the bodies differ says nothing new.
  const isVolatile = (key: string) =>
    volatile !== null && (volatile.headers.has(key) || (key === 'content-length' && !sameBody));
  yield* compareFields('header', headerFields(a.headers), headerFields(b.headers), differences, isVolatile);
  yield* compareFields('trailer', headerFields(a.trailers), headerFields(b.trailers), differences, isVolatile);

  if (sameBody) compareSizes(a.body, b.body, differences);
  else if (!differences.isCut()) yield* compareBodies(a, b, volatile, differences);
  return differences.result();
}

function* compareBodies(
  a: ComparedRequest,
  b: ComparedRequest,
  volatile: VolatileFields | null,
  differences: Differences,
): Steps {
  const [bodyA, bodyB] = [a.body, b.body];
  if (Math.max(bodyA.storedSize, bodyB.storedSize) > lookLimit) return yield* compareBytes(bodyA, bodyB, differences);
  const textA = textOf(bodyA);
  yield;
  const textB = textOf(bodyB);
  if (textA === null || textB === null) return yield* compareBytes(bodyA, bodyB, differences);
  if (textA === '' || textB === '') {
    const kind = textA === '' ? 'added' : 'removed';
    return differences.add({ part: 'body', kind, path: '', a: textA || null, b: textB || null });
  }
  const before = differences.found();
  if (isForm(a.headers) && isForm(b.headers)) {
    const [fieldsA, fieldsB] = [yield* formFields(textA), yield* formFields(textB)];
    yield* compareFields('body', fieldsA, fieldsB, differences, (key) => volatile?.form.has(key) === true);
  } else if (!(yield* compareJson(textA, textB, differences, volatile?.json ?? []))) {
    yield* compareLines(textA, textB, differences);
  }
  if (differences.found() === before) {
    differences.add({ part: 'body', kind: 'layout', path: '', ...excerpts(textA, textB) });
  }
}

/** The body as text; null when it is none. */
function textOf(body: BodySource): string | null {
  const bytes = body.read(0, lookLimit);
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function headerFields(headers: readonly HeaderPair[]): Field[] {
  return headers.map(([name, value]) => ({ key: name.toLowerCase(), name, value }));
}

/** Nothing of a target is decoded: signatures cover it as it was sent. */
function splitTarget(target: string): { readonly path: string; readonly query: Field[] } {
  const mark = target.indexOf('?');
  if (mark === -1) return { path: target, query: [] };
  return {
    path: target.slice(0, mark),
    query: target
      .slice(mark + 1)
      .split('&')
      .map(rawField),
  };
}

function rawField(pair: string): Field {
  const cut = pair.indexOf('=');
  const name = cut === -1 ? pair : pair.slice(0, cut);
  return { key: name, name, value: cut === -1 ? '' : pair.slice(cut + 1) };
}

function isForm(headers: readonly HeaderPair[]): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(headerValue(headers, 'content-type') ?? '');
}

function* formFields(text: string): Steps<Field[]> {
  const fields: Field[] = [];
  for (let at = 0; at <= text.length;) {
    const next = text.indexOf('&', at);
    const end = next === -1 ? text.length : next;
    const { name, value } = rawField(text.slice(at, end));
    const key = decoded(name);
    fields.push({ key, name: key, value: decoded(value) });
    at = end + 1;
    if (fields.length % 1_024 === 0) yield;
  }
  return fields;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
