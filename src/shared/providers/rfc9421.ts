// HTTP message signatures (RFC 9421) with content digests (RFC 9530), as senders without a house scheme use them. What
// is protected is whatever Signature-Input lists, and the body only through content-digest.

import { defineProvider } from './define.ts';

/** Any sender that signs by RFC 9421. */
export const rfc9421 = defineProvider({
  id: 'rfc9421',
  name: 'HTTP message signatures (RFC 9421)',
  docsUrl: 'https://www.rfc-editor.org/rfc/rfc9421',
  detect: ['signature-input'],
  detectPriority: -3,
  schemes: [
    {
      kind: 'message-signature',
      id: 'http-message-signatures',
      secretType: 'spki-pem',
      components: ['@method', '@authority', '@path', '@query', 'content-type', 'content-digest'],
      caveat:
        'Only the components that Signature-Input lists are proved; the body is so only when content-digest is among them.',
    },
  ],
  deliveryId: [],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { kind: 'key-pair', pair: 'ed25519' },
  secretHint:
    'A public key in PEM, or the shared key in base64 for hmac-sha256; the secret’s name is the keyid in Signature-Input',
  samples: [
    {
      name: 'order.created',
      contentType: 'application/json',
      body:
        '{"type":"order.created","id":"{{uuid}}","createdAt":"{{now}}",' +
        '"data":{"customer":"ada@example.test","total":"49.00","currency":"EUR"}}',
    },
    {
      name: 'order.cancelled',
      contentType: 'application/json',
      body:
        '{"type":"order.cancelled","id":"{{uuid}}","createdAt":"{{now}}",' +
        '"data":{"reason":"customer changed their mind","refunded":true}}',
    },
  ],
  retry: null,
  notes: [
    'The key is chosen by keyid; name the secret like it.',
    'A signature may cover nothing at all and still be valid.',
    'The signature base keeps components and parameters in the order and spelling of Signature-Input.',
    'Age is judged by created and expires; the standard sets no limit.',
  ],
});
