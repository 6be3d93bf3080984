// A point in time as a person reads it, with the exact one as its title.

import { useState } from 'react';
import { formatMoment, formatTime } from '../lib/format.ts';

/** Local time, with the date where it is not today's. `at` is epoch ms. */
export function Moment({ at }: { readonly at: number }) {
  const [now] = useState(Date.now);
  return (
    <time dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
      {formatTime(at, now)}
    </time>
  );
}
