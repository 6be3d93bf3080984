// Every package that judges a scheme, in one list.

import { bodyOracles } from './oracles-body.ts';
import { keyOracles } from './oracles-keys.ts';
import { standardWebhooksOracles } from './oracles-standard-webhooks.ts';
import { ternOracles } from './oracles-tern.ts';
import { timedOracles } from './oracles-timed.ts';
import { keysOf } from './oracles.ts';
import type { Judge, Keys, Oracle } from './oracles.ts';

export const allOracles: readonly Oracle[] = [
  ...standardWebhooksOracles,
  ...timedOracles,
  ...bodyOracles,
  ...keyOracles,
  ...ternOracles,
];

/** An oracle ready for use, with two secrets. The first of the provider (and scheme, and package) is taken. */
export async function ready(
  provider: string,
  wanted: Partial<Pick<Oracle, 'scheme' | 'package' | 'sample'>> = {},
): Promise<{ readonly oracle: Oracle; readonly judge: Judge; readonly keys: Keys; readonly others: Keys }> {
  const oracle = allOracles.find(
    (candidate) =>
      candidate.provider === provider &&
      (wanted.scheme === undefined || candidate.scheme === wanted.scheme) &&
      (wanted.package === undefined || candidate.package === wanted.package) &&
      (wanted.sample === undefined || candidate.sample === wanted.sample),
  );
  if (!oracle) throw new Error(`no oracle for ${provider}`);
  return { oracle, judge: await oracle.load(), keys: await keysOf(oracle, 1), others: await keysOf(oracle, 2) };
}
