// Mux (mux.com/docs, verify webhook signatures): Stripe's form under another header name. Its library looks at age only.

import { defineProvider } from './define.ts';

/** Mux Video events. */
export const mux = defineProvider({
  id: 'mux',
  name: 'Mux',
  docsUrl: 'https://www.mux.com/docs/core/verify-webhook-signatures',
  detect: ['mux-signature'],
  schemes: [
    {
      id: 'mux',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'timestamp' }, { kind: 'literal', text: '.' }, { kind: 'body' }],
      signatureHeaders: ['Mux-Signature'],
      format: { kind: 'pairs', separator: ',', timestampKey: 't', signatureKey: 'v1' },
      timestamp: { unit: 'seconds', toleranceSeconds: 300, direction: 'age', signed: true },
    },
  ],
  deliveryId: [{ from: 'json', path: 'id' }],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'From the Mux dashboard: Settings, Webhooks, “Signing secret”; each endpoint has its own',
  samples: [
    {
      name: 'video.asset.ready',
      contentType: 'application/json',
      body:
        '{"type":"video.asset.ready","request_id":null,"object":{"type":"asset","id":"EXAMPLEasset000000000001"},' +
        '"id":"{{uuid}}","environment":{"name":"Example","id":"exmpl1"},"data":{"id":"EXAMPLEasset000000000001",' +
        '"status":"ready","duration":23.8,"aspect_ratio":"16:9","created_at":{{unix}},' +
        '"playback_ids":[{"policy":"public","id":"EXAMPLEplayback0000000001"}]},"created_at":"{{now}}",' +
        '"attempts":[],"accessor_source":null,"accessor":null}',
    },
    {
      name: 'video.upload.asset_created',
      contentType: 'application/json',
      body:
        '{"type":"video.upload.asset_created","request_id":null,"object":{"type":"upload","id":"EXAMPLEupload00000000001"},' +
        '"id":"{{uuid}}","environment":{"name":"Example","id":"exmpl1"},"data":{"id":"EXAMPLEupload00000000001",' +
        '"status":"asset_created","asset_id":"EXAMPLEasset000000000001","timeout":3600},"created_at":"{{now}}",' +
        '"attempts":[],"accessor_source":null,"accessor":null}',
    },
  ],
  retry: { summary: 'Repeats with growing waits for 24 hours.', timeoutSeconds: 5 },
  notes: ['An event may arrive twice even after a 2xx answer; its id stays the same.'],
});
