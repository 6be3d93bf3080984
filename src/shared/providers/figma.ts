// Figma (developers.figma.com/docs/rest-api/webhooks-security): no signature; the passcode given when the webhook was
// made comes back in every body, also in the PING that follows the making.

import { defineProvider } from './define.ts';

/** Figma webhooks, version 2. */
export const figma = defineProvider({
  id: 'figma',
  name: 'Figma',
  docsUrl: 'https://developers.figma.com/docs/rest-api/webhooks-security/',
  detect: [],
  detectJson: ['passcode', 'webhook_id', 'event_type'],
  schemes: [
    {
      kind: 'token',
      id: 'figma',
      secretType: 'utf8',
      places: [{ in: 'json', path: 'passcode' }],
      caveat: 'The request carries the passcode itself, and nothing protects the rest of the body.',
    },
  ],
  deliveryId: [{ from: 'json', path: 'webhook_id', suffix: [{ from: 'json', path: 'timestamp' }] }],
  eventType: [{ from: 'json', path: 'event_type' }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint:
    'The passcode that you gave when you made the webhook, at most 100 characters; Figma never shows it again',
  samples: [
    {
      name: 'FILE_UPDATE',
      contentType: 'application/json',
      body:
        '{"event_type":"FILE_UPDATE","file_key":"EXAMPLEFILEKEY00000001","file_name":"Example file {{uuid}}",' +
        '"passcode":"","protocol_version":"2","retries":0,"timestamp":"{{now}}","webhook_id":"100001"}',
    },
    {
      name: 'FILE_COMMENT',
      contentType: 'application/json',
      body:
        '{"comment":[{"text":"Could this be larger?"}],"comment_id":"{{unix}}","created_at":"{{now}}",' +
        '"event_type":"FILE_COMMENT","file_key":"EXAMPLEFILEKEY00000001","file_name":"Example file",' +
        '"mentions":[],"order_id":"1","parent_id":"","passcode":"","protocol_version":"2","resolved_at":"",' +
        '"retries":0,"timestamp":"{{now}}","triggered_by":{"handle":"Ada Example","id":"500000000000000001"},' +
        '"webhook_id":"100002"}',
    },
    {
      name: 'LIBRARY_PUBLISH',
      contentType: 'application/json',
      body:
        '{"created_components":[{"key":"example-component-{{uuid}}","name":"Button"}],"created_styles":[],' +
        '"created_variables":[],"deleted_components":[],"deleted_styles":[],"deleted_variables":[],' +
        '"description":"A new button","event_type":"LIBRARY_PUBLISH","file_key":"EXAMPLEFILEKEY00000001",' +
        '"file_name":"Example library","modified_components":[],"modified_styles":[],"modified_variables":[],' +
        '"passcode":"","protocol_version":"2","retries":0,"timestamp":"{{now}}",' +
        '"triggered_by":{"handle":"Ada Example","id":"500000000000000001"},"webhook_id":"100003"}',
    },
    {
      name: 'PING',
      contentType: 'application/json',
      body:
        '{"event_type":"PING","passcode":"","protocol_version":"2","retries":0,"timestamp":"{{now}}",' +
        '"webhook_id":"100001"}',
    },
  ],
  handshakes: [
    {
      name: 'PING',
      method: 'POST',
      conditions: [
        { from: 'json', path: 'event_type', value: 'PING' },
        { from: 'json', path: 'webhook_id' },
      ],
      signature: 'checked',
      refusedStatus: 400,
      answer: { kind: 'fixed', status: 200, headers: [], body: '' },
      holdsSecret: true,
    },
  ],
  retry: {
    summary: 'Three times: after 5 minutes, 30 minutes and 3 hours.',
    delaysSeconds: [300, 1_800, 10_800],
  },
  notes: [
    'The passcode is in every body: treat captures as secrets.',
    'A wrong passcode should get 400, which stops the webhook at once.',
    'There is no delivery id; webhook_id and timestamp together serve as one here.',
  ],
});
