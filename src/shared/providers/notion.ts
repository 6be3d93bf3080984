// Notion (developers.notion.com/reference/webhooks): the raw body is signed with the token that Notion itself sent in
// the first request. That request is unsigned and must be shown to the person, who pastes the token back.

import { defineProvider } from './define.ts';

/** Notion integration webhooks. */
export const notion = defineProvider({
  id: 'notion',
  name: 'Notion',
  docsUrl: 'https://developers.notion.com/reference/webhooks',
  detect: ['x-notion-signature'],
  schemes: [
    {
      id: 'notion',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-Notion-Signature'],
      format: { kind: 'value', prefix: 'sha256=' },
    },
  ],
  deliveryId: [{ from: 'json', path: 'id' }],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: 'secret_', encoding: 'base64url' },
  secretHint: 'secret_..., the verification_token of the first request that Notion sends to a new subscription',
  samples: [
    {
      name: 'page.created',
      contentType: 'application/json',
      body:
        '{"id":"{{uuid}}","timestamp":"{{now}}","workspace_id":"00000000-0000-4000-8000-0000000000aa",' +
        '"workspace_name":"Example workspace","subscription_id":"00000000-0000-4000-8000-0000000000bb",' +
        '"integration_id":"00000000-0000-4000-8000-0000000000cc",' +
        '"authors":[{"id":"00000000-0000-4000-8000-000000000001","type":"person"}],"attempt_number":1,' +
        '"entity":{"id":"00000000-0000-4000-8000-000000000002","type":"page"},"type":"page.created",' +
        '"data":{"parent":{"id":"00000000-0000-4000-8000-000000000003","type":"page"}}}',
    },
    {
      name: 'comment.created',
      contentType: 'application/json',
      body:
        '{"id":"{{uuid}}","timestamp":"{{now}}","workspace_id":"00000000-0000-4000-8000-0000000000aa",' +
        '"workspace_name":"Example workspace","subscription_id":"00000000-0000-4000-8000-0000000000bb",' +
        '"integration_id":"00000000-0000-4000-8000-0000000000cc",' +
        '"authors":[{"id":"00000000-0000-4000-8000-000000000001","type":"person"}],"attempt_number":1,' +
        '"entity":{"id":"00000000-0000-4000-8000-000000000004","type":"comment"},"type":"comment.created",' +
        '"data":{"page_id":"00000000-0000-4000-8000-000000000002",' +
        '"parent":{"id":"00000000-0000-4000-8000-000000000002","type":"page"}}}',
    },
  ],
  handshakes: [
    {
      name: 'verification token',
      method: 'POST',
      conditions: [
        { from: 'json', path: 'verification_token' },
        { from: 'header', name: 'X-Notion-Signature', absent: true },
      ],
      signature: 'unsigned',
      answer: { kind: 'fixed', status: 200, headers: [], body: '' },
      holdsSecret: true,
      brings: { from: 'json', path: 'verification_token' },
    },
  ],
  retry: {
    summary: 'Repeats up to 8 times with exponential backoff; the last attempt comes about 24 hours after the event.',
  },
  notes: [
    'The first request holds verification_token: paste it into Notion’s form and save it here as the secret.',
    'Events name what changed, not its content: the receiver asks the API for that.',
    'Retries keep the id and count attempt_number up.',
  ],
});
