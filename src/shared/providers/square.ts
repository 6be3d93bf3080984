// Square (developer.squareup.com/docs/webhooks/step3validate): the notification URL, exactly as it was registered, and
// the raw body are signed. Behind a proxy the endpoint must know that URL.

import { defineProvider } from './define.ts';

/** Square webhooks. */
export const square = defineProvider({
  id: 'square',
  name: 'Square',
  docsUrl: 'https://developer.squareup.com/docs/webhooks/step3validate',
  detect: ['x-square-hmacsha256-signature', 'square-environment', 'square-initial-delivery-timestamp'],
  schemes: [
    {
      id: 'square-url-body',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [{ kind: 'url' }, { kind: 'body' }],
      signatureHeaders: ['x-square-hmacsha256-signature'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [{ from: 'json', path: 'event_id' }],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'Square Connect v2'],
    ['square-environment', 'Sandbox'],
    ['square-initial-delivery-timestamp', '{{now}}'],
  ],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint:
    'The subscription’s “Signature key” from the Developer Console, your application, Webhooks, Subscriptions',
  samples: [
    {
      name: 'payment.created',
      contentType: 'application/json',
      body:
        '{"merchant_id":"MLEXAMPLE0001","location_id":"LEXAMPLE00001","type":"payment.created","event_id":"{{uuid}}",' +
        '"created_at":"{{now}}","data":{"type":"payment","id":"PAYMENTEXAMPLE0000000001","object":{"payment":{' +
        '"id":"PAYMENTEXAMPLE0000000001","amount_money":{"amount":4900,"currency":"USD"},' +
        '"total_money":{"amount":4900,"currency":"USD"},"status":"APPROVED","source_type":"CARD",' +
        '"card_details":{"status":"AUTHORIZED","card":{"card_brand":"VISA","last_4":"1111"},"entry_method":"KEYED"},' +
        '"location_id":"LEXAMPLE00001","order_id":"ORDEREXAMPLE00000000000001","created_at":"{{now}}",' +
        '"updated_at":"{{now}}","version":0}}}}',
    },
    {
      name: 'refund.updated',
      contentType: 'application/json',
      body:
        '{"merchant_id":"MLEXAMPLE0001","location_id":"LEXAMPLE00001","type":"refund.updated","event_id":"{{uuid}}",' +
        '"created_at":"{{now}}","data":{"type":"refund","id":"REFUNDEXAMPLE00000000001","object":{"refund":{' +
        '"id":"REFUNDEXAMPLE00000000001","amount_money":{"amount":4900,"currency":"USD"},"status":"COMPLETED",' +
        '"payment_id":"PAYMENTEXAMPLE0000000001","order_id":"ORDEREXAMPLE00000000000002",' +
        '"location_id":"LEXAMPLE00001","reason":"Returned goods","created_at":"{{now}}","updated_at":"{{now}}",' +
        '"version":3}}}}',
    },
    {
      name: 'customer.created',
      contentType: 'application/json',
      body:
        '{"merchant_id":"MLEXAMPLE0001","type":"customer.created","event_id":"{{uuid}}","created_at":"{{now}}",' +
        '"data":{"type":"customer","id":"CUSTOMEREXAMPLE00000000001","object":{"customer":{' +
        '"id":"CUSTOMEREXAMPLE00000000001","given_name":"Ada","family_name":"Example",' +
        '"email_address":"ada@example.test","creation_source":"THIRD_PARTY","created_at":"{{now}}",' +
        '"updated_at":"{{now}}","version":0}}}}',
    },
  ],
  retry: {
    summary: 'Eleven times over about 24 hours: after 1 minute, doubling to 32 minutes, then 1, 2, 4, 8 and 8 hours.',
    delaysSeconds: [60, 120, 240, 480, 960, 1_920, 3_600, 7_200, 14_400, 28_800, 28_800],
  },
  notes: [
    'The URL is signed as registered, with its query and final slash.',
    'The older header x-square-signature is HMAC-SHA1 and is not checked here.',
    'Every subscription has a signature key of its own.',
  ],
});
