// GitHub (docs.github.com, validating webhook deliveries): the raw body is signed and nothing else, so there is no
// time to check. The event is `X-GitHub-Event`, with the body's `action` after a dot as GitHub's own tools write it
// (`issues.opened`); events without an action stay as they are (`push`). A filter `issues.*` takes all actions.

import { defineProvider } from './define.ts';
import { githubSamples } from './github-samples.ts';

const body = { encoding: 'hex', secretType: 'utf8', recipe: [{ kind: 'body' }] } as const;

/** GitHub repository, organisation and app webhooks. */
export const github = defineProvider({
  id: 'github',
  name: 'GitHub',
  docsUrl: 'https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries',
  // The X-Hub-Signature headers mark nothing: several other services send them.
  detect: [
    'x-github-event',
    'x-github-delivery',
    'x-github-hook-id',
    { name: 'x-hub-signature-256', prefix: '', weak: true },
  ],
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
  samples: githubSamples,
  retry: {
    summary: 'No automatic repeats; a failed delivery can be sent again by hand or through the API, with the same id.',
    timeoutSeconds: 10,
  },
  notes: [
    'With the content type form, the signed bytes are payload=..., not the JSON inside.',
    'Once X-Hub-Signature-256 is there it decides: a right sha1 signature does not save the request.',
    'Event name and delivery id stand in headers, which the signature does not cover.',
    'A ping follows the creation of a webhook; any 2xx will do.',
  ],
});
