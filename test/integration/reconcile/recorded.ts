// Pages in the shapes that the providers' documentation shows, with made-up values. Seven events a provider, newest
// first: 1 and 2 on the first page; 2 again, 3 and 4 on the second; 5, 6 and 7 (before the wanted time) on the third.
// The history knows 1 and 4; 5 failed at the provider where its API can tell.

import type { HeaderPair } from '../../../src/shared/headers.ts';
import type { AskedRequest, Reply } from './replay-api.ts';

/** Time of event `n`: ten minutes apart, whole seconds, epoch ms. */
export function timeOf(n: number): number {
  return Date.UTC(2026, 2, 1, 12) - n * 600_000;
}

/** Pulls ask for events since then: event 7 is older. */
export const sinceAt = timeOf(6) - 60_000;
/** When the pulls run. */
export const now = timeOf(0);

const pages = [
  [1, 2],
  [2, 3, 4],
  [5, 6, 7],
];

/** Numbers of the events on page `index`. */
function eventsOn(index: number): readonly number[] {
  const found = pages[index];
  if (!found) throw new Error(`the engine asked for page ${index}`);
  return found;
}

function iso(n: number): string {
  return new Date(timeOf(n)).toISOString();
}

const json: readonly HeaderPair[] = [['Content-Type', 'application/json; charset=utf-8']];
const notFound: Reply = { status: 404, headers: json, body: '{"message":"Not Found"}' };

/** Guid of GitHub's event `n`. */
export function githubGuid(n: number): string {
  return `0b989ba4-242f-11e5-81e1-00000000000${n}`;
}

/** GitHub's numeric id of a delivery, beyond 2^53; JSON.parse would round them to the same number. */
function githubDelivery(n: number): string {
  return `18971045893050367${n}`;
}

/** Payload of GitHub's event `n`, as it was sent. */
export function githubPayload(n: number): string {
  return `{"action":"opened","issue":{"id":${githubDelivery(n)},"title":"Caf\u00e9 \\u003c${n}\\u003e, \\"quoted\\" { ["},"ratio":1.50}`;
}

/** GitHub: the list of a hook's deliveries and one delivery in full. */
export function githubReply({ path, query }: AskedRequest, url: string): Reply {
  const list = '/repos/octo-org/hello-world/hooks/12345678/deliveries';
  if (path === list) {
    if (query.get('per_page') !== '100') return notFound;
    const cursor = query.get('cursor');
    const index = cursor === null ? 0 : ['', 'v1_page=2', 'v1_page=3'].indexOf(cursor);
    const next =
      index < 2 ? `<${url}${list}?per_page=100&cursor=${encodeURIComponent(`v1_page=${index + 2}`)}>; rel="next"` : '';
    const items = eventsOn(index).map(
      (n) => `  {
    "id": ${githubDelivery(n)},
    "guid": "${githubGuid(n)}",
    "delivered_at": "${iso(n)}",
    "redelivery": false,
    "duration": 0.27,
    "status": "${n === 5 ? 'failed to connect to host' : 'OK'}",
    "status_code": ${n === 5 ? 502 : 200},
    "event": "issues",
    "action": "opened",
    "installation_id": null,
    "repository_id": 456,
    "throttled_at": null
  }`,
    );
    const link: readonly HeaderPair[] =
      next === '' ? [] : [['Link', `<${url}${list}?per_page=100>; rel="first", ${next}`]];
    return { headers: [...json, ['ETag', `W/"list-${index}"`], ...link], body: `[\n${items.join(',\n')}\n]` };
  }
  const n = [1, 2, 3, 4, 5, 6, 7].find((candidate) => path === `${list}/${githubDelivery(candidate)}`);
  if (n === undefined) return notFound;
  const pretty = githubPayload(n).replace('{"action":', '{\n      "action": ').replace(',"issue"', ',\n      "issue"');
  return {
    headers: json,
    body: `{
  "id": ${githubDelivery(n)},
  "guid": "${githubGuid(n)}",
  "delivered_at": "${iso(n)}",
  "redelivery": false,
  "duration": 0.27,
  "status": "OK",
  "status_code": 200,
  "event": "issues",
  "action": "opened",
  "url": "https://hooks.example.test/in/github?from=octo",
  "request": {
    "headers": {
      "Accept": "*/*",
      "Content-Type": "application/json",
      "User-Agent": "GitHub-Hookshot/0000000",
      "X-GitHub-Delivery": "${githubGuid(n)}",
      "X-GitHub-Event": "issues",
      "X-Hub-Signature-256": "sha256=${'0'.repeat(64)}"
    },
    "payload": ${pretty}
  },
  "response": { "headers": { "Content-Type": "text/html" }, "payload": "ok" }
}`,
  };
}

/** Id of Stripe's event `n`. */
export function stripeId(n: number): string {
  return `evt_1EXAMPLE0000000000000${n}`;
}

/** Text of Stripe's event `n`, as the list writes it. */
export function stripeEvent(n: number): string {
  return `{
      "id": "${stripeId(n)}",
      "object": "event",
      "api_version": "2025-09-30.clover",
      "created": ${timeOf(n) / 1_000},
      "data": { "object": { "id": "in_EXAMPLE${n}", "object": "invoice", "rate": 1.0, "note": "a ] } , \\\\\\" b" } },
      "livemode": false,
      "pending_webhooks": ${n === 3 ? 1 : 0},
      "request": { "id": null, "idempotency_key": null },
      "type": "invoice.paid"
    }`;
}

