// Coinbase Commerce (docs.cdp.coinbase.com/commerce, webhooks): HMAC-SHA256 of the raw body. The event lies inside a
// delivery, and the two have different ids.

import { defineProvider } from './define.ts';

/** Coinbase Commerce charges. */
export const coinbaseCommerce = defineProvider({
  id: 'coinbase-commerce',
  name: 'Coinbase Commerce',
  docsUrl: 'https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-overview',
  detect: ['x-cc-webhook-signature'],
  schemes: [
    {
      id: 'coinbase-commerce',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-CC-Webhook-Signature'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [{ from: 'json', path: 'event.id' }],
  eventType: [{ from: 'json', path: 'event.type' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['Accept', '*/*'],
    ['User-Agent', 'weipay-webhooks'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'Settings, Webhook subscriptions, “Show shared secret”; one secret for all endpoints',
  samples: [
    {
      name: 'charge:created',
      contentType: 'application/json',
      body:
        '{"attempt_number":1,"event":{"api_version":"2018-03-22","created_at":"{{now}}",' +
        '"data":{"id":"00000000-0000-4000-8000-000000000001","code":"EXAMPLE1","name":"Example mug",' +
        '"description":"One mug","hosted_url":"https://commerce.coinbase.com/charges/EXAMPLE1",' +
        '"created_at":"{{now}}","expires_at":"2030-01-01T01:00:00Z","metadata":{"order_id":"1001"},' +
        '"pricing":{"local":{"amount":"49.00","currency":"USD"}},"pricing_type":"fixed_price","payments":[],' +
        '"timeline":[{"status":"NEW","time":"{{now}}"}]},"id":"{{uuid}}","resource":"event",' +
        '"type":"charge:created"},"id":"00000000-0000-4000-8000-000000000002","scheduled_for":"{{now}}"}',
    },
    {
      name: 'charge:confirmed',
      contentType: 'application/json',
      body:
        '{"attempt_number":1,"event":{"api_version":"2018-03-22","created_at":"{{now}}",' +
        '"data":{"id":"00000000-0000-4000-8000-000000000001","code":"EXAMPLE1","name":"Example mug",' +
        '"description":"One mug","hosted_url":"https://commerce.coinbase.com/charges/EXAMPLE1",' +
        '"created_at":"{{now}}","confirmed_at":"{{now}}","expires_at":"2030-01-01T01:00:00Z",' +
        '"metadata":{"order_id":"1001"},"pricing":{"local":{"amount":"49.00","currency":"USD"}},' +
        '"pricing_type":"fixed_price","payments":[{"network":"ethereum","transaction_id":"0xEXAMPLE",' +
        '"status":"CONFIRMED","value":{"local":{"amount":"49.00","currency":"USD"}}}],' +
        '"timeline":[{"status":"NEW","time":"{{now}}"},{"status":"PENDING","time":"{{now}}"},' +
        '{"status":"COMPLETED","time":"{{now}}"}]},"id":"{{uuid}}","resource":"event","type":"charge:confirmed"},' +
        '"id":"00000000-0000-4000-8000-000000000003","scheduled_for":"{{now}}"}',
    },
  ],
  retry: { summary: 'Repeated with growing waits of at most an hour for up to three days, until an answer is 200' },
  notes: [
    'event.id is the event; the outer id belongs to the delivery.',
    'This is the older Commerce product: Coinbase’s newer payment webhooks sign with X-Hook0-Signature.',
  ],
});
