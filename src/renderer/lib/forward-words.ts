// Forwards in words: what they take, how their app does, and what became of one request.

import type { Forward, ForwardHealth, ForwardResult } from '../../shared/forwards.ts';
import { formatTime } from './format.ts';
import type { Tone } from './words.ts';

/** A new forward. */
export function newForward(id: string): Forward {
  return {
    id,
    url: '',
    mode: 'answer',
    active: true,
    appendPath: false,
    events: ['*'],
    verdicts: [],
    duplicates: [],
    keepHost: false,
    timeoutMs: 30_000,
    schedule: 'quick',
  };
}

/** Which requests go through it, in words: `all requests`, `order.*, valid`. */
export function takesWords({ events, verdicts, duplicates }: Forward): string {
  const parts = [
    events.includes('*') ? '' : events.join(', '),
    verdicts.join(' or '),
    duplicates.map((kind) => kind.replace('-', ' ')).join(' or '),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'all requests' : parts.join('; ');
}

/** How the app does: `up`, `down since 12:04`. Times are epoch ms. */
export function healthWords(health: ForwardHealth | undefined, now: number): string {
  if (health === undefined || health.state === 'unknown') return 'not tried yet';
  const since = health.since === null ? '' : ` since ${formatTime(health.since, now).slice(0, -3)}`;
  return health.state === 'up' ? 'up' : `down${since}`;
}

/** Its tone. */
export function healthTone(health: ForwardHealth | undefined): Tone {
  if (health === undefined || health.state === 'unknown') return 'none';
  return health.state === 'up' ? 'ok' : 'bad';
}

/** What became of one request, as a word beside its sentence. */
export const resultWords: Readonly<Record<ForwardResult['state'], string>> = {
  answered: 'answered',
  failed: 'not reached',
  queued: 'queued',
  skipped: 'skipped',
};

/** Its tone: an app that answers 500 was reached, and yet that is no good news. */
export function resultTone({ state, status }: ForwardResult): Tone {
  if (state === 'failed') return 'bad';
  if (state === 'answered') return status !== null && status < 400 ? 'ok' : 'bad';
  return 'none';
}
