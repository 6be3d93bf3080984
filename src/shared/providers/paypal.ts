// PayPal (developer.paypal.com/api/rest/webhooks/rest): an RSA signature over transmission id, time, the receiver's own
// webhook id and the CRC-32 of the raw body. The certificate's address is in a header, so only addresses of PayPal
// may be believed.

import { defineProvider } from './define.ts';

const bar = { kind: 'literal', text: '|' } as const;

/** PayPal REST webhooks. */
export const paypal = defineProvider({
  id: 'paypal',
  name: 'PayPal',
  docsUrl: 'https://developer.paypal.com/api/rest/webhooks/rest/',
  detect: ['paypal-transmission-sig', 'paypal-transmission-id', 'paypal-cert-url'],
  schemes: [
    {
      id: 'paypal-rsa-crc32',
      algorithm: { kind: 'rsa', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'x509-pem',
      recipe: [{ kind: 'id' }, bar, { kind: 'timestamp' }, bar, { kind: 'companion' }, bar, { kind: 'body-crc32' }],
      signatureHeaders: ['PAYPAL-TRANSMISSION-SIG'],
      idHeaders: ['PAYPAL-TRANSMISSION-ID'],
      format: { kind: 'value', prefix: '' },
      timestamp: {
        headers: ['PAYPAL-TRANSMISSION-TIME'],
        unit: 'iso',
        toleranceSeconds: null,
        direction: 'both',
        signed: true,
      },
      companion: 'Webhook-ID',
      certificate: {
        source: { from: 'header', name: 'PAYPAL-CERT-URL' },
        host: '(?:[a-z0-9-]+\\.)*paypal\\.com',
      },
      caveat:
        'The body is covered only by its CRC-32, which does not resist forgery: another body with the same sum also passes.',
    },
  ],
  // The transmission id is another one for each attempt.
  deliveryId: [{ from: 'json', path: 'id' }],
  eventType: [{ from: 'json', path: 'event_type' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['Accept', '*/*'],
    ['User-Agent', 'PayPal/AUHD-000.0-00000000'],
    ['PAYPAL-AUTH-VERSION', 'v2'],
    ['PAYPAL-AUTH-ALGO', 'SHA256withRSA'],
    ['PAYPAL-CERT-URL', 'https://api.paypal.com/v1/notifications/certs/CERT-EXAMPLE-0001'],
  ],
  secretForm: { kind: 'key-pair', pair: 'rsa-2048', certificate: true },
  secretHint:
    'Two secrets: the certificate in PEM, from the address in PAYPAL-CERT-URL, and the webhook’s ID, from the Developer Dashboard, your app, Webhooks',
  samples: [
    {
      name: 'PAYMENT.CAPTURE.COMPLETED',
      contentType: 'application/json',
      body:
        '{"id":"WH-EXAMPLE-{{uuid}}","event_version":"1.0","create_time":"{{now}}","resource_type":"capture",' +
        '"resource_version":"2.0","event_type":"PAYMENT.CAPTURE.COMPLETED","summary":"Payment completed for EUR 49.0 EUR",' +
        '"resource":{"id":"CAPTUREEXAMPLE001","status":"COMPLETED","amount":{"currency_code":"EUR","value":"49.00"},' +
        '"final_capture":true,"seller_protection":{"status":"ELIGIBLE","dispute_categories":["ITEM_NOT_RECEIVED",' +
        '"UNAUTHORIZED_TRANSACTION"]},"supplementary_data":{"related_ids":{"order_id":"ORDEREXAMPLE00001"}},' +
        '"create_time":"{{now}}","update_time":"{{now}}"},"links":[{' +
        '"href":"https://api.sandbox.paypal.com/v1/notifications/webhooks-events/WH-EXAMPLE-{{uuid}}",' +
        '"rel":"self","method":"GET"}]}',
    },
    {
      name: 'CHECKOUT.ORDER.APPROVED',
      contentType: 'application/json',
      body:
        '{"id":"WH-EXAMPLE-{{uuid}}","event_version":"1.0","create_time":"{{now}}","resource_type":"checkout-order",' +
        '"resource_version":"2.0","event_type":"CHECKOUT.ORDER.APPROVED",' +
        '"summary":"An order has been approved by buyer","resource":{"id":"ORDEREXAMPLE00001","intent":"CAPTURE",' +
        '"status":"APPROVED","purchase_units":[{"reference_id":"default","amount":{"currency_code":"EUR",' +
        '"value":"49.00"},"payee":{"email_address":"shop@example.test","merchant_id":"EXAMPLEMERCHANT"}}],' +
        '"payer":{"name":{"given_name":"Ada","surname":"Example"},"email_address":"ada@example.test",' +
        '"payer_id":"EXAMPLEPAYER1"},"create_time":"{{now}}"},"links":[]}',
    },
    {
      name: 'BILLING.SUBSCRIPTION.CANCELLED',
      contentType: 'application/json',
      body:
        '{"id":"WH-EXAMPLE-{{uuid}}","event_version":"1.0","create_time":"{{now}}","resource_type":"subscription",' +
        '"resource_version":"2.0","event_type":"BILLING.SUBSCRIPTION.CANCELLED","summary":"Subscription cancelled",' +
        '"resource":{"id":"I-EXAMPLE00001","plan_id":"P-EXAMPLE0000000000000001","status":"CANCELLED",' +
        '"status_change_note":"Customer asked for it","quantity":"1","subscriber":{' +
        '"email_address":"ada@example.test","payer_id":"EXAMPLEPAYER1","name":{"given_name":"Ada",' +
        '"surname":"Example"}},"create_time":"{{now}}","update_time":"{{now}}"},"links":[]}',
    },
  ],
  retry: { summary: 'Up to 25 times over 3 days, until a 2xx.' },
  notes: [
    'The CRC-32 is written as an unsigned decimal: signed arithmetic gives a negative number for half of all bodies.',
    'The webhook id is the receiver’s own and is not in the request.',
    'Certificates count only from https addresses on paypal.com.',
    'Events from PayPal’s Webhooks Simulator do not fit an app’s webhook id.',
  ],
});
