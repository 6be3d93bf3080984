// SendGrid (twilio.com/docs/sendgrid, event webhook security features): an ECDSA signature over the timestamp and the
// raw body. SendGrid keeps the private key; receivers get the public one. Events come in lists.

import { defineProvider } from './define.ts';

/** SendGrid's Event Webhook. */
export const sendgrid = defineProvider({
  id: 'sendgrid',
  name: 'SendGrid',
  docsUrl:
    'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features',
  detect: ['x-twilio-email-event-webhook-signature', 'x-twilio-email-event-webhook-timestamp'],
  schemes: [
    {
      id: 'sendgrid-ecdsa',
      algorithm: { kind: 'ecdsa' },
      encoding: 'base64',
      secretType: 'ecdsa-p256-spki-base64',
      recipe: [{ kind: 'timestamp' }, { kind: 'body' }],
      signatureHeaders: ['X-Twilio-Email-Event-Webhook-Signature'],
      format: { kind: 'value', prefix: '' },
      timestamp: {
        headers: ['X-Twilio-Email-Event-Webhook-Timestamp'],
        unit: 'seconds',
        toleranceSeconds: null,
        direction: 'both',
        signed: true,
      },
    },
  ],
  deliveryId: [{ from: 'json', path: '0.sg_event_id' }],
  eventType: [{ from: 'json', path: '0.event' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'SendGrid Event API'],
  ],
  secretForm: { kind: 'key-pair', pair: 'ec-p256' },
  secretHint:
    'The verification key, base64 that begins with MFkw, from Settings, Mail Settings, Event Webhooks, “Signature Verification”',
  samples: [
    {
      name: 'delivered',
      contentType: 'application/json',
      body:
        '[{"email":"ada@example.test","event":"delivered","ip":"192.0.2.10","response":"250 OK","sg_event_id":"{{uuid}}",' +
        '"sg_message_id":"EXAMPLEMESSAGE0001.recvd-0000000000-aaaaa-1-00000000-1.0",' +
        '"smtp-id":"<EXAMPLEMESSAGE0001@geopod-ismtpd-1>","timestamp":{{unix}},"tls":1}]\r\n',
    },
    {
      name: 'processed',
      contentType: 'application/json',
      body:
        '[{"email":"ada@example.test","event":"processed","send_at":0,"sg_event_id":"{{uuid}}",' +
        '"sg_message_id":"EXAMPLEMESSAGE0001.recvd-0000000000-aaaaa-1-00000000-1.0",' +
        '"smtp-id":"<EXAMPLEMESSAGE0001@geopod-ismtpd-1>","timestamp":{{unix}}},\r\n' +
        '{"email":"bob@example.test","event":"deferred","attempt":"1","response":"400 try again later",' +
        '"sg_event_id":"second-{{uuid}}",' +
        '"sg_message_id":"EXAMPLEMESSAGE0002.recvd-0000000000-aaaaa-1-00000000-1.0","timestamp":{{unix}}}]\r\n',
    },
    {
      name: 'bounce',
      contentType: 'application/json',
      body:
        '[{"bounce_classification":"Invalid Address","email":"nobody@example.test","event":"bounce","ip":"192.0.2.10",' +
        '"reason":"550 5.1.1 The address does not exist","sg_event_id":"{{uuid}}",' +
        '"sg_message_id":"EXAMPLEMESSAGE0003.recvd-0000000000-aaaaa-1-00000000-1.0","status":"5.1.1",' +
        '"timestamp":{{unix}},"tls":0,"type":"bounce"}]\r\n',
    },
  ],
  retry: { summary: 'At growing intervals until a 2xx, for up to 24 hours after the event.' },
  notes: [
    'The body ends with CRLF, and the signature covers it: trimming the body breaks it.',
    'The signature is ECDSA in DER inside base64; Web Crypto wants the raw form instead.',
    'One request holds a list of events; the first one names the request here.',
    'No limit for the age is published.',
  ],
});
