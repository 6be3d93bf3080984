// LINE Messaging API (developers.line.biz, verify webhook signature): the raw body is signed, in base64, with the
// channel secret.

import { defineProvider } from './define.ts';

/** LINE Messaging API webhooks. */
export const line = defineProvider({
  id: 'line',
  name: 'LINE',
  docsUrl: 'https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/',
  detect: ['x-line-signature'],
  schemes: [
    {
      id: 'line',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['x-line-signature'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [{ from: 'json', path: 'events.0.webhookEventId' }],
  eventType: [{ from: 'json', path: 'events.0.type' }],
  headers: [
    ['Content-Type', 'application/json; charset=utf-8'],
    ['User-Agent', 'LineBotWebhook/2.0'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint:
    '32 hexadecimal digits: “Channel secret” under Basic settings of the channel in the LINE Developers Console',
  samples: [
    {
      name: 'message',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"destination":"U00000000000000000000000000000001","events":[{"type":"message","message":{"type":"text",' +
        '"id":"400000000000000001","quoteToken":"example-quote-token","text":"Hello"},"webhookEventId":"{{uuid}}",' +
        '"deliveryContext":{"isRedelivery":false},"timestamp":{{unixMs}},' +
        '"source":{"type":"user","userId":"U00000000000000000000000000000002"},' +
        '"replyToken":"00000000000000000000000000000003","mode":"active"}]}',
    },
    {
      name: 'follow',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"destination":"U00000000000000000000000000000001","events":[{"type":"follow","follow":{"isUnblocked":false},' +
        '"webhookEventId":"{{uuid}}","deliveryContext":{"isRedelivery":false},"timestamp":{{unixMs}},' +
        '"source":{"type":"user","userId":"U00000000000000000000000000000002"},' +
        '"replyToken":"00000000000000000000000000000003","mode":"active"}]}',
    },
  ],
  retry: {
    summary:
      'None unless “Webhook redelivery” is switched on; its number of attempts and their waits are not published.',
  },
  notes: [
    'The console’s Verify button sends an empty events list, which is signed and wants 200.',
    'A redelivery keeps webhookEventId, sets deliveryContext.isRedelivery and may come out of order.',
    'One delivery can hold several events; Hookbench names it after the first.',
  ],
});
