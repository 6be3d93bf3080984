// Resend (resend.com/docs, verify webhook requests): sent through Svix, so the headers and the signature are Svix's
// own. Nothing in the headers names Resend; it must be chosen for the endpoint.

import { defineProvider } from './define.ts';
import { standardWebhooksScheme } from './standard-webhooks-scheme.ts';

/** Resend email events. */
export const resend = defineProvider({
  id: 'resend',
  name: 'Resend',
  docsUrl: 'https://resend.com/docs/webhooks/verify-webhooks-requests',
  detect: [],
  looksLike: 'svix',
  schemes: [standardWebhooksScheme(['svix'])],
  deliveryId: [{ from: 'header', name: 'svix-id' }],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'Svix-Webhooks/1.0'],
  ],
  secretForm: { prefix: 'whsec_', encoding: 'base64' },
  secretHint: 'whsec_ and base64, from the Resend dashboard: Webhooks, your webhook, “Signing Secret”',
  samples: [
    {
      name: 'email.delivered',
      contentType: 'application/json',
      body:
        '{"created_at":"{{now}}","data":{"created_at":"{{now}}","email_id":"{{uuid}}",' +
        '"from":"Example Shop <shop@example.test>","subject":"Your order",' +
        '"tags":{"category":"order_confirmation"},"to":["ada@example.test"]},"type":"email.delivered"}',
    },
    {
      name: 'email.bounced',
      contentType: 'application/json',
      body:
        '{"created_at":"{{now}}","data":{"bounce":{"message":"The address does not exist (sample).",' +
        '"subType":"General","type":"Permanent"},"created_at":"{{now}}","email_id":"{{uuid}}",' +
        '"from":"Example Shop <shop@example.test>","subject":"Your order","to":["nobody@example.test"]},' +
        '"type":"email.bounced"}',
    },
  ],
  retry: {
    summary: 'Seven more attempts over about 28 hours; endpoints that keep failing are disabled',
    delaysSeconds: [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000],
  },
  notes: [
    'What follows whsec_ is decoded from base64; the decoded bytes are the key.',
    'A manual replay keeps the svix-id, so a check for duplicates sees it.',
  ],
});
