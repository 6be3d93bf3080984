// WorkOS (workos.com/docs/events/data-syncing/webhooks): Stripe's form with a time in milliseconds and a blank after
// the comma. Its library looks at age only.

import { defineProvider } from './define.ts';

/** WorkOS events. */
export const workos = defineProvider({
  id: 'workos',
  name: 'WorkOS',
  docsUrl: 'https://workos.com/docs/events/data-syncing/webhooks',
  detect: ['workos-signature'],
  schemes: [
    {
      id: 'workos',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'timestamp' }, { kind: 'literal', text: '.' }, { kind: 'body' }],
      signatureHeaders: ['WorkOS-Signature'],
      format: { kind: 'pairs', separator: ', ', timestampKey: 't', signatureKey: 'v1' },
      timestamp: { unit: 'milliseconds', toleranceSeconds: 180, direction: 'age', signed: true },
    },
  ],
  deliveryId: [{ from: 'json', path: 'id' }],
  eventType: [{ from: 'json', path: 'event' }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint: 'From the WorkOS Dashboard: Webhooks, your endpoint, “Signing secret”',
  samples: [
    {
      name: 'dsync.user.created',
      contentType: 'application/json',
      body:
        '{"id":"event_{{uuid}}","event":"dsync.user.created","data":{"id":"directory_user_EXAMPLE000001",' +
        '"object":"directory_user","directory_id":"directory_EXAMPLE000001","organization_id":"org_EXAMPLE000001",' +
        '"idp_id":"8931","email":"ada@example.test","first_name":"Ada","last_name":"Example","state":"active",' +
        '"custom_attributes":{},"created_at":"{{now}}","updated_at":"{{now}}"},"created_at":"{{now}}"}',
    },
    {
      name: 'connection.activated',
      contentType: 'application/json',
      body:
        '{"id":"event_{{uuid}}","event":"connection.activated","data":{"object":"connection",' +
        '"id":"conn_EXAMPLE000001","organization_id":"org_EXAMPLE000001","connection_type":"OktaSAML",' +
        '"name":"Example Okta","state":"active","domains":[],"created_at":"{{now}}","updated_at":"{{now}}"},' +
        '"created_at":"{{now}}"}',
    },
  ],
  retry: {
    summary: 'Repeats up to 12 times over 3 days with exponential backoff; in test environments for minutes only.',
  },
  notes: [
    'The time stamp counts milliseconds.',
    'The official library writes the parsed JSON again before hashing, so it refuses bodies with other white space.',
  ],
});
