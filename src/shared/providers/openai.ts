// OpenAI (developers.openai.com, webhooks): Standard Webhooks v1. Nothing but the user agent names OpenAI, and proxies
// change that; it must be chosen for the endpoint.

import { defineProvider } from './define.ts';
import { standardWebhooksScheme } from './standard-webhooks-scheme.ts';

/** OpenAI background responses, batches and fine-tuning jobs. */
export const openai = defineProvider({
  id: 'openai',
  name: 'OpenAI',
  docsUrl: 'https://developers.openai.com/api/docs/guides/webhooks',
  detect: [],
  looksLike: 'standard-webhooks',
  schemes: [standardWebhooksScheme(['webhook'], { bareSecretIsText: true })],
  deliveryId: [{ from: 'header', name: 'webhook-id' }],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)'],
  ],
  secretForm: { prefix: 'whsec_', encoding: 'base64' },
  secretHint: 'whsec_ and base64, shown once when the webhook is made: Settings, Project, Webhooks',
  samples: [
    {
      name: 'response.completed',
      contentType: 'application/json',
      body:
        '{"id":"evt_{{uuid}}","object":"event","created_at":{{unix}},"type":"response.completed",' +
        '"data":{"id":"resp_EXAMPLE0001"}}',
    },
    {
      name: 'response.failed',
      contentType: 'application/json',
      body:
        '{"id":"evt_{{uuid}}","object":"event","created_at":{{unix}},"type":"response.failed",' +
        '"data":{"id":"resp_EXAMPLE0002"}}',
    },
    {
      name: 'batch.completed',
      contentType: 'application/json',
      body:
        '{"id":"evt_{{uuid}}","object":"event","created_at":{{unix}},"type":"batch.completed",' +
        '"data":{"id":"batch_EXAMPLE0001"}}',
    },
  ],
  retry: { summary: 'Repeated with growing waits for up to 72 hours; redirects count as failures' },
  notes: [
    'OpenAI’s own library takes a secret without whsec_ as plain text; other Standard Webhooks libraries decode it.',
    'The body names an object and holds no result: fetch it from the API by its id.',
  ],
});
