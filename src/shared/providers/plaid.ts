// Plaid (plaid.com/docs/api/webhooks/webhook-verification): a JSON Web Token in a header, signed with ES256, which holds
// the hash of the raw body. Its header names a key that receivers fetch from Plaid's API.

import { defineProvider } from './define.ts';

/** Plaid webhooks. */
export const plaid = defineProvider({
  id: 'plaid',
  name: 'Plaid',
  docsUrl: 'https://plaid.com/docs/api/webhooks/webhook-verification/',
  detect: ['plaid-verification'],
  schemes: [
    {
      kind: 'jwt',
      id: 'plaid-jwt',
      secretType: 'jwk',
      header: 'Plaid-Verification',
      algorithm: 'ES256',
      bodyHashClaim: 'request_body_sha256',
      toleranceSeconds: 300,
    },
  ],
  // Plaid sends no id: item and code are the same for every event of a kind.
  deliveryId: [],
  eventType: [{ from: 'json', path: 'webhook_type', suffix: [{ from: 'json', path: 'webhook_code' }] }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { kind: 'key-pair', pair: 'ec-p256' },
  secretHint:
    'The key as JSON ({"kty":"EC",...}) that /webhook_verification_key/get gives for the kid in the token’s header',
  samples: [
    {
      name: 'TRANSACTIONS.SYNC_UPDATES_AVAILABLE',
      contentType: 'application/json',
      body: `{
  "environment": "sandbox",
  "historical_update_complete": false,
  "initial_update_complete": true,
  "item_id": "EXAMPLEITEM{{uuid}}",
  "webhook_code": "SYNC_UPDATES_AVAILABLE",
  "webhook_type": "TRANSACTIONS"
}`,
    },
    {
      name: 'ITEM.ERROR',
      contentType: 'application/json',
      body: `{
  "environment": "sandbox",
  "error": {
    "display_message": "The user must log in again",
    "error_code": "ITEM_LOGIN_REQUIRED",
    "error_message": "the login details of this item have changed",
    "error_type": "ITEM_ERROR",
    "status": 400
  },
  "item_id": "EXAMPLEITEM{{uuid}}",
  "webhook_code": "ERROR",
  "webhook_type": "ITEM"
}`,
    },
    {
      name: 'AUTH.AUTOMATICALLY_VERIFIED',
      contentType: 'application/json',
      body: `{
  "account_id": "EXAMPLEACCOUNT0001",
  "environment": "sandbox",
  "item_id": "EXAMPLEITEM{{uuid}}",
  "webhook_code": "AUTOMATICALLY_VERIFIED",
  "webhook_type": "AUTH"
}`,
    },
  ],
  retry: {
    summary:
      'For up to 24 hours, first after 30 seconds, each wait four times the last; none for endpoints that mostly fail.',
    delaysSeconds: [30, 120, 480, 1_920, 7_680, 30_720],
    timeoutSeconds: 10,
  },
  notes: [
    'Only ES256 is accepted: a token that names another algorithm, or none, is refused.',
    'The hash covers the body with its two-blank indentation; JSON that was written anew does not fit.',
    'Keys change: look the kid up again when an unknown one comes.',
    'There is no delivery id; make the handling idempotent.',
  ],
});
