// Compares two requests of the history, for the window and for the command line, in slices: a receiver may be at work on
// the same thread.

import type { Comparison } from '../shared/compare.ts';
import { AppError } from '../shared/errors.ts';
import type { ProviderDefinition } from '../shared/providers/define.ts';
import { compareSteps } from './compare/compare.ts';
import type { ComparedRequest } from './compare/compare.ts';
import { volatileFields } from './compare/volatile.ts';
import type { History, StoredRequest } from './store/history.ts';

/** What is compared, and how. */
export interface CompareOptions {
  readonly history: History | null;
  /** A provider by its id, a person's own schemes included. */
  readonly definition: (provider: string) => ProviderDefinition | undefined;
  readonly a: string;
  readonly b: string;
  /** Leaves out what differs between any two requests. */
  readonly ignoreVolatile: boolean;
}

/** Longest stretch without giving way, ms. */
const sliceMs = 8;

/** What differs. Throws AppError STORE_NOT_FOUND for an unknown id. */
export async function compareRequests(options: CompareOptions): Promise<Comparison> {
  const { history, definition, ignoreVolatile } = options;
  const [a, b] = [options.a, options.b].map((id) => {
    const found = history?.get(id) ?? null;
    if (history === null || found === null) throw new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
    return found;
  }) as [StoredRequest, StoredRequest];
  const providers = [...new Set([a.provider, b.provider])].flatMap((id) => (id === null ? [] : (definition(id) ?? [])));
  const steps = compareSteps(
    readable(history as History, a),
    readable(history as History, b),
    ignoreVolatile ? volatileFields(providers) : null,
  );
  for (;;) {
    const until = performance.now() + sliceMs;
    while (performance.now() < until) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

function readable(history: History, request: StoredRequest): ComparedRequest {
  const { id, method, target, httpVersion, headers, trailers, size, storedSize, sha256 } = request;
  // A request that is removed in between reads as an empty body.
  const read = (offset: number, length: number) => history.readBody(id, offset, length) ?? new Uint8Array();
  return { method, target, httpVersion, headers, trailers, body: { size, storedSize, sha256, read } };
}