/** Stripe: the list of events. */
export function stripeReply({ path, query }: AskedRequest): Reply {
  if (path !== '/v1/events' || query.get('limit') !== '100') return notFound;
  if (!(Number(query.get('created[gte]')) >= sinceAt / 1_000)) return { status: 400, body: '{}' };
  const after = query.get('starting_after');
  const index = after === null ? 0 : [stripeId(2), stripeId(4)].indexOf(after) + 1;
  // Stripe itself leaves out what is older than created[gte].
  const items = eventsOn(index)
    .filter((n) => n !== 7)
    .map((n) => `    ${stripeEvent(n)}`);
  const body = `{\n  "object": "list",\n  "data": [\n${items.join(',\n')}\n  ],\n  "has_more": ${index < 2},\n  "url": "/v1/events"\n}`;
  return { headers: json, body };
}

/** Id of Svix's message `n`. */
export function svixId(n: number): string {
  return `msg_EXAMPLE0000000000000000000${n}`;
}

/** Svix: messages of an endpoint with their status. */
export function svixReply({ path, query }: AskedRequest): Reply {
  const isEndpoint = path === '/api/v1/app/app_EXAMPLE/endpoint/ep_EXAMPLE/msg';
  if (!isEndpoint && path !== '/api/v1/app/app_EXAMPLE/msg') return notFound;
  if (query.get('limit') !== '250' || query.get('with_content') !== 'true') return { status: 422, body: '{}' };
  if (!(Date.parse(query.get('after') ?? '') >= sinceAt)) return { status: 422, body: '{}' };
  const iterator = query.get('iterator');
  const index = iterator === null ? 0 : ['', svixId(2), svixId(4)].indexOf(iterator);
  const items = eventsOn(index)
    .filter((n) => n !== 7)
    .map((n) => ({
      channels: null,
      eventId: null,
      eventType: 'invoice.paid',
      id: svixId(n),
      payload: { type: 'invoice.paid', n },
      tags: null,
      timestamp: iso(n),
      ...(isEndpoint ? { status: n === 5 ? 2 : 0, statusText: n === 5 ? 'fail' : 'success', nextAttempt: null } : {}),
    }));
  const last = ['', '', ''].map((_, page) => svixId([2, 4, 7][page] as number))[index];
  return {
    headers: json,
    body: JSON.stringify({ data: items, iterator: last, prevIterator: null, done: index === 2 }),
  };
}

/** Number of Shopify's order `n`, beyond 2^53. */
export function shopifyOrder(n: number): string {
  return `82098291194615450${n}`;
}

/** Shopify: orders of a shop. */
export function shopifyReply({ path, query }: AskedRequest, url: string): Reply {
  if (path !== '/admin/api/2026-04/orders.json' || query.get('limit') !== '250') return notFound;
  const info = query.get('page_info');
  const isFirst = info === null && query.get('status') === 'any' && query.has('created_at_min');
  // Shopify refuses conditions beside a page_info.
  if (!isFirst && (info === null || [...query.keys()].length !== 2)) return { status: 400, body: '{"errors":{}}' };
  const index = info === null ? 0 : ['', 'eyPAGE2', 'eyPAGE3'].indexOf(info);
  const items = eventsOn(index)
    .filter((n) => n !== 7)
    .map(
      (n) =>
        `{"id":${shopifyOrder(n)},"created_at":"${iso(n).replace('.000Z', '+00:00')}","total_price":"49.00","name":"#${n}"}`,
    );
  const link = (page: string, rel: string): string => `<${url}${path}?limit=250&page_info=${page}>; rel="${rel}"`;
  const links = [
    ...(index > 0 ? [link('eyBACK', 'previous')] : []),
    ...(index < 2 ? [link(`eyPAGE${index + 2}`, 'next')] : []),
  ];
  return {
    headers: [...json, ['X-Shopify-Shop-Api-Call-Limit', '1/40'], ['Link', links.join(', ')]],
    body: `{"orders":[${items.join(',')}]}`,
  };
}

/** Any JSON API that pages by links, by cursors in the page, or by counting. */
export function genericReply({ path, query }: AskedRequest, url: string): Reply {
  if (path !== '/api/log') return notFound;
  const at = query.get('cursor') ?? query.get('p') ?? '1';
  const index = Number(at) - 1;
  const items =
    index > 2
      ? []
      : eventsOn(index).map(
          (n) =>
            `{"key":${n}00,"when":${timeOf(n) / 1_000},"kind":"thing.made","ok":{"code":${n === 5 ? 500 : 200}},"sent":{"n": ${n}, "x": 1.0}}`,
        );
  const link: readonly HeaderPair[] = index < 2 ? [['Link', `</api/log?tenant=7&cursor=${index + 2}>; rel=next`]] : [];
  const cursor = index < 2 ? `"${index + 2}"` : 'null';
  return {
    headers: [...json, ...link, ['X-Url', url]],
    body: `{"log":{"items":[${items.join(',')}]},"meta":{"next":${cursor}}}`,
  };
}
