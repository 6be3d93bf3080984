// What a look at a provider's API found, in words.

import type { PulledEvent } from '../../shared/pulls.ts';
import { visibleText } from './visible-text.ts';
import type { Tone } from './words.ts';

/** State of an event as it is shown. What an earlier look fetched is in the history, but never arrived. */
export type ShownState = PulledEvent['state'] | 'pulled';

/** An event of the last look. */
export interface ShownEvent extends Omit<PulledEvent, 'state'> {
  readonly state: ShownState;
}

/** Tone of an event's state. */
export const pullTones: Readonly<Record<ShownState, Tone>> = {
  arrived: 'ok',
  pulled: 'none',
  missed: 'bad',
  failed: 'warn',
};

/** Tells what an earlier look fetched from what arrived. */
export function shownEvents(events: readonly PulledEvent[]): readonly ShownEvent[] {
  return events.map((event) => (event.pulled === true ? { ...event, state: 'pulled' } : event));
}

/** Accessible name of an event's row: `invoice.paid, missed, evt_1`. */
export function eventName({ event, state, id }: ShownEvent): string {
  return [...(event === null ? [] : [visibleText(event)]), state, visibleText(id)].join(', ');
}

/** How many events are in each state. */
export function eventCounts(events: readonly ShownEvent[]): Readonly<Record<ShownState, number>> {
  const counts = { arrived: 0, pulled: 0, missed: 0, failed: 0 };
  for (const { state } of events) counts[state] += 1;
  return counts;
}
