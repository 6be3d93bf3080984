// Vercel (vercel.com/docs/webhooks/webhooks-api): HMAC-SHA1 of the raw body, although some packages assume SHA-256.
// The body's createdAt is the time of the event and not of the delivery, so it is no rule for the age.

import { defineProvider } from './define.ts';

/** Vercel account and integration webhooks. */
export const vercel = defineProvider({
  id: 'vercel',
  name: 'Vercel',
  docsUrl: 'https://vercel.com/docs/webhooks/webhooks-api',
  detect: ['x-vercel-signature'],
  schemes: [
    {
      id: 'vercel-sha1',
      algorithm: { kind: 'hmac', hash: 'sha1' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['x-vercel-signature'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [{ from: 'json', path: 'id' }],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['Accept', '*/*'],
  ],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint:
    'Account webhooks: the secret shown once when the webhook is made (Settings, Webhooks); integrations: the client secret',
  samples: [
    {
      name: 'deployment.created',
      contentType: 'application/json',
      body:
        '{"id":"uev_{{uuid}}","type":"deployment.created","createdAt":{{unixMs}},"region":"sfo1",' +
        '"payload":{"team":{"id":"team_EXAMPLE0001"},"user":{"id":"EXAMPLEUSER0001"},"alias":[],' +
        '"deployment":{"id":"dpl_EXAMPLE0001","meta":{},"url":"hello.example.test","name":"hello"},' +
        '"links":{"deployment":"https://vercel.com/example/hello/EXAMPLE0001",' +
        '"project":"https://vercel.com/example/hello"},"name":"hello","plan":"pro",' +
        '"project":{"id":"prj_EXAMPLE0001"},"regions":["sfo1"],"target":"production","type":"LAMBDAS",' +
        '"url":"hello.example.test"}}',
    },
    {
      name: 'deployment.error',
      contentType: 'application/json',
      body:
        '{"id":"uev_{{uuid}}","type":"deployment.error","createdAt":{{unixMs}},"region":"sfo1",' +
        '"payload":{"team":{"id":"team_EXAMPLE0001"},"user":{"id":"EXAMPLEUSER0001"},' +
        '"deployment":{"id":"dpl_EXAMPLE0002","meta":{},"url":"hello.example.test","name":"hello"},' +
        '"links":{"deployment":"https://vercel.com/example/hello/EXAMPLE0002",' +
        '"project":"https://vercel.com/example/hello"},"plan":"pro","project":{"id":"prj_EXAMPLE0001"},' +
        '"regions":["sfo1"],"target":null}}',
    },
  ],
  retry: { summary: 'Repeated with growing waits for up to 24 hours, until an answer is 2xx', timeoutSeconds: 30 },
  notes: ['The algorithm is SHA-1, 40 hexadecimal digits.', 'createdAt is milliseconds and part of the signed body.'],
});
