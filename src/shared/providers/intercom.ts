// Intercom (developers.intercom.com, setting up webhooks): HMAC-SHA1 of the raw body in X-Hub-Signature, which several
// others send too. No header is Intercom's own, so the body's members tell.

import { defineProvider } from './define.ts';

/** Intercom notifications. */
export const intercom = defineProvider({
  id: 'intercom',
  name: 'Intercom',
  docsUrl: 'https://developers.intercom.com/docs/webhooks/setting-up-webhooks',
  detect: [],
  detectPriority: -2,
  detectJson: ['type', 'topic', 'data.item'],
  schemes: [
    {
      id: 'intercom-sha1',
      algorithm: { kind: 'hmac', hash: 'sha1' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-Hub-Signature'],
      format: { kind: 'value', prefix: 'sha1=' },
    },
  ],
  deliveryId: [{ from: 'json', path: 'id' }],
  eventType: [{ from: 'json', path: 'topic' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['Accept', '*/*'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'Client secret of the app, from the Developer Hub: Configure, Basic information',
  samples: [
    {
      name: 'conversation.user.created',
      contentType: 'application/json',
      body:
        '{"type":"notification_event","app_id":"example1","data":{"type":"notification_event_data",' +
        '"item":{"type":"conversation","id":"900000001","created_at":{{unix}},"updated_at":{{unix}},' +
        '"source":{"type":"conversation","id":"900000002","delivered_as":"customer_initiated","subject":"",' +
        '"body":"<p>Hello</p>","author":{"type":"user","id":"example-contact-1","name":"Ada Example",' +
        '"email":"ada@example.test"}},"open":true,"read":false,"state":"open","priority":"not_priority"}},' +
        '"links":{},"id":"notif_{{uuid}}","topic":"conversation.user.created","delivery_status":"pending",' +
        '"delivery_attempts":1,"delivered_at":0,"first_sent_at":{{unix}},"created_at":{{unix}},"self":null}',
    },
    {
      name: 'contact.user.created',
      contentType: 'application/json',
      body:
        '{"type":"notification_event","app_id":"example1","data":{"type":"notification_event_data",' +
        '"item":{"type":"contact","id":"example-contact-1","workspace_id":"example1","external_id":"1001",' +
        '"role":"user","email":"ada@example.test","name":"Ada Example","created_at":"{{now}}",' +
        '"updated_at":"{{now}}","custom_attributes":{}}},"links":{},"id":"notif_{{uuid}}",' +
        '"topic":"contact.user.created","delivery_status":"pending","delivery_attempts":1,"delivered_at":0,' +
        '"first_sent_at":{{unix}},"created_at":{{unix}},"self":null}',
    },
    {
      name: 'ping',
      contentType: 'application/json',
      body:
        '{"type":"notification_event","app_id":"example1","data":{"type":"notification_event_data",' +
        '"item":{"type":"ping","message":"A test notification"}},"links":{},"id":null,"topic":"ping",' +
        '"delivery_status":null,"delivery_attempts":1,"delivered_at":0,"first_sent_at":{{unix}},' +
        '"created_at":{{unix}},"self":null}',
    },
  ],
  handshakes: [
    {
      name: 'ping',
      method: 'POST',
      conditions: [{ from: 'json', path: 'topic', value: 'ping' }],
      signature: 'checked',
      answer: { kind: 'fixed', status: 200, headers: [], body: '' },
    },
  ],
  retry: {
    summary:
      'After 429 waits from one minute up to two hours; a thousand errors in a row within 15 minutes pause a topic for 15 minutes, seven days of errors suspend it',
    timeoutSeconds: 5,
  },
  notes: [
    'The algorithm is SHA-1; Intercom offers no other.',
    'The key is the client secret of the app, not an access token.',
    'A ping carries no id.',
  ],
});
