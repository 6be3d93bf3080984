// Bitbucket Cloud and Data Center (support.atlassian.com, manage webhooks): HMAC-SHA256 of the raw body in the header
// that GitHub uses for SHA-1. The event is a header only, so the signature does not cover it.

import { defineProvider } from './define.ts';

/** Bitbucket repository, project and workspace webhooks. */
export const bitbucket = defineProvider({
  id: 'bitbucket',
  name: 'Bitbucket',
  docsUrl: 'https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/',
  // X-Hub-Signature and X-Request-UUID mark nothing: others send them too.
  detect: ['x-event-key', 'x-hook-uuid', { name: 'user-agent', prefix: 'Bitbucket-Webhooks' }],
  schemes: [
    {
      id: 'bitbucket-sha256',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-Hub-Signature'],
      format: { kind: 'value', prefix: 'sha256=' },
      caveat: 'The event (X-Event-Key) and the request id are headers, which the signature does not cover.',
    },
  ],
  deliveryId: [{ from: 'header', name: 'X-Request-UUID' }],
  eventType: [{ from: 'header', name: 'X-Event-Key' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'Bitbucket-Webhooks/2.0'],
    ['X-Event-Key', '{{event}}'],
    ['X-Hook-UUID', '00000000-0000-4000-8000-000000000001'],
    ['X-Request-UUID', '{{id}}'],
    ['X-Attempt-Number', '1'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The text in “Secret” of the webhook: Repository settings, Webhooks',
  samples: [
    {
      name: 'repo:push',
      contentType: 'application/json',
      body:
        '{"push": {"changes": [{"old": {"name": "main", "type": "branch", "target": {"type": "commit", ' +
        '"hash": "0000000000000000000000000000000000000000"}}, "new": {"name": "main", "type": "branch", ' +
        '"target": {"type": "commit", "hash": "1111111111111111111111111111111111111111", ' +
        '"message": "Say hello ({{uuid}})", "date": "{{now}}"}}, "created": false, "forced": false, ' +
        '"closed": false, "commits": [{"type": "commit", "hash": "1111111111111111111111111111111111111111", ' +
        '"message": "Say hello ({{uuid}})"}], "truncated": false}]}, "repository": {"type": "repository", ' +
        '"full_name": "example/hello", "name": "hello", "scm": "git", ' +
        '"uuid": "{00000000-0000-4000-8000-000000000002}", "is_private": true}, "actor": {"type": "user", ' +
        '"display_name": "Ada Example", "nickname": "ada", "uuid": "{00000000-0000-4000-8000-000000000003}"}}',
    },
    {
      name: 'pullrequest:created',
      contentType: 'application/json',
      body:
        '{"repository": {"type": "repository", "full_name": "example/hello", "name": "hello", "scm": "git", ' +
        '"uuid": "{00000000-0000-4000-8000-000000000002}", "is_private": true}, "actor": {"type": "user", ' +
        '"display_name": "Ada Example", "nickname": "ada", "uuid": "{00000000-0000-4000-8000-000000000003}"}, ' +
        '"pullrequest": {"type": "pullrequest", "id": 7, "title": "Say hello", "description": "({{uuid}})", ' +
        '"state": "OPEN", "created_on": "{{now}}", "updated_on": "{{now}}", ' +
        '"source": {"branch": {"name": "greeting"}, "commit": {"type": "commit", "hash": "111111111111"}}, ' +
        '"destination": {"branch": {"name": "main"}, "commit": {"type": "commit", "hash": "000000000000"}}, ' +
        '"reviewers": [], "comment_count": 0, "task_count": 0, "close_source_branch": false}}',
    },
    {
      name: 'diagnostics:ping',
      contentType: 'application/json',
      body: '{"test": true}',
    },
  ],
  handshakes: [
    {
      // Data Center, “Test connection”: carries nothing worth protecting.
      name: 'diagnostics:ping',
      method: 'POST',
      conditions: [{ from: 'header', name: 'X-Event-Key', value: 'diagnostics:ping' }],
      signature: 'unsigned',
      answer: { kind: 'fixed', status: 200, headers: [], body: '' },
    },
  ],
  retry: {
    summary: 'Cloud: up to two more attempts after an answer in the 5xx range, none after others',
    timeoutSeconds: 10,
  },
  notes: [
    'X-Hub-Signature holds sha256= here, and sha1= at GitHub and Intercom.',
    'X-Attempt-Number counts the attempts; X-Hook-UUID names the webhook, not the delivery.',
    'Cloud sends no event whose body is larger than 256 KB.',
  ],
});
