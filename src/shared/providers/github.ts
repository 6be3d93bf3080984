// GitHub (docs.github.com, validating webhook deliveries): the raw body is signed and nothing else, so there is no
// time to check. The event is `X-GitHub-Event`, with the body's `action` after a dot as GitHub's own tools write it
// (`issues.opened`); events without an action stay as they are (`push`). A filter `issues.*` takes all actions.

import { defineProvider } from './define.ts';

const body = { encoding: 'hex', secretType: 'utf8', recipe: [{ kind: 'body' }] } as const;

/** GitHub repository, organisation and app webhooks. */
export const github = defineProvider({
  id: 'github',
  name: 'GitHub',
  docsUrl: 'https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries',
  // X-Hub-Signature alone marks nothing: several other services send it.
  detect: ['x-github-event', 'x-github-delivery', 'x-github-hook-id', 'x-hub-signature-256'],
  schemes: [
    {
      ...body,
      id: 'github-sha256',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      signatureHeaders: ['X-Hub-Signature-256'],
      format: { kind: 'value', prefix: 'sha256=' },
    },
    {
      ...body,
      id: 'github-sha1',
      algorithm: { kind: 'hmac', hash: 'sha1' },
      signatureHeaders: ['X-Hub-Signature'],
      format: { kind: 'value', prefix: 'sha1=' },
    },
  ],
  deliveryId: [{ from: 'header', name: 'X-GitHub-Delivery' }],
  eventType: [
    {
      from: 'header',
      name: 'X-GitHub-Event',
      suffix: [
        { from: 'json', path: 'action' },
        { from: 'form', name: 'payload', path: 'action' },
      ],
    },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['Accept', '*/*'],
    ['User-Agent', 'GitHub-Hookshot/0000000'],
    ['X-GitHub-Delivery', '{{id}}'],
    ['X-GitHub-Event', '{{eventBase}}'],
    ['X-GitHub-Hook-ID', '100000001'],
    ['X-GitHub-Hook-Installation-Target-ID', '200000001'],
    ['X-GitHub-Hook-Installation-Target-Type', 'repository'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The text you typed into “Secret” in the webhook settings',
  samples: [
    {
      name: 'push',
      contentType: 'application/json',
      body: `{
  "ref": "refs/heads/main",
  "before": "0000000000000000000000000000000000000000",
  "after": "1111111111111111111111111111111111111111",
  "created": false,
  "deleted": false,
  "forced": false,
  "compare": "https://github.com/example/hello/compare/000000000000...111111111111",
  "commits": [
    {
      "id": "1111111111111111111111111111111111111111",
      "message": "Say hello ({{uuid}})",
      "timestamp": "{{now}}",
      "author": { "name": "Ada Example", "email": "ada@example.test", "username": "ada-example" },
      "added": [],
      "removed": [],
      "modified": ["README.md"]
    }
  ],
  "repository": {
    "id": 300000001,
    "name": "hello",
    "full_name": "example/hello",
    "private": false,
    "default_branch": "main",
    "html_url": "https://github.com/example/hello"
  },
  "pusher": { "name": "ada-example", "email": "ada@example.test" },
  "sender": { "login": "ada-example", "id": 400000001, "type": "User" }
}`,
    },
    {
      name: 'issues.opened',
      contentType: 'application/json',
      body: `{
  "action": "opened",
  "issue": {
    "id": 500000001,
    "number": 7,
    "title": "The greeting is missing",
    "state": "open",
    "user": { "login": "ada-example", "id": 400000001, "type": "User" },
    "labels": [],
    "created_at": "{{now}}",
    "updated_at": "{{now}}",
    "body": "Steps: start it and wait. ({{uuid}})"
  },
  "repository": {
    "id": 300000001,
    "name": "hello",
    "full_name": "example/hello",
    "private": false,
    "html_url": "https://github.com/example/hello"
  },
  "sender": { "login": "ada-example", "id": 400000001, "type": "User" }
}`,
    },
    {
      name: 'ping',
      contentType: 'application/json',
      body: `{
  "zen": "A test delivery {{uuid}}.",
  "hook_id": 100000001,
  "hook": {
    "type": "Repository",
    "id": 100000001,
    "name": "web",
    "active": true,
    "events": ["push", "issues"],
    "config": { "content_type": "json", "insecure_ssl": "0", "url": "https://hooks.example.test/github" },
    "created_at": "{{now}}",
    "updated_at": "{{now}}"
  },
  "repository": { "id": 300000001, "name": "hello", "full_name": "example/hello", "private": false },
  "sender": { "login": "ada-example", "id": 400000001, "type": "User" }
}`,
    },
  ],
});
