// WooCommerce (woocommerce.com/document/webhooks): the raw body is signed, in base64; what happened stands in headers.
// Bodies come from PHP's JSON encoder, so slashes are escaped.

import { defineProvider } from './define.ts';

/** WooCommerce shop webhooks. */
export const woocommerce = defineProvider({
  id: 'woocommerce',
  name: 'WooCommerce',
  docsUrl: 'https://woocommerce.com/document/webhooks/',
  detect: ['x-wc-webhook-signature', 'x-wc-webhook-topic', 'x-wc-webhook-id', 'x-wc-webhook-delivery-id'],
  schemes: [
    {
      id: 'woocommerce',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-WC-Webhook-Signature'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [{ from: 'header', name: 'X-WC-Webhook-Delivery-ID' }],
  eventType: [{ from: 'header', name: 'X-WC-Webhook-Topic' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'WooCommerce/10.3.0 Hookshot (WordPress/6.8.3)'],
    ['X-WC-Webhook-Source', 'https://shop.example.test/'],
    ['X-WC-Webhook-Topic', '{{event}}'],
    ['X-WC-Webhook-Resource', '{{eventBase}}'],
    ['X-WC-Webhook-ID', '7'],
    ['X-WC-Webhook-Delivery-ID', '{{id}}'],
  ],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint: 'The “Secret” of the webhook under WooCommerce, Settings, Advanced, Webhooks',
  samples: [
    {
      name: 'order.created',
      contentType: 'application/json',
      headers: [['X-WC-Webhook-Event', 'created']],
      body:
        '{"id":727,"parent_id":0,"number":"727","order_key":"wc_order_EXAMPLE00001","status":"processing",' +
        '"currency":"EUR","date_created_gmt":"{{now}}","total":"49.00","customer_id":0,"customer_note":"{{uuid}}",' +
        '"billing":{"first_name":"Ada","last_name":"Example","email":"ada@example.test","country":"DE"},' +
        '"payment_method":"bacs","line_items":[{"id":315,"name":"Example mug","product_id":93,"quantity":1,' +
        '"total":"49.00","sku":"MUG-EXAMPLE"}],' +
        '"_links":{"self":[{"href":"https:\\/\\/shop.example.test\\/wp-json\\/wc\\/v3\\/orders\\/727"}]}}',
    },
    {
      name: 'product.updated',
      contentType: 'application/json',
      headers: [['X-WC-Webhook-Event', 'updated']],
      body:
        '{"id":93,"name":"Example mug","slug":"example-mug",' +
        '"permalink":"https:\\/\\/shop.example.test\\/product\\/example-mug\\/","type":"simple","status":"publish",' +
        '"date_modified_gmt":"{{now}}","sku":"MUG-EXAMPLE","price":"49.00","regular_price":"49.00",' +
        '"stock_status":"instock","short_description":"{{uuid}}"}',
    },
  ],
  retry: { summary: 'Documents no repeats; after more than five failures in a row the webhook is disabled.' },
  notes: [
    'The signature covers the body only: topic, resource and ids stand in headers and are not proved.',
    'Saving a webhook sends an unsigned form ping, webhook_id=..., before any event.',
    'Slashes in the JSON are escaped (\\/): parsing and writing it again changes the bytes.',
  ],
});
