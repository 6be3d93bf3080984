// Dropbox (dropbox.com/developers/reference/webhooks): HMAC-SHA256 of the raw body. A notification only says for whom
// something changed; it has no id and no event name, so the member that it holds stands for the event.

import { defineProvider } from './define.ts';

/** Dropbox change notifications. */
export const dropbox = defineProvider({
  id: 'dropbox',
  name: 'Dropbox',
  docsUrl: 'https://www.dropbox.com/developers/reference/webhooks',
  detect: ['x-dropbox-signature', { name: 'user-agent', prefix: 'DropboxWebhooks' }],
  schemes: [
    {
      id: 'dropbox',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-Dropbox-Signature'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [],
  eventType: [
    { from: 'present', path: 'list_folder.teams', value: 'list_folder.teams' },
    { from: 'present', path: 'list_folder', value: 'list_folder' },
    { from: 'present', path: 'delta', value: 'delta' },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['Accept', '*/*'],
    ['User-Agent', 'DropboxWebhooks/1.0'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'App secret, from the App Console: your app, Settings, “App secret”',
  samples: [
    {
      name: 'list_folder',
      contentType: 'application/json',
      body: '{"list_folder": {"accounts": ["dbid:EXAMPLE-{{uuid}}"]}, "delta": {"users": [10000001]}}',
    },
    {
      name: 'list_folder.teams',
      contentType: 'application/json',
      body: '{"list_folder": {"teams": {"dbtid:EXAMPLE-TEAM": ["dbmid:EXAMPLE-{{uuid}}"]}}, "delta": {"users": []}}',
    },
  ],
  handshakes: [
    {
      name: 'verification request',
      method: 'GET',
      conditions: [{ from: 'query', name: 'challenge' }],
      signature: 'unsigned',
      answer: {
        kind: 'echo',
        source: { from: 'query', name: 'challenge' },
        // Without these a browser could take the echoed text for a page.
        headers: [
          ['Content-Type', 'text/plain'],
          ['X-Content-Type-Options', 'nosniff'],
        ],
      },
    },
  ],
  retry: {
    summary: 'Repeated with growing waits over about ten minutes; the verification request is not repeated',
    timeoutSeconds: 10,
  },
  notes: [
    'Notifications have no id: two changes of the same account look the same, byte for byte.',
    'What changed must be fetched from the API with the cursor of the account.',
    'The verification request is not signed.',
  ],
});
