// Typeform (typeform.com/developers, secure your webhooks): HMAC-SHA256 of the raw body, in base64 after `sha256=`,
// where others write hexadecimal digits.

import { defineProvider } from './define.ts';

/** Typeform form responses. */
export const typeform = defineProvider({
  id: 'typeform',
  name: 'Typeform',
  docsUrl: 'https://www.typeform.com/developers/webhooks/secure-your-webhooks/',
  detect: ['typeform-signature'],
  schemes: [
    {
      id: 'typeform',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['Typeform-Signature'],
      format: { kind: 'value', prefix: 'sha256=' },
    },
  ],
  deliveryId: [{ from: 'json', path: 'event_id' }],
  eventType: [{ from: 'json', path: 'event_type' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'Typeform Webhooks'],
  ],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint: 'The text in “Secret” of the webhook: Connect, Webhooks, Edit',
  samples: [
    {
      name: 'form_response',
      contentType: 'application/json',
      body:
        '{"event_id":"{{uuid}}","event_type":"form_response","form_response":{"form_id":"EXAMPLE1",' +
        '"token":"example-token-{{uuid}}","landed_at":"{{now}}","submitted_at":"{{now}}",' +
        '"hidden":{"source":"example"},"definition":{"id":"EXAMPLE1","title":"Order a mug",' +
        '"fields":[{"id":"FIELD0000001","ref":"mail","type":"email","title":"Your email?","properties":{}},' +
        '{"id":"FIELD0000002","ref":"count","type":"number","title":"How many?","properties":{}}]},' +
        '"answers":[{"type":"email","email":"ada@example.test","field":{"id":"FIELD0000001","type":"email",' +
        '"ref":"mail"}},{"type":"number","number":2,"field":{"id":"FIELD0000002","type":"number",' +
        '"ref":"count"}}]}}',
    },
    {
      name: 'form_response_partial',
      contentType: 'application/json',
      body:
        '{"event_id":"{{uuid}}","event_type":"form_response_partial","form_response":{"form_id":"EXAMPLE1",' +
        '"token":"example-token-{{uuid}}","landed_at":"{{now}}","definition":{"id":"EXAMPLE1",' +
        '"title":"Order a mug","fields":[{"id":"FIELD0000001","ref":"mail","type":"email","title":"Your email?",' +
        '"properties":{}}]},"answers":[{"type":"email","email":"ada@example.test","field":{"id":"FIELD0000001",' +
        '"type":"email","ref":"mail"}}]}}',
    },
  ],
  retry: {
    summary:
      'After 408, 423, 429 or 503 repeated every two to three minutes for up to ten hours; 404 and 410 disable it',
    timeoutSeconds: 30,
  },
  notes: [
    'What follows sha256= is base64, not hexadecimal.',
    'Without a secret in the webhook’s settings no signature is sent.',
  ],
});
