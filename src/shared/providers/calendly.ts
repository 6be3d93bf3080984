// Calendly (developer.calendly.com, webhook signatures): one header with timestamp and signature, in Stripe's form. Its
// example refuses what is older than three minutes. Events carry no id of their own.

import { defineProvider } from './define.ts';

/** Calendly invitees and routing forms. */
export const calendly = defineProvider({
  id: 'calendly',
  name: 'Calendly',
  docsUrl: 'https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures',
  detect: ['calendly-webhook-signature'],
  schemes: [
    {
      id: 'calendly',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'timestamp' }, { kind: 'literal', text: '.' }, { kind: 'body' }],
      signatureHeaders: ['Calendly-Webhook-Signature'],
      format: { kind: 'pairs', separator: ',', timestampKey: 't', signatureKey: 'v1' },
      timestamp: { unit: 'seconds', toleranceSeconds: 180, direction: 'age', signed: true },
    },
  ],
  // One invitee is created and may be canceled later: the address alone would make these the same.
  deliveryId: [{ from: 'json', path: 'payload.uri', suffix: [{ from: 'json', path: 'event' }] }],
  eventType: [{ from: 'json', path: 'event' }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint: 'The signing key given, or returned once, when the webhook subscription was made through the API',
  samples: [
    {
      name: 'invitee.created',
      contentType: 'application/json',
      body:
        '{"event":"invitee.created","created_at":"{{now}}",' +
        '"created_by":"https://api.calendly.com/users/EXAMPLEUSER",' +
        '"payload":{"cancel_url":"https://calendly.com/cancellations/EXAMPLE","created_at":"{{now}}",' +
        '"email":"ada@example.test","event":"https://api.calendly.com/scheduled_events/EXAMPLEEVENT",' +
        '"first_name":"Ada","last_name":"Example","name":"Ada Example","new_invitee":null,"no_show":null,' +
        '"old_invitee":null,"questions_and_answers":[],' +
        '"reschedule_url":"https://calendly.com/reschedulings/EXAMPLE","rescheduled":false,"status":"active",' +
        '"timezone":"Europe/Berlin","tracking":{"utm_campaign":null,"utm_source":null},"updated_at":"{{now}}",' +
        '"uri":"https://api.calendly.com/scheduled_events/EXAMPLEEVENT/invitees/{{uuid}}",' +
        '"scheduled_event":{"uri":"https://api.calendly.com/scheduled_events/EXAMPLEEVENT",' +
        '"name":"30 Minute Meeting","status":"active","start_time":"2030-01-07T09:00:00.000000Z",' +
        '"end_time":"2030-01-07T09:30:00.000000Z"}}}',
    },
    {
      name: 'invitee.canceled',
      contentType: 'application/json',
      body:
        '{"event":"invitee.canceled","created_at":"{{now}}",' +
        '"created_by":"https://api.calendly.com/users/EXAMPLEUSER",' +
        '"payload":{"cancellation":{"canceled_by":"Ada Example","reason":"Another time suits better",' +
        '"canceler_type":"invitee","created_at":"{{now}}"},"created_at":"{{now}}","email":"ada@example.test",' +
        '"event":"https://api.calendly.com/scheduled_events/EXAMPLEEVENT","name":"Ada Example",' +
        '"rescheduled":false,"status":"canceled","timezone":"Europe/Berlin","updated_at":"{{now}}",' +
        '"uri":"https://api.calendly.com/scheduled_events/EXAMPLEEVENT/invitees/{{uuid}}",' +
        '"scheduled_event":{"uri":"https://api.calendly.com/scheduled_events/EXAMPLEEVENT",' +
        '"name":"30 Minute Meeting","status":"canceled","start_time":"2030-01-07T09:00:00.000000Z",' +
        '"end_time":"2030-01-07T09:30:00.000000Z"}}}',
    },
  ],
  retry: {
    summary: 'Repeated with growing waits for 24 hours; then the subscription is disabled and must be made anew',
    timeoutSeconds: 15,
  },
  notes: [
    'Three minutes is the limit of Calendly’s example; the receiver may choose another.',
    'There is no delivery id: the invitee’s address and the event together stand for it.',
  ],
});
