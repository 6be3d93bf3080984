// Cal.com (cal.com/docs, webhooks): the raw body is signed, in bare hex, with the secret of the subscription.

import { defineProvider } from './define.ts';

/** Cal.com webhook subscriptions. */
export const calCom = defineProvider({
  id: 'cal.com',
  name: 'Cal.com',
  docsUrl: 'https://cal.com/docs/developing/guides/automation/webhooks',
  detect: ['x-cal-signature-256', 'x-cal-webhook-version'],
  schemes: [
    {
      id: 'calcom',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-Cal-Signature-256'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [],
  eventType: [{ from: 'json', path: 'triggerEvent' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['X-Cal-Webhook-Version', '2021-10-20'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The “Secret” you typed under Settings, Developer, Webhooks; Cal.com does not show it again',
  samples: [
    {
      name: 'BOOKING_CREATED',
      contentType: 'application/json',
      body:
        '{"triggerEvent":"BOOKING_CREATED","createdAt":"{{now}}","payload":{"type":"30min",' +
        '"title":"30min between Ada Example and Bob Example","description":"","additionalNotes":"","customInputs":{},' +
        '"startTime":"2030-01-15T10:00:00Z","endTime":"2030-01-15T10:30:00Z","organizer":{"id":5,"name":"Ada Example",' +
        '"email":"ada@example.test","username":"ada","timeZone":"Europe/Berlin","language":{"locale":"en"}},' +
        '"attendees":[{"email":"bob@example.test","name":"Bob Example","timeZone":"Europe/Berlin",' +
        '"language":{"locale":"en"}}],"location":"integrations:daily","destinationCalendar":null,"uid":"{{uuid}}",' +
        '"bookingId":91,"eventTypeId":7,"length":30,"status":"ACCEPTED","metadata":{}}}',
    },
    {
      name: 'BOOKING_CANCELLED',
      contentType: 'application/json',
      body:
        '{"triggerEvent":"BOOKING_CANCELLED","createdAt":"{{now}}","payload":{"type":"30min",' +
        '"title":"30min between Ada Example and Bob Example","startTime":"2030-01-15T10:00:00Z",' +
        '"endTime":"2030-01-15T10:30:00Z","organizer":{"id":5,"name":"Ada Example","email":"ada@example.test",' +
        '"timeZone":"Europe/Berlin","language":{"locale":"en"}},"attendees":[{"email":"bob@example.test",' +
        '"name":"Bob Example","timeZone":"Europe/Berlin","language":{"locale":"en"}}],"uid":"{{uuid}}","bookingId":91,' +
        '"eventTypeId":7,"status":"CANCELLED","cancellationReason":"No longer needed"}}',
    },
  ],
  retry: null,
  notes: [
    'Without a secret the header holds the words no-secret-provided instead of a signature.',
    'A custom payload template changes the whole body, triggerEvent included; the signature covers what was sent.',
    'Deliveries have no id; payload.uid names the booking.',
  ],
});
