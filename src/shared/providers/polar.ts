// Polar (polar.sh/docs, webhooks): Standard Webhooks v1, but the text of the secret is the key and is never decoded.
// Nothing in the headers names Polar; it must be chosen for the endpoint.

import { defineProvider } from './define.ts';
import { standardWebhooksScheme } from './standard-webhooks-scheme.ts';

const customer =
  '{"id":"00000000-0000-4000-8000-000000000001","created_at":"2020-01-01T00:00:00Z","modified_at":null,' +
  '"metadata":{},"external_id":null,"email":"ada@example.test","email_verified":true,"type":"individual",' +
  '"name":"Ada Example","billing_name":null,"billing_address":null,"tax_id":null,' +
  '"organization_id":"00000000-0000-4000-8000-000000000006","deleted_at":null,' +
  '"avatar_url":"https://img.example.test/ada.png"}';

/** Members that a product has whether it recurs or not. */
const product =
  '"id":"00000000-0000-4000-8000-000000000002","created_at":"2020-01-01T00:00:00Z","modified_at":null,' +
  '"metadata":{},"name":"Example product","description":null,"visibility":"public","trial_interval":null,' +
  '"trial_interval_count":null,"meter_interval":null,"meter_interval_count":null,"is_archived":false,' +
  '"organization_id":"00000000-0000-4000-8000-000000000006"';

const price =
  '{"id":"00000000-0000-4000-8000-000000000005","created_at":"2020-01-01T00:00:00Z","modified_at":null,' +
  '"source":"catalog","amount_type":"fixed","price_currency":"usd","price_amount":900,"tax_behavior":null,' +
  '"is_archived":false,"product_id":"00000000-0000-4000-8000-000000000002"}';

/** Polar orders, subscriptions and benefits. */
export const polar = defineProvider({
  id: 'polar',
  name: 'Polar',
  docsUrl: 'https://polar.sh/docs/integrate/webhooks/delivery',
  detect: [],
  looksLike: 'standard-webhooks',
  schemes: [standardWebhooksScheme(['webhook'], { id: 'standard-webhooks-v1-utf8-secret', secretType: 'utf8' })],
  deliveryId: [{ from: 'header', name: 'webhook-id' }],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: 'polar_whs_', encoding: 'base64url' },
  secretHint: 'polar_whs_..., from the organisation’s settings: Webhooks, your endpoint; used as text, whole',
  samples: [
    {
      name: 'order.paid',
      contentType: 'application/json',
      body:
        '{"type":"order.paid","timestamp":"{{now}}","data":{"created_at":"{{now}}","modified_at":null,' +
        '"id":"{{uuid}}","status":"paid","paid":true,"subtotal_amount":4900,"discount_amount":0,' +
        '"net_amount":4900,"tax_amount":0,"total_amount":4900,"applied_balance_amount":0,"due_amount":4900,' +
        '"refunded_amount":0,"refunded_tax_amount":0,"refundable_amount":4900,"refundable_tax_amount":0,' +
        '"platform_fee_amount":295,"platform_fee_currency":"usd","currency":"usd","billing_reason":"purchase",' +
        '"billing_name":"Ada Example","billing_address":null,"invoice_number":"EXAMPLE-0001",' +
        '"is_invoice_generated":false,"receipt_number":null,"description":"Example product",' +
        '"customer_id":"00000000-0000-4000-8000-000000000001",' +
        '"product_id":"00000000-0000-4000-8000-000000000002","discount_id":null,"subscription_id":null,' +
        `"checkout_id":"00000000-0000-4000-8000-000000000003","metadata":{},"customer":${customer},` +
        `"product":{${product},"recurring_interval":null,"recurring_interval_count":null,"is_recurring":false},` +
        '"discount":null,"subscription":null,"items":[{"created_at":"{{now}}","modified_at":null,' +
        '"id":"00000000-0000-4000-8000-000000000004","label":"Example product","amount":4900,"tax_amount":0,' +
        '"proration":false,"product_price_id":"00000000-0000-4000-8000-000000000005"}]}}',
    },
    {
      name: 'subscription.created',
      contentType: 'application/json',
      body:
        '{"type":"subscription.created","timestamp":"{{now}}","data":{"created_at":"{{now}}","modified_at":null,' +
        '"id":"{{uuid}}","amount":900,"currency":"usd","recurring_interval":"month","recurring_interval_count":1,' +
        '"status":"active","current_period_start":"{{now}}","current_period_end":"2030-01-01T00:00:00Z",' +
        '"current_meter_period_start":null,"current_meter_period_end":null,"trial_start":null,"trial_end":null,' +
        '"cancel_at_period_end":false,"canceled_at":null,"started_at":"{{now}}","ends_at":null,"ended_at":null,' +
        '"pause_at_period_end":false,"paused_at":null,"resumes_at":null,' +
        '"customer_id":"00000000-0000-4000-8000-000000000001",' +
        '"product_id":"00000000-0000-4000-8000-000000000002","discount_id":null,' +
        '"checkout_id":"00000000-0000-4000-8000-000000000003","customer_cancellation_reason":null,' +
        `"customer_cancellation_comment":null,"metadata":{},"customer":${customer},` +
        `"product":{${product},"recurring_interval":"month","recurring_interval_count":1,"is_recurring":true,` +
        `"prices":[${price}],"benefits":[],"medias":[],"attached_custom_fields":[]},` +
        `"discount":null,"prices":[${price}],"meters":[],"pending_update":null}}`,
    },
  ],
  retry: {
    summary: 'Up to ten attempts with growing waits; ten failed deliveries in a row disable the endpoint',
    timeoutSeconds: 10,
  },
  notes: [
    'Standard Webhooks libraries decode secrets from base64: give them the base64 of the whole secret.',
    'Redirects count as failures.',
  ],
});
