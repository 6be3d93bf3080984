// Xero (developer.xero.com, configuring your server): the raw body is signed, in base64. Before events flow, Xero sends
// well and badly signed probes and wants 200 and 401 for them, each with an empty body.

import { defineProvider } from './define.ts';

/** Xero accounting events. */
export const xero = defineProvider({
  id: 'xero',
  name: 'Xero',
  docsUrl: 'https://developer.xero.com/documentation/guides/webhooks/configuring-your-server',
  detect: ['x-xero-signature'],
  schemes: [
    {
      id: 'xero',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['x-xero-signature'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  // A delivery has no id of its own: its first event stands for it.
  deliveryId: [
    { from: 'json', path: 'events.0.resourceId', suffix: [{ from: 'json', path: 'events.0.eventDateUtc' }] },
  ],
  eventType: [{ from: 'json', path: 'events.0.eventCategory', suffix: [{ from: 'json', path: 'events.0.eventType' }] }],
  headers: [['Content-Type', 'application/json; charset=utf-8']],
  secretForm: { prefix: '', encoding: 'base64' },
  secretHint: 'The “Webhooks key” of your app (My Apps, Webhooks): it looks like base64 but is used as it stands',
  samples: [
    {
      name: 'INVOICE.UPDATE',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"events":[{"resourceUrl":"https://api.xero.com/api.xro/2.0/Invoices/00000000-0000-4000-8000-000000000001",' +
        '"resourceId":"00000000-0000-4000-8000-000000000001","tenantId":"00000000-0000-4000-8000-0000000000aa",' +
        '"tenantType":"ORGANISATION","eventCategory":"INVOICE","eventType":"UPDATE","eventDateUtc":"{{now}}"}],' +
        '"firstEventSequence":1,"lastEventSequence":1,"entropy":"{{uuid}}"}',
    },
    {
      name: 'CONTACT.CREATE',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"events":[{"resourceUrl":"https://api.xero.com/api.xro/2.0/Contacts/00000000-0000-4000-8000-000000000002",' +
        '"resourceId":"00000000-0000-4000-8000-000000000002","tenantId":"00000000-0000-4000-8000-0000000000aa",' +
        '"tenantType":"ORGANISATION","eventCategory":"CONTACT","eventType":"CREATE","eventDateUtc":"{{now}}"}],' +
        '"firstEventSequence":2,"lastEventSequence":2,"entropy":"{{uuid}}"}',
    },
  ],
  handshakes: [
    {
      name: 'intent to receive',
      method: 'POST',
      conditions: [
        { from: 'json', path: 'events' },
        { from: 'json', path: 'events.0', absent: true },
        { from: 'json', path: 'entropy' },
      ],
      signature: 'checked',
      refusedStatus: 401,
      answer: { kind: 'fixed', status: 200, headers: [], body: '' },
    },
  ],
  retry: {
    summary: 'Repeats less and less often for up to 24 hours, then disables the webhook.',
    timeoutSeconds: 5,
  },
  notes: [
    'The key looks like base64 but its text is the key: do not decode it.',
    'Intent to receive: a right signature must get 200 and a wrong one 401; without a secret every probe would get 200.',
    'Xero wants an empty body, no cookies and an answer within 5 seconds, for events too.',
    'One delivery can hold several events; Hookbench names it after the first.',
  ],
});
