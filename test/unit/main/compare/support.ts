// Two small requests that differ only where a test says so, and the comparison run to its end.

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { BodySource } from '../../../../src/main/compare/bytes.ts';
import { compareSteps } from '../../../../src/main/compare/compare.ts';
import type { ComparedRequest } from '../../../../src/main/compare/compare.ts';
import type { VolatileFields } from '../../../../src/main/compare/volatile.ts';
import type { Comparison } from '../../../../src/shared/compare.ts';

/** A body as the history would give it. */
export function bodyOf(content: string | Uint8Array): BodySource {
  const bytes = Buffer.from(content as string);
  return {
    size: bytes.length,
    storedSize: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    read: (offset, length) => new Uint8Array(bytes.subarray(offset, offset + length)),
  };
}

/** A request, changed as given. */
export function requestOf(
  changes: Partial<Omit<ComparedRequest, 'body'>> & { readonly body?: string | Uint8Array } = {},
): ComparedRequest {
  const { body = '', ...rest } = changes;
  return {
    method: 'POST',
    target: '/in/a',
    httpVersion: '1.1',
    headers: [],
    trailers: [],
    ...rest,
    body: bodyOf(body),
  };
}

/** The comparison of two requests. `onStep` is called whenever others would go first. */
export function compare(
  a: Parameters<typeof requestOf>[0],
  b: Parameters<typeof requestOf>[0],
  volatile: VolatileFields | null = null,
  onStep: () => void = () => {},
): Comparison {
  const steps = compareSteps(requestOf(a), requestOf(b), volatile);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    onStep();
  }
}

/** Differences as short rows: part, kind, path, a, b. */
export function rowsOf({ differences }: Comparison): (string | null)[][] {
  return differences.map(({ part, kind, path, a, b }) => [part, kind, path, a, b]);
}
