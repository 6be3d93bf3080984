// Netlify (docs.netlify.com, deploy notifications): a JSON Web Signature in `X-Webhook-Signature`, a header that many
// others use for a bare HMAC. Its value begins with `eyJ`, base64 of `{"`. It holds the hash of the body and no time.

import { defineProvider } from './define.ts';

/** Netlify deploy notifications. */
export const netlify = defineProvider({
  id: 'netlify',
  name: 'Netlify',
  docsUrl: 'https://docs.netlify.com/site-deploys/deploy-notifications/#payload-signature',
  detect: ['x-netlify-event', { name: 'x-webhook-signature', prefix: 'eyJ' }],
  schemes: [
    {
      kind: 'jwt',
      id: 'netlify-jws',
      secretType: 'utf8',
      header: 'X-Webhook-Signature',
      algorithm: 'HS256',
      bodyHashClaim: 'sha256',
      issuer: 'netlify',
    },
  ],
  // The body's id is that of the deploy, the same in each of its states.
  deliveryId: [],
  eventType: [
    { from: 'header', name: 'X-Netlify-Event' },
    { from: 'json', path: 'state' },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['X-Netlify-Event', '{{event}}'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The “JWS secret token” that you typed into the notification, under Project configuration, Notifications',
  samples: [
    {
      name: 'deploy_created',
      contentType: 'application/json',
      body:
        '{"id":"example{{unixMs}}","site_id":"00000000-0000-4000-8000-000000000001","build_id":"examplebuild{{unixMs}}",' +
        '"state":"ready","name":"example-site","url":"https://example-site.example.test",' +
        '"ssl_url":"https://example-site.example.test","admin_url":"https://app.netlify.com/projects/example-site",' +
        '"deploy_url":"http://main--example-site.example.test",' +
        '"deploy_ssl_url":"https://main--example-site.example.test","created_at":"{{now}}","updated_at":"{{now}}",' +
        '"user_id":"exampleuser000000000001","error_message":null,"required":[],"required_functions":[],' +
        '"commit_ref":"1111111111111111111111111111111111111111","review_id":null,"branch":"main",' +
        '"commit_url":"https://github.com/example/hello/commit/1111111111111111111111111111111111111111",' +
        '"skipped":null,"locked":null,"title":"Say hello","review_url":null,"published_at":"{{now}}",' +
        '"context":"production","deploy_time":42,"available_functions":[],"summary":{"status":"ready","messages":[]},' +
        '"committer":"ada-example","skipped_log":null}',
    },
    {
      name: 'deploy_building',
      contentType: 'application/json',
      body:
        '{"id":"example{{unixMs}}","site_id":"00000000-0000-4000-8000-000000000001","build_id":"examplebuild{{unixMs}}",' +
        '"state":"building","name":"example-site","url":"https://example-site.example.test",' +
        '"ssl_url":"https://example-site.example.test","admin_url":"https://app.netlify.com/projects/example-site",' +
        '"created_at":"{{now}}","updated_at":"{{now}}","error_message":null,' +
        '"commit_ref":"1111111111111111111111111111111111111111","branch":"main","title":"Say hello",' +
        '"published_at":null,"context":"production","deploy_time":null,"committer":"ada-example"}',
    },
    {
      name: 'deploy_failed',
      contentType: 'application/json',
      body:
        '{"id":"example{{unixMs}}","site_id":"00000000-0000-4000-8000-000000000001","build_id":"examplebuild{{unixMs}}",' +
        '"state":"error","name":"example-site","url":"https://example-site.example.test",' +
        '"ssl_url":"https://example-site.example.test","admin_url":"https://app.netlify.com/projects/example-site",' +
        '"created_at":"{{now}}","updated_at":"{{now}}",' +
        '"error_message":"Build script returned non-zero exit code: 2",' +
        '"commit_ref":"1111111111111111111111111111111111111111","branch":"main","title":"Say hello",' +
        '"published_at":null,"context":"production","deploy_time":null,"committer":"ada-example"}',
    },
  ],
  retry: null,
  notes: [
    'The token holds the issuer “netlify” and the hex SHA-256 of the body; both must fit.',
    'Only HS256 is accepted: a token that names another algorithm, or none, is refused.',
    'Notifications without a JWS secret token are not signed.',
  ],
});
