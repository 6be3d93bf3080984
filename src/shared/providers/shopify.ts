// Shopify (shopify.dev, verify webhooks): the raw body is signed, in base64. Two header families: X-Shopify-* and, for
// the newer events, the same names without the X. The topic and domain headers are required by Shopify's own library.

import { defineProvider } from './define.ts';

/** Shopify app and shop webhooks. */
export const shopify = defineProvider({
  id: 'shopify',
  name: 'Shopify',
  docsUrl: 'https://shopify.dev/docs/apps/build/webhooks/subscribe/https',
  detect: [
    'x-shopify-hmac-sha256',
    'shopify-hmac-sha256',
    'x-shopify-topic',
    'shopify-topic',
    'x-shopify-webhook-id',
    'shopify-webhook-id',
  ],
  schemes: [
    {
      id: 'shopify-base64',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-Shopify-Hmac-Sha256', 'shopify-hmac-sha256'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [
    { from: 'header', name: 'X-Shopify-Webhook-Id' },
    { from: 'header', name: 'shopify-webhook-id' },
  ],
  eventType: [
    { from: 'header', name: 'X-Shopify-Topic' },
    { from: 'header', name: 'shopify-topic' },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['Accept', '*/*'],
    ['User-Agent', 'Shopify-Captain-Hook'],
    ['X-Shopify-Topic', '{{event}}'],
    ['X-Shopify-Shop-Domain', 'example-shop.myshopify.com'],
    ['X-Shopify-API-Version', '2025-10'],
    ['X-Shopify-Webhook-Id', '{{id}}'],
    ['X-Shopify-Event-Id', '{{id}}'],
    ['X-Shopify-Triggered-At', '{{now}}'],
  ],
  secretForm: { prefix: 'shpss_', encoding: 'hex' },
  secretHint:
    'The app’s client secret; webhooks made in the shop’s notification settings use the secret that is shown there',
  samples: [
    {
      name: 'orders/create',
      contentType: 'application/json',
      body: `{
  "id": 820982911946154508,
  "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
  "confirmed": true,
  "created_at": "{{now}}",
  "currency": "EUR",
  "email": "ada@example.test",
  "financial_status": "paid",
  "name": "#9999",
  "note": "{{uuid}}",
  "test": true,
  "total_price": "49.00",
  "line_items": [
    { "id": 866550311766439020, "title": "Example mug", "quantity": 1, "price": "49.00", "sku": "MUG-EXAMPLE" }
  ]
}`,
    },
    {
      name: 'app/uninstalled',
      contentType: 'application/json',
      body: `{
  "id": 548380009,
  "name": "Example Shop",
  "email": "shop@example.test",
  "domain": "example-shop.myshopify.com",
  "myshopify_domain": "example-shop.myshopify.com",
  "currency": "EUR",
  "plan_name": "partner_test",
  "updated_at": "{{now}}"
}`,
    },
  ],
  retry: { summary: 'Repeats 8 times over 4 hours with exponential backoff.', timeoutSeconds: 5 },
  notes: [
    'Shopify’s library also requires the topic, shop domain, API version and webhook id headers.',
    'The signature covers the body only; X-Shopify-Triggered-At and all other headers are not proved.',
    'Deliveries with one X-Shopify-Event-Id come from one action in the shop.',
    'Test notifications from the shop’s settings use another secret than the app’s.',
  ],
});
