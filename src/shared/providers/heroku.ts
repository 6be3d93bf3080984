// Heroku app webhooks (devcenter.heroku.com/articles/app-webhooks): the raw body is signed, in base64, if the
// subscription has a secret.

import { defineProvider } from './define.ts';

/** Heroku app webhooks. */
export const heroku = defineProvider({
  id: 'heroku',
  name: 'Heroku',
  docsUrl: 'https://devcenter.heroku.com/articles/app-webhooks',
  detect: ['heroku-webhook-hmac-sha256'],
  detectJson: ['webhook_metadata.delivery.id', 'webhook_metadata.event.include', 'resource', 'action'],
  schemes: [
    {
      id: 'heroku',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['Heroku-Webhook-Hmac-SHA256'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [
    { from: 'json', path: 'webhook_metadata.delivery.id' },
    { from: 'json', path: 'id' },
  ],
  eventType: [{ from: 'json', path: 'resource', suffix: [{ from: 'json', path: 'action' }] }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The secret given to `heroku webhooks:add --secret`, or the one that the command made and printed',
  samples: [
    {
      name: 'release.create',
      contentType: 'application/json',
      body:
        '{"id":"{{uuid}}","data":{"id":"00000000-0000-4000-8000-000000000001",' +
        '"app":{"id":"00000000-0000-4000-8000-000000000002","name":"example-app"},"slug":null,' +
        '"user":{"id":"00000000-0000-4000-8000-000000000003","email":"ada@example.test"},"status":"succeeded",' +
        '"current":true,"version":7,"created_at":"{{now}}","updated_at":"{{now}}","description":"Set EXAMPLE config vars"},' +
        '"actor":{"id":"00000000-0000-4000-8000-000000000003","email":"ada@example.test"},"action":"create",' +
        '"version":"application/vnd.heroku+json; version=3","resource":"release","sequence":null,"created_at":"{{now}}",' +
        '"updated_at":"{{now}}","published_at":"{{now}}","previous_data":{},' +
        '"webhook_metadata":{"attempt":{"id":"{{uuid}}"},"delivery":{"id":"{{uuid}}"},' +
        '"event":{"id":"{{uuid}}","include":"api:release"},"webhook":{"id":"00000000-0000-4000-8000-000000000004"}}}',
    },
    {
      name: 'build.update',
      contentType: 'application/json',
      body:
        '{"id":"{{uuid}}","data":{"id":"00000000-0000-4000-8000-000000000005",' +
        '"app":{"id":"00000000-0000-4000-8000-000000000002","name":"example-app"},' +
        '"user":{"id":"00000000-0000-4000-8000-000000000003","email":"ada@example.test"},"stack":"heroku-24",' +
        '"status":"succeeded","created_at":"{{now}}","updated_at":"{{now}}"},' +
        '"actor":{"id":"00000000-0000-4000-8000-000000000003","email":"ada@example.test"},"action":"update",' +
        '"version":"application/vnd.heroku+json; version=3","resource":"build","sequence":null,"created_at":"{{now}}",' +
        '"updated_at":"{{now}}","published_at":"{{now}}","previous_data":{"status":"pending"},' +
        '"webhook_metadata":{"attempt":{"id":"{{uuid}}"},"delivery":{"id":"{{uuid}}"},' +
        '"event":{"id":"{{uuid}}","include":"api:build"},"webhook":{"id":"00000000-0000-4000-8000-000000000004"}}}',
    },
  ],
  retry: { summary: 'At level sync repeated for up to 72 hours; at level notify there is a single attempt.' },
  notes: [
    'Without a secret in the subscription there is no signature header.',
    'An Authorization header, if one was set for the subscription, comes unchanged with every delivery.',
  ],
});
