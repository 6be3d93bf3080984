// PagerDuty V3 webhooks (docs.pagerduty.com/developer/verifying-webhook-signatures): the raw body is signed, and the
// header lists one value per secret while secrets are being rotated.

import { defineProvider } from './define.ts';

/** PagerDuty webhook subscriptions, version 3. */
export const pagerduty = defineProvider({
  id: 'pagerduty',
  name: 'PagerDuty',
  docsUrl: 'https://docs.pagerduty.com/developer/verifying-webhook-signatures',
  detect: ['x-pagerduty-signature'],
  schemes: [
    {
      id: 'pagerduty-v3',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-PagerDuty-Signature'],
      format: { kind: 'list', separator: ',', prefix: 'v1=' },
    },
  ],
  deliveryId: [{ from: 'json', path: 'event.id' }],
  eventType: [{ from: 'json', path: 'event.event_type' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['X-Webhook-Id', '{{id}}'],
    ['X-Webhook-Subscription', 'PEXAMP1'],
  ],
  secretForm: { prefix: '', encoding: 'base64' },
  secretHint: 'Shown once, when the webhook subscription is created (in the API: delivery_method.secret)',
  samples: [
    {
      name: 'incident.triggered',
      contentType: 'application/json',
      body:
        '{"event":{"id":"{{uuid}}","event_type":"incident.triggered","resource_type":"incident",' +
        '"occurred_at":"{{now}}","agent":{"html_url":"https://example.pagerduty.com/users/PEXAMP2","id":"PEXAMP2",' +
        '"self":"https://api.pagerduty.com/users/PEXAMP2","summary":"Ada Example","type":"user_reference"},' +
        '"client":null,"data":{"id":"PEXAMP3","type":"incident","self":"https://api.pagerduty.com/incidents/PEXAMP3",' +
        '"html_url":"https://example.pagerduty.com/incidents/PEXAMP3","number":7,"status":"triggered",' +
        '"incident_key":"00000000000000000000000000000001","created_at":"{{now}}","title":"Example disk is full",' +
        '"service":{"html_url":"https://example.pagerduty.com/services/PEXAMP4","id":"PEXAMP4",' +
        '"self":"https://api.pagerduty.com/services/PEXAMP4","summary":"Example API","type":"service_reference"},' +
        '"assignees":[],"teams":[],"priority":null,"urgency":"high","conference_bridge":null,"resolve_reason":null}}}',
    },
    {
      name: 'incident.annotated',
      contentType: 'application/json',
      body:
        '{"event":{"id":"{{uuid}}","event_type":"incident.annotated","resource_type":"incident",' +
        '"occurred_at":"{{now}}","agent":{"html_url":"https://example.pagerduty.com/users/PEXAMP2","id":"PEXAMP2",' +
        '"self":"https://api.pagerduty.com/users/PEXAMP2","summary":"Ada Example","type":"user_reference"},' +
        '"client":null,"data":{"incident":{"html_url":"https://example.pagerduty.com/incidents/PEXAMP3","id":"PEXAMP3",' +
        '"self":"https://api.pagerduty.com/incidents/PEXAMP3","summary":"Example disk is full",' +
        '"type":"incident_reference"},"id":"PEXAMP5","content":"Freed some space.","trimmed":false,' +
        '"type":"incident_note"}}}',
    },
  ],
  retry: {
    summary: 'Repeats for up to 48 hours after 5xx, 429 or no answer; other 4xx answers end it at once.',
    timeoutSeconds: 5,
  },
  notes: [
    'The header holds one v1= value per secret during rotation; one match is enough.',
    'The ping of a subscription arrives as the event pagey.ping and is signed like any other.',
    'Refuse a wrong signature with 4xx: 5xx makes PagerDuty repeat it for two days.',
  ],
});
