// Shopify's Admin API (shopify.dev, REST Admin API: Order, Product, Customer). It keeps no log of webhooks, so this
// lists the things that webhooks are about, which is what Shopify itself advises for catching up.

import * as v from 'valibot';
import { exactText, needItems, needText, needTime } from './json-text.ts';
import type { JsonText } from './json-text.ts';
import { nextLinkParameter } from './link.ts';
import type { BodyCondition, ListedEvent, PullSource } from './source.ts';

const perPage = 250;
const defaultVersion = '2026-04';

/** What is listed for a topic, and which of its times means the event. */
interface Topic {
  readonly resource: 'orders' | 'products' | 'customers';
  readonly time: 'created_at' | 'updated_at';
  readonly query?: Readonly<Record<string, string>>;
}

/** Without a status the API lists open orders only. */
const anyStatus = { status: 'any' };
const topics = {
  'orders/create': { resource: 'orders', time: 'created_at', query: anyStatus },
  'orders/updated': { resource: 'orders', time: 'updated_at', query: anyStatus },
  'products/create': { resource: 'products', time: 'created_at' },
  'products/update': { resource: 'products', time: 'updated_at' },
  'customers/create': { resource: 'customers', time: 'created_at' },
  'customers/update': { resource: 'customers', time: 'updated_at' },
} as const satisfies Readonly<Record<string, Topic>>;
const topicNames = Object.keys(topics) as (keyof typeof topics)[];

/** Schema of what is listed: one topic of one shop. */
export const shopifyConfigSchema = v.strictObject({
  shop: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9][a-z0-9-]{0,99}\.myshopify\.com$/, 'must be the name.myshopify.com address of the shop'),
  ),
  topic: v.optional(v.picklist(topicNames, `must be one of ${topicNames.join(', ')}`), 'orders/create'),
  apiVersion: v.optional(
    v.pipe(v.string(), v.regex(/^\d{4}-\d\d$/, 'must be a version such as 2026-04')),
    defaultVersion,
  ),
});
/** Which topic of which shop is listed. */
export type ShopifyConfig = v.InferOutput<typeof shopifyConfigSchema>;

/**
 * One topic of a shop.
 *
 * What can be matched: each `create` topic has exactly one event per order, product or customer, so an arrived webhook
 * is recognised by its topic and the `id` in its body (`match`). For an `update` topic only the newest state of each
 * thing exists; it is matched by `id` and `updated_at`.
 *
 * What cannot: X-Shopify-Webhook-Id and X-Shopify-Event-Id are not told, so `id` here is made from topic, id and time,
 * and stands in the pulled request where the webhook id would. Earlier updates, deletions, cancellations, and whether
 * Shopify tried to deliver at all (never `failed`) are not told either. The body is today's state of the thing, in the
 * shape of the webhook's; what changed since the webhook stands changed in it.
 */
export function shopifySource({ shop, topic, apiVersion }: ShopifyConfig): PullSource {
  const rule: Topic = topics[topic];
  const path = `/admin/api/${apiVersion}/${rule.resource}.json`;
  return {
    id: 'shopify',
    name: 'Shopify',
    scope: `shopify ${shop} ${topic}`,
    limits:
      rule.time === 'created_at'
        ? 'Shopify has no log of webhooks: what was created is listed in its state of today; orders of 60 days at most.'
        : 'Shopify has no log of webhooks: only the newest update of each thing is listed; orders of 60 days at most.',
    needsToken: true,
    tokenRight: `an Admin API access token with the scope read_${rule.resource}`,
    method: 'GET',
    newestFirst: null,
    baseUrl: () => `https://${shop}`,
    headers: (token) => (token === null ? [] : [['X-Shopify-Access-Token', token]]),
    pageUrl(base, sinceAt, page) {
      const since = new Date(Math.floor(sinceAt / 1_000) * 1_000).toISOString();
      // A page_info holds the conditions; Shopify refuses them beside it.
      const conditions = page === null ? { ...rule.query, [`${rule.time}_min`]: since } : { page_info: page };
      return `${base}${path}?${new URLSearchParams({ limit: String(perPage), ...conditions })}`;
    },
    readPage({ headers, json }) {
      const events = needItems(json, rule.resource).map((item) => readItem(item, { shop, topic, apiVersion }, rule));
      return { events, next: nextLinkParameter(headers, 'page_info') };
    },
  };
}

function readItem(item: JsonText, { shop, topic, apiVersion }: ShopifyConfig, rule: Topic): ListedEvent {
  // As written: order ids of samples are beyond 2^53.
  const thing = needText(item, 'id');
  const at = needTime(item, rule.time, 'iso');
  const isUpdate = rule.time === 'updated_at';
  const id = `pulled-${topic.replace('/', '-')}-${thing}${isUpdate ? `-${at}` : ''}`;
  const match: BodyCondition[] = [{ path: 'id', value: thing }];
  if (isUpdate) match.push({ path: rule.time, value: needText(item, rule.time) });
  return {
    event: {
      id,
      event: topic,
      at,
      state: 'delivered',
      headers: [
        ['Content-Type', 'application/json'],
        ['X-Shopify-Topic', topic],
        ['X-Shopify-Shop-Domain', shop],
        ['X-Shopify-API-Version', apiVersion],
        ['X-Shopify-Webhook-Id', id],
      ],
      body: new TextEncoder().encode(exactText(item)),
      match,
    },
    detailId: null,
  };
}
