// Asks the host now and then how many requests came when. It asks the less often the longer an answer takes, so that
// the line never costs the receiver more than a few hundredths of its time.

import { useEffect, useState } from 'react';
import type { ActivityCount } from '../../../shared/activity.ts';
import { activityBuckets, activityRange } from '../../lib/activity.ts';
import type { TimeRange } from '../../lib/activity.ts';
import { inboxRows } from '../../state/app-state.ts';
import { useApp, useServices } from '../../state/use-app.ts';

/** What the line shows. */
export interface Activity {
  readonly range: TimeRange;
  readonly counts: readonly ActivityCount[];
  /** When it was asked for, epoch ms. */
  readonly at: number;
}

const firstMs = 300;
const leastPauseMs = 1_000;
/** Pause in answers' times. */
const pauseShare = 30;
/** The line moves on with the clock where nothing arrives. */
const idleMs = 15_000;

/** The activity of what the query in force takes; null before the first answer. */
export function useActivity(): Activity | null {
  const { app, bridge } = useServices();
  const query = useApp((state) => state.inbox.query);
  const [activity, setActivity] = useState<Activity | null>(null);
  useEffect(() => {
    let stopped = false;
    let seen = -1;
    let askedAt = 0;
    let timer = setTimeout(() => void look(), firstMs);
    async function look(): Promise<void> {
      const state = app.store.getState();
      const at = Date.now();
      // The clock may be set meanwhile, which must not pass for a slow answer.
      const startedAt = performance.now();
      let pause = leastPauseMs;
      const isIdle = state.mirror.requestCount === seen && startedAt - askedAt < idleMs;
      if (!isIdle && !document.hidden) {
        seen = state.mirror.requestCount;
        askedAt = startedAt;
        const range = activityRange(query, inboxRows(state), at);
        const answer = await bridge.call('requests.activity', { query, ...range, buckets: activityBuckets });
        if (stopped) return;
        if (answer.ok) setActivity({ range, counts: answer.value.counts, at });
        pause = Math.max(pause, (performance.now() - startedAt) * pauseShare);
      }
      timer = setTimeout(() => void look(), pause);
    }
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [app, bridge, query]);
  return activity;
}
