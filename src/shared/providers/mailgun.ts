// Mailgun (documentation.mailgun.com, securing webhooks): the signature stands in the body and covers a timestamp and
// a random token, not the event. It proves that somebody holds the key, and nothing about what is reported.

import { defineProvider } from './define.ts';

/** Mailgun event webhooks. */
export const mailgun = defineProvider({
  id: 'mailgun',
  name: 'Mailgun',
  docsUrl: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks',
  detect: [],
  detectJson: ['signature.timestamp', 'signature.token', 'signature.signature', 'event-data.event'],
  schemes: [
    {
      id: 'mailgun-body',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'timestamp' }, { kind: 'json', path: 'signature.token' }],
      signatureHeaders: [],
      signaturePath: 'signature.signature',
      format: { kind: 'value', prefix: '' },
      timestamp: {
        path: 'signature.timestamp',
        unit: 'seconds',
        toleranceSeconds: 900,
        direction: 'both',
        signed: true,
      },
      caveat: 'Only the timestamp and the token are signed: the event itself can be replaced freely.',
    },
  ],
  deliveryId: [
    { from: 'json', path: 'signature.token' },
    { from: 'json', path: 'event-data.id' },
  ],
  eventType: [{ from: 'json', path: 'event-data.event' }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The “HTTP webhook signing key”, hex digits, from the account menu, API security; not the API key itself',
  samples: [
    {
      name: 'delivered',
      contentType: 'application/json',
      body:
        '{"signature":{"timestamp":"","token":"{{uuid}}","signature":""},"event-data":{"id":"EXAMPLE-{{uuid}}",' +
        '"timestamp":{{unix}}.125,"log-level":"info","event":"delivered","envelope":{"transport":"smtp",' +
        '"sender":"ada@example.test","sending-ip":"192.0.2.10","targets":"bob@example.test"},' +
        '"flags":{"is-routed":false,"is-authenticated":true,"is-system-test":false,"is-test-mode":false},' +
        '"delivery-status":{"tls":true,"mx-host":"mx.example.test","code":250,"description":"","session-seconds":0.4,' +
        '"utf8":true,"attempt-no":1,"message":"OK","certificate-verified":true},' +
        '"message":{"headers":{"to":"Bob <bob@example.test>","message-id":"20260101000000.1.EXAMPLE@example.test",' +
        '"from":"Ada <ada@example.test>","subject":"Hello"},"attachments":[],"size":111},' +
        '"recipient":"bob@example.test","recipient-domain":"example.test","campaigns":[],"tags":["example"],' +
        '"user-variables":{}}}',
    },
    {
      name: 'failed',
      contentType: 'application/json',
      body:
        '{"signature":{"timestamp":"","token":"{{uuid}}","signature":""},"event-data":{"id":"EXAMPLE-{{uuid}}",' +
        '"timestamp":{{unix}}.5,"log-level":"error","event":"failed","severity":"permanent","reason":"bounce",' +
        '"envelope":{"transport":"smtp","sender":"ada@example.test","sending-ip":"192.0.2.10",' +
        '"targets":"nobody@example.test"},"flags":{"is-routed":false,"is-authenticated":true,"is-system-test":false,' +
        '"is-test-mode":false},"delivery-status":{"attempt-no":1,"code":550,"bounce-type":"hard",' +
        '"description":"","message":"No such user","session-seconds":0.6},' +
        '"message":{"headers":{"to":"Nobody <nobody@example.test>",' +
        '"message-id":"20260101000000.2.EXAMPLE@example.test","from":"Ada <ada@example.test>","subject":"Hello"},' +
        '"attachments":[],"size":111},"recipient":"nobody@example.test","recipient-domain":"example.test",' +
        '"campaigns":[],"tags":[],"user-variables":{}}}',
    },
    {
      name: 'opened',
      contentType: 'application/json',
      body:
        '{"signature":{"timestamp":"","token":"{{uuid}}","signature":""},"event-data":{"id":"EXAMPLE-{{uuid}}",' +
        '"timestamp":{{unix}}.75,"log-level":"info","event":"opened","ip":"192.0.2.20","geolocation":{"country":"US",' +
        '"region":"CA","city":"San Francisco"},"client-info":{"client-type":"browser","client-os":"Linux",' +
        '"device-type":"desktop","client-name":"Example Browser","user-agent":"ExampleBrowser/1.0"},' +
        '"message":{"headers":{"message-id":"20260101000000.1.EXAMPLE@example.test"}},' +
        '"recipient":"bob@example.test","recipient-domain":"example.test","campaigns":[],"tags":["example"],' +
        '"user-variables":{}}}',
    },
  ],
  retry: {
    summary:
      'After 5, 10 and 15 minutes, then 1, 2 and 4 hours, about 8 hours in all; not after a 406, and not for “delivered”.',
    delaysSeconds: [300, 600, 900, 3_600, 7_200, 14_400],
  },
  notes: [
    'The event is not signed: keep the tokens that were seen, or a token can be used again for another event.',
    'The age limit is the receiver’s choice; 15 minutes are used here.',
    'A 406 tells Mailgun to stop repeating; any other code but 200 is repeated.',
  ],
});
