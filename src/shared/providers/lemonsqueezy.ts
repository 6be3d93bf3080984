// Lemon Squeezy (docs.lemonsqueezy.com, signing requests): HMAC-SHA256 of the raw body under header names that are not
// its own (X-Signature). Requests carry no id; what changed, the event and the time of the change stand for it.

import { defineProvider } from './define.ts';

/** Lemon Squeezy orders and subscriptions. */
export const lemonsqueezy = defineProvider({
  id: 'lemonsqueezy',
  name: 'Lemon Squeezy',
  docsUrl: 'https://docs.lemonsqueezy.com/help/webhooks/signing-requests',
  // X-Signature alone marks nothing: it is a common name.
  detect: ['x-event-name', { name: 'user-agent', prefix: 'LemonSqueezy' }],
  detectPriority: -2,
  schemes: [
    {
      id: 'lemonsqueezy',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-Signature'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  // subscription_updated comes many times for one object, so the time of the change belongs to it.
  deliveryId: [
    {
      from: 'json',
      path: 'data.id',
      suffix: [
        {
          from: 'json',
          path: 'meta.event_name',
          suffix: [{ from: 'json', path: 'data.attributes.updated_at' }],
        },
      ],
    },
  ],
  // The name in the body is signed, the one in the header is not.
  eventType: [
    { from: 'json', path: 'meta.event_name' },
    { from: 'header', name: 'X-Event-Name' },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'LemonSqueezy-Hookshot'],
    ['X-Event-Name', '{{event}}'],
  ],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint: 'The text, 6 to 40 characters, that you typed into “Signing secret”: Settings, Webhooks, your webhook',
  samples: [
    {
      name: 'order_created',
      contentType: 'application/json',
      body:
        '{"meta":{"test_mode":true,"event_name":"order_created","webhook_id":"{{uuid}}",' +
        '"custom_data":{"user_id":"1001"}},"data":{"type":"orders","id":"100001","attributes":{"store_id":1001,' +
        '"customer_id":2001,"identifier":"{{uuid}}","order_number":1,"user_name":"Ada Example",' +
        '"user_email":"ada@example.test","currency":"EUR","subtotal":4900,"tax":0,"total":4900,"status":"paid",' +
        '"status_formatted":"Paid","refunded":false,"first_order_item":{"id":3001,"order_id":100001,' +
        '"product_id":4001,"variant_id":5001,"product_name":"Example mug","variant_name":"Default","price":4900,' +
        '"quantity":1},"urls":{"receipt":"https:\\/\\/app.example.test\\/my-orders\\/100001"},"created_at":"{{now}}",' +
        '"updated_at":"{{now}}","test_mode":true},"relationships":{},' +
        '"links":{"self":"https:\\/\\/api.lemonsqueezy.com\\/v1\\/orders\\/100001"}}}',
    },
    {
      name: 'subscription_created',
      contentType: 'application/json',
      body:
        '{"meta":{"test_mode":true,"event_name":"subscription_created","webhook_id":"{{uuid}}"},' +
        '"data":{"type":"subscriptions","id":"200001","attributes":{"store_id":1001,"customer_id":2001,' +
        '"order_id":100001,"product_id":4001,"variant_id":5001,"product_name":"Example plan",' +
        '"variant_name":"Monthly","user_name":"Ada Example","user_email":"ada@example.test","status":"active",' +
        '"status_formatted":"Active","card_brand":"visa","card_last_four":"4242","pause":null,"cancelled":false,' +
        '"trial_ends_at":null,"billing_anchor":1,"renews_at":"2030-02-01T00:00:00.000000Z","ends_at":null,' +
        '"created_at":"{{now}}","updated_at":"{{now}}","test_mode":true},"relationships":{},' +
        '"links":{"self":"https:\\/\\/api.lemonsqueezy.com\\/v1\\/subscriptions\\/200001"}}}',
    },
  ],
  retry: {
    summary: 'Up to three more attempts with growing waits, until an answer is 200',
    delaysSeconds: [5, 25, 125],
  },
  notes: [
    'Requests carry no id: check for duplicates by object, event and time of the change.',
    'X-Event-Name is not signed; the same name stands in the signed body.',
    'The secret may be at most 40 characters long.',
  ],
});
