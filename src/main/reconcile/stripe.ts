// Stripe's list of events (docs.stripe.com/api/events/list). The event object is what webhooks carry as their body.

import * as v from 'valibot';
import { BrokenPage, exactText, needItems, needText, needTime, valueAt } from './json-text.ts';
import type { JsonText } from './json-text.ts';
import type { ListedEvent, PullSource } from './source.ts';

const perPage = 100;
/** Stripe tries for up to three days, ms; before that an event is on its way, not failed. */
const retriesMs = 3 * 86_400_000;

/** Schema of what is listed: all events of the account, so there is nothing to choose. */
export const stripeConfigSchema = v.strictObject({});

/**
 * Events of the account, newest first. `id` is the event's own, which the body carries. `pending_webhooks` counts the
 * account's endpoints without naming them, so an event is called failed only where some are still pending after the
 * three days in which Stripe tries. The body is the event's text as the list writes it: indented deeper than in a
 * webhook, and without a signature.
 */
export function stripeSource(): PullSource {
  return {
    id: 'stripe',
    name: 'Stripe',
    scope: 'stripe events',
    limits:
      'Stripe lists the events of the account for 30 days, whichever endpoint they were for, and without their signatures.',
    needsToken: true,
    tokenRight: 'a secret key, or better a restricted key with “Events: Read”',
    method: 'GET',
    newestFirst: true,
    baseUrl: () => 'https://api.stripe.com',
    headers: (token) => (token === null ? [] : [['Authorization', `Bearer ${token}`]]),
    pageUrl(base, sinceAt, page) {
      const query = new URLSearchParams({
        'created[gte]': String(Math.floor(sinceAt / 1_000)),
        limit: String(perPage),
        ...(page === null ? {} : { starting_after: page }),
      });
      return `${base}/v1/events?${query}`;
    },
    readPage({ json }, { now }) {
      const events = needItems(json, 'data').map((item) => readItem(item, now));
      const more = valueAt(json, 'has_more')?.value;
      if (typeof more !== 'boolean') throw new BrokenPage('it has no "has_more"');
      const last = events.at(-1);
      if (more && last === undefined) throw new BrokenPage('it is empty and says there is more');
      return { events, next: more && last !== undefined ? last.event.id : null };
    },
  };
}

function readItem(item: JsonText, now: number): ListedEvent {
  const at = needTime(item, 'created', 'seconds');
  const pending = valueAt(item, 'pending_webhooks')?.value;
  const isGivenUp = typeof pending === 'number' && pending > 0 && at < now - retriesMs;
  return {
    event: {
      id: needText(item, 'id'),
      event: needText(item, 'type'),
      at,
      state: isGivenUp ? 'failed' : 'delivered',
      headers: [['Content-Type', 'application/json; charset=utf-8']],
      body: new TextEncoder().encode(exactText(item)),
    },
    detailId: null,
  };
}
