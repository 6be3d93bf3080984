// Sanity GROQ-powered webhooks (sanity.io/docs/webhooks): Stripe's form with a time in milliseconds and a signature in
// URL-safe base64. Its library checks no age, so none is fixed here.

import { defineProvider } from './define.ts';

/** Sanity document webhooks. */
export const sanity = defineProvider({
  id: 'sanity',
  name: 'Sanity',
  docsUrl: 'https://www.sanity.io/docs/webhooks',
  detect: ['sanity-webhook-signature', 'sanity-webhook-id', 'sanity-transaction-id'],
  schemes: [
    {
      id: 'sanity',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64url',
      secretType: 'utf8',
      recipe: [{ kind: 'timestamp' }, { kind: 'literal', text: '.' }, { kind: 'body' }],
      signatureHeaders: ['sanity-webhook-signature'],
      format: { kind: 'pairs', separator: ',', timestampKey: 't', signatureKey: 'v1' },
      timestamp: { unit: 'milliseconds', toleranceSeconds: null, direction: 'both', signed: true },
    },
  ],
  deliveryId: [{ from: 'header', name: 'idempotency-key' }],
  // The body is whatever the webhook's projection makes of the document, so only the header tells what happened.
  eventType: [{ from: 'header', name: 'sanity-operation' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['idempotency-key', '{{id}}'],
    ['sanity-project-id', 'exmpl123'],
    ['sanity-dataset', 'production'],
    ['sanity-operation', '{{event}}'],
    ['sanity-webhook-id', 'EXAMPLEwebhook01'],
    ['sanity-transaction-id', 'EXAMPLEtransaction01'],
    ['sanity-transaction-time', '{{now}}'],
  ],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint: 'The “Secret” you typed for the webhook at sanity.io/manage: API, Webhooks',
  samples: [
    {
      name: 'update',
      contentType: 'application/json',
      headers: [['sanity-document-id', 'post-example-1']],
      body:
        '{"_id":"post-example-1","_type":"post","_rev":"EXAMPLErevision0000001","_createdAt":"2030-01-01T09:00:00Z",' +
        '"_updatedAt":"{{now}}","title":"Hello ({{uuid}})","slug":{"_type":"slug","current":"hello"}}',
    },
    {
      name: 'create',
      contentType: 'application/json',
      headers: [['sanity-document-id', 'author-example-1']],
      body:
        '{"_id":"author-example-1","_type":"author","_rev":"EXAMPLErevision0000002","_createdAt":"{{now}}",' +
        '"_updatedAt":"{{now}}","name":"Ada Example","bio":"{{uuid}}"}',
    },
  ],
  retry: {
    summary: 'Repeats twice after a 429 or 5xx answer, 30 seconds apart, then marks the delivery as failed.',
    delaysSeconds: [30, 30],
  },
  notes: [
    'The time stamp counts milliseconds, and the signature is URL-safe base64 without padding.',
    'The webhook’s projection decides the body: it may hold neither _type nor _id.',
    'The sanity-* headers are not signed; only time stamp and body are.',
  ],
});
