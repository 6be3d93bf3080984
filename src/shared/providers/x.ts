// X, formerly Twitter (docs.x.com, Account Activity API, "Securing webhooks"): the consumer secret signs the raw body,
// and the address is checked once an hour by a GET that wants its token signed with the same secret.

import { defineProvider } from './define.ts';

/** X account activity. */
export const x = defineProvider({
  id: 'x',
  name: 'X (Twitter)',
  docsUrl: 'https://docs.x.com/x-api/webhooks/introduction',
  detect: ['x-twitter-webhooks-signature'],
  schemes: [
    {
      id: 'x-sha256',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['x-twitter-webhooks-signature'],
      format: { kind: 'value', prefix: 'sha256=' },
    },
  ],
  deliveryId: [
    { from: 'json', path: 'tweet_create_events.0.id_str' },
    { from: 'json', path: 'direct_message_events.0.id' },
    { from: 'json', path: 'tweet_delete_events.0.status.id' },
  ],
  eventType: [
    ...(
      [
        'tweet_create_events',
        'favorite_events',
        'follow_events',
        'unfollow_events',
        'block_events',
        'mute_events',
        'direct_message_events',
        'direct_message_indicate_typing_events',
        'direct_message_mark_read_events',
        'tweet_delete_events',
        'user_event',
      ] as const
    ).map((path) => ({ from: 'present' as const, path, value: path })),
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'TwitterBot/1.0'],
  ],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint: 'The consumer secret (“API key secret”) of the app, from the developer portal, Keys and tokens',
  samples: [
    {
      name: 'tweet_create_events',
      contentType: 'application/json',
      body:
        '{"for_user_id":"2000000000000000001","tweet_create_events":[{"created_at":"Mon Nov 23 12:00:00 +0000 2026",' +
        '"id":{{unixMs}},"id_str":"{{unixMs}}","text":"Hello ({{uuid}})","user":{"id":2000000000000000002,' +
        '"id_str":"2000000000000000002","name":"Ada Example","screen_name":"ada_example"},"lang":"en"}]}',
    },
    {
      name: 'follow_events',
      contentType: 'application/json',
      body:
        '{"for_user_id":"2000000000000000001","follow_events":[{"type":"follow","created_timestamp":"{{unixMs}}",' +
        '"target":{"id":"2000000000000000001"},"source":{"id":"2000000000000000002","name":"Ada Example"}}]}',
    },
  ],
  handshakes: [
    {
      name: 'CRC',
      method: 'GET',
      conditions: [{ from: 'query', name: 'crc_token' }],
      signature: 'unsigned',
      answer: {
        kind: 'hmac-token',
        source: { from: 'query', name: 'crc_token' },
        name: 'response_token',
        prefix: 'sha256=',
      },
    },
  ],
  retry: { summary: 'Not published; an address that fails its hourly check gets no events until it passes' },
  notes: [
    'The check (CRC) comes as GET with crc_token, at once and then every hour; the answer must arrive within 3 seconds.',
    'Events carry no timestamp that is signed: an old one can be replayed.',
    'Numbers exceed what JSON numbers hold exactly: use the id_str members.',
  ],
});
