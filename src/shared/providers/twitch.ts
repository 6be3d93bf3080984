// Twitch EventSub (dev.twitch.tv/docs/eventsub/handling-webhook-events): id, timestamp and raw body are signed with
// nothing between them. The timestamp has nanoseconds and must not be written anew. Verification and revocation
// messages are signed like events.

import { defineProvider } from './define.ts';

/** Twitch EventSub over webhooks. */
export const twitch = defineProvider({
  id: 'twitch',
  name: 'Twitch EventSub',
  docsUrl: 'https://dev.twitch.tv/docs/eventsub/handling-webhook-events/',
  detect: ['twitch-eventsub-message-signature', 'twitch-eventsub-message-id', 'twitch-eventsub-message-type'],
  schemes: [
    {
      id: 'twitch-eventsub',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'id' }, { kind: 'timestamp' }, { kind: 'body' }],
      signatureHeaders: ['Twitch-Eventsub-Message-Signature'],
      idHeaders: ['Twitch-Eventsub-Message-Id'],
      format: { kind: 'value', prefix: 'sha256=' },
      timestamp: {
        headers: ['Twitch-Eventsub-Message-Timestamp'],
        unit: 'iso',
        toleranceSeconds: 600,
        direction: 'age',
        signed: true,
      },
    },
  ],
  deliveryId: [{ from: 'header', name: 'Twitch-Eventsub-Message-Id' }],
  eventType: [
    { from: 'header', name: 'Twitch-Eventsub-Subscription-Type' },
    { from: 'json', path: 'subscription.type' },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['Twitch-Eventsub-Message-Id', '{{id}}'],
    ['Twitch-Eventsub-Message-Retry', '0'],
    ['Twitch-Eventsub-Message-Type', 'notification'],
    ['Twitch-Eventsub-Subscription-Type', '{{event}}'],
    ['Twitch-Eventsub-Subscription-Version', '1'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The secret that you gave in transport.secret when you made the subscription, 10 to 100 ASCII characters',
  samples: [
    {
      name: 'stream.online',
      contentType: 'application/json',
      body:
        '{"subscription":{"id":"00000000-0000-4000-8000-000000000001","status":"enabled","type":"stream.online",' +
        '"version":"1","condition":{"broadcaster_user_id":"1337"},"transport":{"method":"webhook",' +
        '"callback":"https://hooks.example.test/twitch"},"created_at":"{{now}}","cost":0},' +
        '"event":{"id":"{{unix}}","broadcaster_user_id":"1337","broadcaster_user_login":"ada_example",' +
        '"broadcaster_user_name":"Ada_Example","type":"live","started_at":"{{now}}"}}',
    },
    {
      name: 'channel.follow',
      contentType: 'application/json',
      headers: [['Twitch-Eventsub-Subscription-Version', '2']],
      body:
        '{"subscription":{"id":"00000000-0000-4000-8000-000000000002","status":"enabled","type":"channel.follow",' +
        '"version":"2","condition":{"broadcaster_user_id":"1337","moderator_user_id":"1337"},' +
        '"transport":{"method":"webhook","callback":"https://hooks.example.test/twitch"},"created_at":"{{now}}",' +
        '"cost":0},"event":{"user_id":"1234","user_login":"bob_example","user_name":"Bob_Example",' +
        '"broadcaster_user_id":"1337","broadcaster_user_login":"ada_example","broadcaster_user_name":"Ada_Example",' +
        '"followed_at":"{{now}}"}}',
    },
    {
      name: 'channel.subscribe',
      contentType: 'application/json',
      body:
        '{"subscription":{"id":"00000000-0000-4000-8000-000000000003","status":"enabled","type":"channel.subscribe",' +
        '"version":"1","condition":{"broadcaster_user_id":"1337"},"transport":{"method":"webhook",' +
        '"callback":"https://hooks.example.test/twitch"},"created_at":"{{now}}","cost":0},' +
        '"event":{"user_id":"1234","user_login":"bob_example","user_name":"Bob_Example",' +
        '"broadcaster_user_id":"1337","broadcaster_user_login":"ada_example","broadcaster_user_name":"Ada_Example",' +
        '"tier":"1000","is_gift":false}}',
    },
  ],
  handshakes: [
    {
      name: 'webhook_callback_verification',
      method: 'POST',
      conditions: [
        { from: 'header', name: 'Twitch-Eventsub-Message-Type', value: 'webhook_callback_verification' },
        { from: 'json', path: 'challenge' },
      ],
      signature: 'checked',
      refusedStatus: 403,
      answer: { kind: 'echo', source: { from: 'json', path: 'challenge' }, headers: [['Content-Type', 'text/plain']] },
    },
  ],
  retry: {
    summary: 'A number of times that Twitch does not publish; too many late answers, and the subscription is revoked.',
  },
  notes: [
    'The timestamp has nanoseconds: sign and compare it as it came.',
    'A message of type revocation says that no more will come, and why.',
    'Repeats have the same message id; Twitch-Eventsub-Message-Retry counts them.',
  ],
});
