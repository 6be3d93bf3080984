// CloudEvents over HTTP web hooks (cloudevents/spec, http-webhook.md): no signature, only a bearer token, and an OPTIONS
// request that asks whether deliveries are wanted. The samples are in binary mode: attributes in ce-* headers.

import { defineProvider } from './define.ts';

/** CloudEvents delivered as HTTP web hooks. */
export const cloudevents = defineProvider({
  id: 'cloudevents',
  name: 'CloudEvents web hook',
  docsUrl: 'https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md',
  detect: [
    'ce-specversion',
    'ce-id',
    'ce-type',
    'webhook-request-origin',
    { name: 'content-type', prefix: 'application/cloudevents' },
  ],
  detectPriority: -4,
  schemes: [
    {
      kind: 'token',
      id: 'cloudevents-webhook',
      secretType: 'utf8',
      places: [
        { in: 'header', name: 'Authorization', prefix: 'Bearer ' },
        { in: 'query', name: 'access_token' },
      ],
      caveat: 'The token shows who sent the request; the event itself is not signed and could have been changed.',
    },
  ],
  // Id and source together are unique, the id alone is not.
  deliveryId: [
    { from: 'header', name: 'ce-id', suffix: [{ from: 'header', name: 'ce-source' }] },
    { from: 'json', path: 'id', suffix: [{ from: 'json', path: 'source' }] },
  ],
  eventType: [
    { from: 'header', name: 'ce-type' },
    { from: 'json', path: 'type' },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['ce-specversion', '1.0'],
    ['ce-type', '{{event}}'],
    ['ce-source', 'https://events.example.test/shop'],
    ['ce-id', '{{id}}'],
    ['ce-time', '{{now}}'],
  ],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint: 'The access token that you gave the sender; it comes back after “Bearer ” or as access_token in the URL',
  samples: [
    {
      name: 'com.example.order.created',
      contentType: 'application/json',
      body:
        '{"orderId":"{{uuid}}","customer":"ada@example.test","total":"49.00","currency":"EUR",' +
        '"createdAt":"{{now}}"}',
    },
    {
      name: 'com.example.file.deleted',
      contentType: 'application/json',
      body: '{"fileId":"{{uuid}}","path":"/reports/example.pdf","deletedAt":"{{now}}"}',
    },
  ],
  handshakes: [
    {
      name: 'validation request',
      method: 'OPTIONS',
      conditions: [{ from: 'header', name: 'WebHook-Request-Origin' }],
      signature: 'unsigned',
      answer: {
        kind: 'echo-header',
        from: 'WebHook-Request-Origin',
        to: 'WebHook-Allowed-Origin',
        headers: [
          ['WebHook-Allowed-Rate', '*'],
          ['Allow', 'POST'],
        ],
      },
    },
  ],
  retry: null,
  notes: [
    'Binary mode puts the attributes into ce-* headers, structured mode into a body of type application/cloudevents+json.',
    'A token in the URL ends up in logs: the specification prefers the Authorization header.',
    'The sender may wait to be called at WebHook-Request-Callback instead of reading the OPTIONS answer.',
  ],
});
