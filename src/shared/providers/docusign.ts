// DocuSign Connect (developers.docusign.com, validate webhook messages with HMAC): one numbered header per active key,
// all over the raw body; one match is enough. The data is that of the JSON event model.

import { defineProvider } from './define.ts';

/** DocuSign Connect messages. */
export const docusign = defineProvider({
  id: 'docusign',
  name: 'DocuSign Connect',
  docsUrl: 'https://developers.docusign.com/platform/webhooks/connect/validate/',
  detect: ['x-docusign-signature-1', 'x-docusign-signature-2', 'x-docusign-accountid'],
  schemes: [
    {
      id: 'docusign-connect',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-DocuSign-Signature-1'],
      numbered: true,
      format: { kind: 'value', prefix: '' },
    },
  ],
  // Without retryCount, which differs between attempts; recipient events tell their recipients apart.
  deliveryId: [
    {
      from: 'json',
      path: 'data.envelopeId',
      suffix: [{ from: 'json', path: 'event', suffix: [{ from: 'json', path: 'data.recipientId' }] }],
    },
  ],
  eventType: [{ from: 'json', path: 'event' }],
  headers: [
    ['Content-Type', 'application/json; charset=utf-8'],
    ['X-Authorization-Digest', 'HMACSHA256'],
    ['X-DocuSign-AccountId', '00000000-0000-4000-8000-0000000000aa'],
  ],
  secretForm: { prefix: '', encoding: 'base64' },
  secretHint: 'A key from Settings, Connect, “Connect Keys”; shown once, looks like base64 and is used as it stands',
  samples: [
    {
      name: 'envelope-completed',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"event":"envelope-completed","apiVersion":"v2.1",' +
        '"uri":"/restapi/v2.1/accounts/00000000-0000-4000-8000-0000000000aa/envelopes/{{uuid}}",' +
        '"retryCount":0,"configurationId":10000001,"generatedDateTime":"{{now}}",' +
        '"data":{"accountId":"00000000-0000-4000-8000-0000000000aa","userId":"00000000-0000-4000-8000-0000000000bb",' +
        '"envelopeId":"{{uuid}}","envelopeSummary":{"status":"completed","emailSubject":"Please sign: example contract",' +
        '"sentDateTime":"{{now}}","completedDateTime":"{{now}}",' +
        '"sender":{"userName":"Ada Example","email":"ada@example.test"}}}}',
    },
    {
      name: 'recipient-completed',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"event":"recipient-completed","apiVersion":"v2.1",' +
        '"uri":"/restapi/v2.1/accounts/00000000-0000-4000-8000-0000000000aa/envelopes/{{uuid}}",' +
        '"retryCount":0,"configurationId":10000001,"generatedDateTime":"{{now}}",' +
        '"data":{"accountId":"00000000-0000-4000-8000-0000000000aa","userId":"00000000-0000-4000-8000-0000000000bb",' +
        '"envelopeId":"{{uuid}}","recipientId":"1"}}',
    },
  ],
  retry: {
    summary:
      'With “require acknowledgement” a failed message is queued again and repeated at most ten times; after the second ' +
      'failure at least 24 hours lie between attempts.',
  },
  notes: [
    'One header per active key, X-DocuSign-Signature-1 to -100: compare each with each known key, one match is enough.',
    'The key looks like base64 but its text is the key: do not decode it.',
    'XML deliveries are signed the same way; the event name is read from JSON only.',
  ],
});
