// Svix's messages (api.svix.com/docs): all of an application, or those of one endpoint with their delivery status.

import * as v from 'valibot';
import { BrokenPage, compactText, needItems, needText, needTime, scalarText, valueAt } from './json-text.ts';
import type { JsonText } from './json-text.ts';
import type { ListedEvent, PullSource } from './source.ts';

const perPage = 250;
/** Message status (Svix's API: 0 success, 1 pending, 2 fail, 3 sending, 4 canceled). */
const failed = 2;
const regions: ReadonlySet<string | undefined> = new Set(['us', 'eu', 'in', 'ca', 'au']);

const id = v.pipe(
  v.string(),
  v.regex(/^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,256}$/, 'must be an id or uid: letters, digits, dots, dashes or underscores'),
);

/** Schema of what is listed: messages of an application, or of one of its endpoints. */
export const svixConfigSchema = v.strictObject({ appId: id, endpointId: v.optional(id) });
/** Which messages are listed. */
export type SvixConfig = v.InferOutput<typeof svixConfigSchema>;

/**
 * Messages, newest first. `id` is the message id, which svix-id carries. Only the messages of an endpoint have a
 * delivery status, so without `endpointId` none is called failed. The payload comes as JSON and is written compact;
 * the signature, its time and other headers of the delivery are not told.
 */
export function svixSource({ appId, endpointId }: SvixConfig): PullSource {
  const app = `/api/v1/app/${appId}`;
  const path = endpointId === undefined ? `${app}/msg` : `${app}/endpoint/${endpointId}/msg`;
  return {
    id: 'svix',
    name: 'Svix',
    scope: endpointId === undefined ? `svix ${appId}` : `svix ${appId}/${endpointId}`,
    limits: 'Svix lists the messages of the last 90 days at most, without their signatures.',
    needsToken: true,
    tokenRight: 'an API key of the environment that the application belongs to',
    method: 'GET',
    newestFirst: true,
    // Keys end in their region (`.eu`); those without one go to the general address.
    baseUrl(token) {
      const region = token?.split('.')[1];
      return region !== undefined && regions.has(region) ? `https://api.${region}.svix.com` : 'https://api.svix.com';
    },
    headers: (token) => (token === null ? [] : [['Authorization', `Bearer ${token}`]]),
    pageUrl(base, sinceAt, page) {
      const query = new URLSearchParams({
        limit: String(perPage),
        with_content: 'true',
        after: new Date(Math.floor(sinceAt / 1_000) * 1_000).toISOString(),
        ...(page === null ? {} : { iterator: page }),
      });
      return `${base}${path}?${query}`;
    },
    readPage({ json }) {
      const events = needItems(json, 'data').map(readItem);
      const done = valueAt(json, 'done')?.value;
      if (typeof done !== 'boolean') throw new BrokenPage('it has no "done"');
      const iterator = scalarText(valueAt(json, 'iterator'));
      if (!done && (iterator === null || iterator === ''))
        throw new BrokenPage('it is not the last and has no "iterator"');
      return { events, next: done ? null : iterator };
    },
  };
}

function readItem(item: JsonText): ListedEvent {
  const id = needText(item, 'id');
  const payload = valueAt(item, 'payload');
  return {
    event: {
      id,
      event: needText(item, 'eventType'),
      at: needTime(item, 'timestamp', 'iso'),
      state: valueAt(item, 'status')?.value === failed ? 'failed' : 'delivered',
      headers: [
        ['Content-Type', 'application/json'],
        ['svix-id', id],
      ],
      // A payload that was deleted for privacy comes as null.
      body: payload === undefined || payload.value === null ? null : new TextEncoder().encode(compactText(payload)),
    },
    detailId: null,
  };
}
