// Svix: Standard Webhooks v1 under the older svix-* header names, with webhook-* as the fallback of its libraries
// (docs.svix.com/receiving/verifying-payloads/how-manual).

import { defineProvider } from './define.ts';
import { standardWebhooksScheme } from './standard-webhooks-scheme.ts';

/** Svix and the services that send through it. */
export const svix = defineProvider({
  id: 'svix',
  name: 'Svix',
  docsUrl: 'https://docs.svix.com/receiving/verifying-payloads/how-manual',
  detect: ['svix-signature', 'svix-id', 'svix-timestamp'],
  schemes: [standardWebhooksScheme(['svix', 'webhook'])],
  deliveryId: [
    { from: 'header', name: 'svix-id' },
    { from: 'header', name: 'webhook-id' },
  ],
  eventType: [
    { from: 'json', path: 'type' },
    { from: 'json', path: 'event_type' },
    { from: 'json', path: 'eventType' },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'Svix-Webhooks/1.0'],
  ],
  secretForm: { prefix: 'whsec_', encoding: 'base64' },
  secretHint: 'whsec_ and base64, from the endpoint page under “Signing Secret”',
  samples: [
    {
      name: 'invoice.paid',
      contentType: 'application/json',
      body: `{
  "type": "invoice.paid",
  "id": "inv_{{uuid}}",
  "paidAt": "{{now}}",
  "customer": { "id": "cus_example_0001", "email": "ada@example.test" },
  "total": { "amount": "49.00", "currency": "USD" }
}`,
    },
    {
      name: 'user.updated',
      contentType: 'application/json',
      body: `{
  "type": "user.updated",
  "timestamp": {{unix}},
  "data": {
    "id": "user_{{uuid}}",
    "first_name": "Ada",
    "last_name": "Example",
    "email_addresses": ["ada@example.test"]
  }
}`,
    },
  ],
  retry: {
    summary: 'Repeats seven times over about 28 hours.',
    delaysSeconds: [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000],
    timeoutSeconds: 15,
  },
  notes: [
    'The part of the secret after whsec_ is base64 and must be decoded.',
    'The header may hold several signatures; one match is enough.',
    'A repeat keeps svix-id and gets a new time stamp and signature.',
  ],
});
