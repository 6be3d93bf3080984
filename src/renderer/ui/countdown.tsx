// When the next attempt is due, counting down.

import { formatDuration, formatMoment } from '../lib/format.ts';
import { useNow } from './use-now.ts';

/** For example `in 4 s`; `due now` once the time has come. `at` is epoch ms. */
export function Countdown({ at }: { readonly at: number }) {
  const now = useNow(500);
  const left = at - now;
  const words = left <= 0 ? 'due now' : `in ${formatDuration(Math.ceil(left / 1_000) * 1_000)}`;
  return <span title={formatMoment(at)}>{words}</span>;
}
