// Standard Webhooks: the open specification (standard-webhooks/standard-webhooks, spec/standard-webhooks.md).
// v1 is a shared secret, v1a a key pair; one header may hold signatures of both.

import { defineProvider } from './define.ts';
import { standardWebhooksScheme } from './standard-webhooks-scheme.ts';

/** Standard Webhooks, version v1 (HMAC) and v1a (Ed25519). */
export const standardWebhooks = defineProvider({
  id: 'standard-webhooks',
  name: 'Standard Webhooks',
  docsUrl: 'https://www.standardwebhooks.com/',
  detect: ['webhook-signature', 'webhook-id', 'webhook-timestamp'],
  detectPriority: -1,
  schemes: [
    standardWebhooksScheme(['webhook']),
    standardWebhooksScheme(['webhook'], {
      id: 'standard-webhooks-v1a',
      algorithm: { kind: 'ed25519' },
      secretType: 'whpk-ed25519',
      format: { kind: 'versions', version: 'v1a' },
    }),
  ],
  deliveryId: [{ from: 'header', name: 'webhook-id' }],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: 'whsec_', encoding: 'base64' },
  secretHint:
    'whsec_ and base64 of 24 to 64 bytes; for v1a the key pair: whpk_ (public) checks, whsk_ (private) also signs',
  samples: [
    {
      name: 'invoice.paid',
      contentType: 'application/json',
      body: `{
  "type": "invoice.paid",
  "timestamp": "{{now}}",
  "data": {
    "id": "inv_{{uuid}}",
    "customer": "cus_example_0001",
    "amount": 4900,
    "currency": "EUR",
    "paid": true
  }
}`,
    },
    {
      name: 'user.created',
      contentType: 'application/json',
      body: `{
  "type": "user.created",
  "timestamp": "{{now}}",
  "data": {
    "id": "{{uuid}}",
    "email": "ada@example.test",
    "name": "Ada Example"
  }
}`,
    },
  ],
  retry: {
    summary: 'Left to the sender; the specification gives this schedule of about 76 hours as an example.',
    delaysSeconds: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
  },
  notes: [
    'The part of the secret after whsec_ is base64 and must be decoded.',
    'The header may hold several signatures, also of versions the receiver does not know; one match is enough.',
    'Exactly 300 seconds old still passes.',
    'An id with a dot in it makes the signed text ambiguous.',
  ],
});
