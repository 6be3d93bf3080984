// Razorpay (razorpay.com/docs/webhooks/validate-test): HMAC-SHA256 of the raw body. The id of the event is a header of
// its own, outside of what is signed.

import { defineProvider } from './define.ts';

/** Razorpay payments, orders and refunds. */
export const razorpay = defineProvider({
  id: 'razorpay',
  name: 'Razorpay',
  docsUrl: 'https://razorpay.com/docs/webhooks/validate-test',
  detect: ['x-razorpay-signature', 'x-razorpay-event-id'],
  schemes: [
    {
      id: 'razorpay',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-Razorpay-Signature'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [{ from: 'header', name: 'x-razorpay-event-id' }],
  eventType: [{ from: 'json', path: 'event' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'Razorpay-Webhook/v1'],
    ['x-razorpay-event-id', '{{id}}'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The text that you typed into “Secret”: Account & Settings, Webhooks; not the API key secret',
  samples: [
    {
      name: 'payment.captured',
      contentType: 'application/json',
      body:
        '{"entity":"event","account_id":"acc_EXAMPLE0000001","event":"payment.captured","contains":["payment"],' +
        '"payload":{"payment":{"entity":{"id":"pay_EXAMPLE0000001","entity":"payment","amount":4900,' +
        '"currency":"INR","status":"captured","order_id":"order_EXAMPLE000001","invoice_id":null,' +
        '"international":false,"method":"upi","amount_refunded":0,"refund_status":null,"captured":true,' +
        '"description":"Example mug ({{uuid}})","card_id":null,"bank":null,"wallet":null,"vpa":"ada@example",' +
        '"email":"ada@example.test","contact":"+910000000000","notes":[],"fee":98,"tax":15,"error_code":null,' +
        '"error_description":null,"created_at":{{unix}}}}},"created_at":{{unix}}}',
    },
    {
      name: 'payment.failed',
      contentType: 'application/json',
      body:
        '{"entity":"event","account_id":"acc_EXAMPLE0000001","event":"payment.failed","contains":["payment"],' +
        '"payload":{"payment":{"entity":{"id":"pay_EXAMPLE0000002","entity":"payment","amount":4900,' +
        '"currency":"INR","status":"failed","order_id":"order_EXAMPLE000002","invoice_id":null,' +
        '"international":false,"method":"netbanking","amount_refunded":0,"refund_status":null,"captured":false,' +
        '"description":"Example mug ({{uuid}})","card_id":null,"bank":"EXAMPLE","wallet":null,"vpa":null,' +
        '"email":"ada@example.test","contact":"+910000000000","notes":[],"fee":null,"tax":null,' +
        '"error_code":"BAD_REQUEST_ERROR","error_description":"Payment failed","created_at":{{unix}}}}},' +
        '"created_at":{{unix}}}',
    },
  ],
  retry: {
    summary: 'Repeated with growing waits for 24 hours after the event; then the webhook is disabled',
    timeoutSeconds: 5,
  },
  notes: [
    'Repeated deliveries keep x-razorpay-event-id; the header is not signed.',
    'After a change of the secret, older events are still repeated with the old one.',
  ],
});
