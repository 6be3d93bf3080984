// Paddle Billing (developer.paddle.com, signature verification): one header with `ts` and `h1`, parted by semicolons;
// the signed text has a colon between time and body. Paddle's library allows an age of five seconds only.

import { defineProvider } from './define.ts';

const product =
  '{"id":"pro_EXAMPLE0001","name":"Example plan","type":"standard","status":"active","description":null,' +
  '"image_url":null,"tax_category":"standard","custom_data":null,"created_at":"2020-01-01T00:00:00Z",' +
  '"updated_at":"2020-01-01T00:00:00Z"}';

const price =
  '{"id":"pri_EXAMPLE0001","name":"Monthly","description":"Example plan, monthly","type":"standard",' +
  '"status":"active","quantity":{"minimum":1,"maximum":1},"tax_mode":"internal",' +
  '"unit_price":{"amount":"4900","currency_code":"EUR"},"unit_price_overrides":[],' +
  '"product_id":"pro_EXAMPLE0001","billing_cycle":{"interval":"month","frequency":1},"trial_period":null}';

/** The same everywhere in a transaction of one item. */
const totals = '"subtotal":"4118","discount":"0","tax":"782","total":"4900"';

/** Paddle Billing notifications. */
export const paddle = defineProvider({
  id: 'paddle',
  name: 'Paddle Billing',
  docsUrl: 'https://developer.paddle.com/webhooks/signature-verification',
  detect: ['paddle-signature'],
  schemes: [
    {
      id: 'paddle-h1',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'timestamp' }, { kind: 'literal', text: ':' }, { kind: 'body' }],
      signatureHeaders: ['Paddle-Signature'],
      format: { kind: 'pairs', separator: ';', timestampKey: 'ts', signatureKey: 'h1' },
      timestamp: { unit: 'seconds', toleranceSeconds: 5, direction: 'age', signed: true },
    },
  ],
  deliveryId: [{ from: 'json', path: 'event_id' }],
  eventType: [{ from: 'json', path: 'event_type' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'Paddle'],
  ],
  secretForm: { prefix: 'pdl_ntfset_', encoding: 'base64url' },
  secretHint:
    'pdl_ntfset_..., from Developer tools, Notifications, your destination, “Secret key”; used as text, whole',
  samples: [
    {
      name: 'transaction.completed',
      contentType: 'application/json',
      body:
        `{"data":{"id":"txn_EXAMPLE0001","items":[{"price":${price},"price_id":"pri_EXAMPLE0001","quantity":1,` +
        `"proration":null}],"origin":"web","status":"completed","details":{"totals":{${totals},"credit":"0",` +
        '"credit_to_balance":"0","balance":"0","grand_total":"4900","grand_total_tax":"782","fee":"295",' +
        `"earnings":"3823","currency_code":"EUR"},"tax_rates_used":[{"tax_rate":"0.19","totals":{${totals}}}],` +
        '"line_items":[{"id":"txnitm_EXAMPLE0001","price_id":"pri_EXAMPLE0001","quantity":1,"proration":null,' +
        `"tax_rate":"0.19","unit_totals":{${totals}},"totals":{${totals}},"product":${product}}]},` +
        '"payments":[{"payment_attempt_id":"00000000-0000-4000-8000-000000000001",' +
        '"payment_method_id":"paymtd_EXAMPLE0001","stored_payment_method_id":"00000000-0000-4000-8000-000000000002",' +
        '"amount":"4900","status":"captured","error_code":null,"method_details":{"type":"card","card":{"type":"visa",' +
        '"last4":"4242","expiry_month":1,"expiry_year":2030,"cardholder_name":"Ada Example"}},' +
        '"created_at":"{{now}}","captured_at":"{{now}}"}],"created_at":"{{now}}","updated_at":"{{now}}",' +
        '"billed_at":"{{now}}","customer_id":"ctm_EXAMPLE0001","address_id":"add_EXAMPLE0001","custom_data":null,' +
        '"invoice_number":"100-10001","currency_code":"EUR","collection_mode":"automatic",' +
        '"subscription_id":"sub_EXAMPLE0001"},"event_id":"evt_{{uuid}}","event_type":"transaction.completed",' +
        '"occurred_at":"{{now}}","notification_id":"ntf_{{uuid}}"}',
    },
    {
      name: 'subscription.canceled',
      contentType: 'application/json',
      body:
        `{"data":{"id":"sub_EXAMPLE0001","items":[{"price":${price},"product":${product},"status":"active",` +
        '"quantity":1,"recurring":true,"created_at":"2020-01-01T00:00:00Z","updated_at":"{{now}}",' +
        '"next_billed_at":null}],"status":"canceled","created_at":"2020-01-01T00:00:00Z","updated_at":"{{now}}",' +
        '"started_at":"2020-01-01T00:00:00Z","canceled_at":"{{now}}","customer_id":"ctm_EXAMPLE0001",' +
        '"address_id":"add_EXAMPLE0001","custom_data":null,"billing_cycle":{"interval":"month","frequency":1},' +
        '"currency_code":"EUR","next_billed_at":null,"collection_mode":"automatic","scheduled_change":null},' +
        '"event_id":"evt_{{uuid}}","event_type":"subscription.canceled","occurred_at":"{{now}}",' +
        '"notification_id":"ntf_{{uuid}}"}',
    },
  ],
  retry: {
    summary:
      'Live: up to 60 attempts over three days with growing waits, until an answer is 200; sandbox: three within 15 minutes',
    timeoutSeconds: 5,
  },
  notes: [
    'Five seconds is the limit of Paddle’s library: raise it where requests wait in a tunnel or a queue.',
    'During rotation two h1 are sent; Paddle’s library looks at the last one only.',
    'event_id is the event; notification_id differs for each destination.',
  ],
});
