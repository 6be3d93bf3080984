// Asana (developers.asana.com/docs/webhooks-guide): the raw body is signed with a secret that Asana hands out in a
// header of the first request. The same header in the answer completes the handshake.

import { defineProvider } from './define.ts';

/** Asana webhooks. */
export const asana = defineProvider({
  id: 'asana',
  name: 'Asana',
  docsUrl: 'https://developers.asana.com/docs/webhooks-guide',
  detect: ['x-hook-signature', 'x-hook-secret'],
  schemes: [
    {
      id: 'asana',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-Hook-Signature'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [],
  eventType: [
    { from: 'json', path: 'events.0.resource.resource_type', suffix: [{ from: 'json', path: 'events.0.action' }] },
    { from: 'json', path: 'events.0.action' },
  ],
  headers: [['Content-Type', 'application/json; charset=UTF-8']],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'Hexadecimal digits, from the X-Hook-Secret header of the first request; each webhook has its own',
  samples: [
    {
      name: 'task.changed',
      contentType: 'application/json; charset=UTF-8',
      body:
        '{"events":[{"user":{"gid":"1200000000000001","resource_type":"user"},"created_at":"{{now}}",' +
        '"action":"changed","resource":{"gid":"1200000000000002","resource_type":"task","resource_subtype":"default_task"},' +
        '"parent":null,"change":{"field":"due_at","action":"changed"}}]}',
    },
    {
      name: 'story.added',
      contentType: 'application/json; charset=UTF-8',
      body:
        '{"events":[{"user":{"gid":"1200000000000001","resource_type":"user"},"created_at":"{{now}}",' +
        '"action":"added","resource":{"gid":"1200000000000003","resource_type":"story","resource_subtype":"comment_added"},' +
        '"parent":{"gid":"1200000000000002","resource_type":"task","resource_subtype":"default_task"}}]}',
    },
  ],
  handshakes: [
    {
      name: 'X-Hook-Secret',
      method: 'POST',
      conditions: [{ from: 'header', name: 'X-Hook-Secret' }],
      signature: 'unsigned',
      answer: { kind: 'echo-header', from: 'X-Hook-Secret', to: 'X-Hook-Secret', headers: [] },
      holdsSecret: true,
      brings: { from: 'header', name: 'X-Hook-Secret' },
    },
  ],
  retry: { summary: 'Repeats for up to 24 hours, then gives up.', timeoutSeconds: 10 },
  notes: [
    'The secret comes once, in the handshake’s X-Hook-Secret header: save it from there.',
    'An empty events list is a heartbeat: it is signed and wants 2xx.',
    'Events have no id, and one delivery can hold several; Hookbench names it after the first.',
  ],
});
