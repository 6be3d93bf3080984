// Stripe (docs.stripe.com/webhooks/signature): one header with timestamp and signatures. The whsec_ text is the key
// itself and is never decoded.

import { defineProvider } from './define.ts';

/** Stripe events. */
export const stripe = defineProvider({
  id: 'stripe',
  name: 'Stripe',
  docsUrl: 'https://docs.stripe.com/webhooks/signature',
  detect: ['stripe-signature'],
  schemes: [
    {
      id: 'stripe-v1',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'timestamp' }, { kind: 'literal', text: '.' }, { kind: 'body' }],
      signatureHeaders: ['Stripe-Signature'],
      format: { kind: 'pairs', separator: ',', timestampKey: 't', signatureKey: 'v1' },
      timestamp: { unit: 'seconds', toleranceSeconds: 300, direction: 'age', signed: true },
    },
  ],
  deliveryId: [{ from: 'json', path: 'id' }],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [
    ['Content-Type', 'application/json; charset=utf-8'],
    ['Accept', '*/*; q=0.5, application/xml'],
    ['User-Agent', 'Stripe/1.0 (+https://stripe.com/docs/webhooks)'],
    ['Cache-Control', 'no-cache'],
  ],
  secretForm: { prefix: 'whsec_', encoding: 'hex' },
  secretHint: 'whsec_..., from Developers, Webhooks, your endpoint, “Signing secret”; `stripe listen` prints its own',
  samples: [
    {
      name: 'checkout.session.completed',
      contentType: 'application/json; charset=utf-8',
      body: `{
  "id": "evt_test_{{uuid}}",
  "object": "event",
  "api_version": "2025-09-30.clover",
  "created": {{unix}},
  "data": {
    "object": {
      "id": "cs_test_a1EXAMPLE0000000000000000",
      "object": "checkout.session",
      "amount_subtotal": 4900,
      "amount_total": 4900,
      "created": {{unix}},
      "currency": "eur",
      "customer": "cus_EXAMPLE00000001",
      "customer_details": { "email": "ada@example.test", "name": "Ada Example" },
      "livemode": false,
      "mode": "payment",
      "payment_intent": "pi_EXAMPLE000000000000000001",
      "payment_status": "paid",
      "status": "complete"
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": { "id": null, "idempotency_key": null },
  "type": "checkout.session.completed"
}`,
    },
    {
      name: 'invoice.payment_failed',
      contentType: 'application/json; charset=utf-8',
      body: `{
  "id": "evt_test_{{uuid}}",
  "object": "event",
  "api_version": "2025-09-30.clover",
  "created": {{unix}},
  "data": {
    "object": {
      "id": "in_EXAMPLE0000000000000001",
      "object": "invoice",
      "amount_due": 4900,
      "amount_paid": 0,
      "amount_remaining": 4900,
      "attempt_count": 1,
      "billing_reason": "subscription_cycle",
      "collection_method": "charge_automatically",
      "currency": "eur",
      "customer": "cus_EXAMPLE00000001",
      "customer_email": "ada@example.test",
      "livemode": false,
      "status": "open"
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": { "id": null, "idempotency_key": null },
  "type": "invoice.payment_failed"
}`,
    },
    {
      name: 'customer.subscription.deleted',
      contentType: 'application/json; charset=utf-8',
      body: `{
  "id": "evt_test_{{uuid}}",
  "object": "event",
  "api_version": "2025-09-30.clover",
  "created": {{unix}},
  "data": {
    "object": {
      "id": "sub_EXAMPLE000000000000001",
      "object": "subscription",
      "cancel_at_period_end": false,
      "canceled_at": {{unix}},
      "currency": "eur",
      "customer": "cus_EXAMPLE00000001",
      "livemode": false,
      "status": "canceled"
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": { "id": null, "idempotency_key": null },
  "type": "customer.subscription.deleted"
}`,
    },
  ],
  retry: {
    summary: 'Live events are repeated for up to three days with exponential backoff, test events three times.',
  },
  notes: [
    'The whole whsec_ text is the key: do not decode it.',
    '`stripe listen` signs with a secret of its own, not with that of the endpoint in the dashboard.',
    'Stripe’s library looks at age only: time stamps from the future pass there.',
    'Stripe’s library refuses upper-case hexadecimal digits, blanks inside the header and an empty body.',
  ],
});
