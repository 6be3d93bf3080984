// GitLab (docs.gitlab.com, webhooks): a signing token gives a Standard Webhooks signature, the older secret token is
// sent as it is. With both configured the signature decides; a right token must not save a wrong signature.

import { defineProvider } from './define.ts';
import { standardWebhooksScheme } from './standard-webhooks-scheme.ts';

/** GitLab project, group and system webhooks. */
export const gitlab = defineProvider({
  id: 'gitlab',
  name: 'GitLab',
  docsUrl: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
  detect: ['x-gitlab-event', 'x-gitlab-token', 'x-gitlab-event-uuid', 'x-gitlab-webhook-uuid', 'x-gitlab-instance'],
  schemes: [
    standardWebhooksScheme(['webhook']),
    {
      kind: 'token',
      id: 'gitlab-token',
      secretType: 'utf8',
      places: [{ in: 'header', name: 'X-Gitlab-Token' }],
      caveat: 'Only the token was compared: the body and the other headers are not protected by it.',
    },
  ],
  deliveryId: [
    { from: 'header', name: 'webhook-id' },
    { from: 'header', name: 'Idempotency-Key' },
    { from: 'header', name: 'X-Gitlab-Event-UUID' },
  ],
  eventType: [
    { from: 'header', name: 'X-Gitlab-Event' },
    { from: 'json', path: 'object_kind' },
    { from: 'json', path: 'event_name' },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'GitLab/18.0.0'],
    ['Idempotency-Key', '{{id}}'],
    ['X-Gitlab-Event', '{{event}}'],
    ['X-Gitlab-Webhook-UUID', '00000000-0000-4000-8000-000000000001'],
    ['X-Gitlab-Instance', 'https://gitlab.example.test'],
    ['X-Gitlab-Event-UUID', '{{id}}'],
  ],
  secretForm: { prefix: 'whsec_', encoding: 'base64' },
  secretHint:
    'Settings, Webhooks, your webhook: the signing token (whsec_ and base64), or the text of the older “Secret token”',
  samples: [
    {
      name: 'Push Hook',
      contentType: 'application/json',
      body:
        '{"object_kind":"push","event_name":"push","before":"0000000000000000000000000000000000000000",' +
        '"after":"1111111111111111111111111111111111111111","ref":"refs/heads/main","ref_protected":true,' +
        '"checkout_sha":"1111111111111111111111111111111111111111","user_id":4,"user_name":"Ada Example",' +
        '"user_username":"ada-example","user_email":"ada@example.test","project_id":15,"project":{"id":15,' +
        '"name":"hello","namespace":"Example","path_with_namespace":"example/hello","default_branch":"main",' +
        '"web_url":"https://gitlab.example.test/example/hello","visibility_level":0},' +
        '"commits":[{"id":"1111111111111111111111111111111111111111","message":"Say hello ({{uuid}})",' +
        '"title":"Say hello","timestamp":"{{now}}","author":{"name":"Ada Example","email":"ada@example.test"},' +
        '"added":[],"modified":["README.md"],"removed":[]}],"total_commits_count":1}',
    },
    {
      name: 'Merge Request Hook',
      contentType: 'application/json',
      body:
        '{"object_kind":"merge_request","event_type":"merge_request","user":{"id":4,"name":"Ada Example",' +
        '"username":"ada-example","email":"ada@example.test"},"project":{"id":15,"name":"hello",' +
        '"namespace":"Example","path_with_namespace":"example/hello","default_branch":"main",' +
        '"web_url":"https://gitlab.example.test/example/hello"},"object_attributes":{"id":93,"iid":16,' +
        '"title":"Say hello","description":"({{uuid}})","source_branch":"greeting","target_branch":"main",' +
        '"state":"opened","action":"open","merge_status":"unchecked","draft":false,"created_at":"{{now}}",' +
        '"updated_at":"{{now}}","url":"https://gitlab.example.test/example/hello/-/merge_requests/16"},' +
        '"labels":[],"changes":{},"repository":{"name":"hello",' +
        '"url":"git@gitlab.example.test:example/hello.git"}}',
    },
    {
      name: 'Pipeline Hook',
      contentType: 'application/json',
      body:
        '{"object_kind":"pipeline","object_attributes":{"id":31,"iid":3,"ref":"main","tag":false,' +
        '"sha":"1111111111111111111111111111111111111111","source":"push","status":"failed",' +
        '"detailed_status":"failed","stages":["build","test"],"created_at":"{{now}}","finished_at":"{{now}}",' +
        '"duration":63,"url":"https://gitlab.example.test/example/hello/-/pipelines/31"},"user":{"id":4,' +
        '"name":"Ada Example","username":"ada-example"},"project":{"id":15,"name":"hello",' +
        '"path_with_namespace":"example/hello","web_url":"https://gitlab.example.test/example/hello"},' +
        '"commit":{"id":"1111111111111111111111111111111111111111","message":"Say hello ({{uuid}})",' +
        '"timestamp":"{{now}}"},"builds":[]}',
    },
  ],
  retry: {
    summary:
      'No automatic repeats are documented; a person can resend. Four failures in a row disable the webhook, for one minute at first and up to a day',
    timeoutSeconds: 10,
  },
  notes: [
    'With both kinds of token configured, the signature decides and the secret token is not looked at.',
    'webhook-id and Idempotency-Key are the same value and stay the same when a request is resent.',
    'X-Gitlab-Event-UUID is shared by webhooks that set each other off.',
    'Answers in the 4xx range count as a misconfigured webhook.',
  ],
});
