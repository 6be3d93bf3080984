// What runs have in common.

import type { Run } from './contract.ts';

/** A run that ended before anything was started. */
export const nothingRuns: Run = { stop: () => Promise.resolve() };
