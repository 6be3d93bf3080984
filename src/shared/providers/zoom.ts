// Zoom (developers.zoom.us/docs/api/webhooks): Slack's construction with Zoom's header names. The URL is validated
// when it is saved and every 72 hours after that, by a challenge whose answer needs the secret.

import { defineProvider } from './define.ts';

/** Zoom webhooks. */
export const zoom = defineProvider({
  id: 'zoom',
  name: 'Zoom',
  docsUrl: 'https://developers.zoom.us/docs/api/webhooks/',
  detect: ['x-zm-signature', 'x-zm-request-timestamp', 'x-zm-trackingid'],
  schemes: [
    {
      id: 'zoom-v0',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [
        { kind: 'literal', text: 'v0:' },
        { kind: 'timestamp' },
        { kind: 'literal', text: ':' },
        { kind: 'body' },
      ],
      signatureHeaders: ['x-zm-signature'],
      format: { kind: 'value', prefix: 'v0=' },
      timestamp: {
        headers: ['x-zm-request-timestamp'],
        unit: 'seconds',
        toleranceSeconds: 300,
        direction: 'both',
        signed: true,
      },
    },
  ],
  deliveryId: [{ from: 'header', name: 'x-zm-trackingid' }],
  eventType: [{ from: 'json', path: 'event' }],
  headers: [
    ['Content-Type', 'application/json; charset=utf-8'],
    ['User-Agent', 'Zoom Marketplace/1.0a'],
    ['clientid', 'ExampleClientId0000001'],
    ['x-zm-trackingid', '{{id}}'],
  ],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint:
    'The “Secret Token” from the Zoom App Marketplace, your app, Features, Access; not the verification token',
  samples: [
    {
      name: 'meeting.started',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"payload":{"account_id":"ExampleAccountId000001","object":{"duration":0,"start_time":"{{now}}",' +
        '"timezone":"Europe/Berlin","topic":"A test meeting","id":"90000000001","type":2,"uuid":"{{uuid}}",' +
        '"host_id":"ExampleHostId000000001"}},"event_ts":{{unixMs}},"event":"meeting.started"}',
    },
    {
      name: 'meeting.participant_joined',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"payload":{"account_id":"ExampleAccountId000001","object":{"duration":60,"start_time":"{{now}}",' +
        '"timezone":"Europe/Berlin","topic":"A test meeting","id":"90000000001","type":2,"uuid":"{{uuid}}",' +
        '"participant":{"user_id":"16778240","user_name":"Ada Example","participant_uuid":"ExampleParticipant0001",' +
        '"join_time":"{{now}}","email":"ada@example.test"},"host_id":"ExampleHostId000000001"}},' +
        '"event_ts":{{unixMs}},"event":"meeting.participant_joined"}',
    },
    {
      name: 'endpoint.url_validation',
      contentType: 'application/json; charset=utf-8',
      body: '{"payload":{"plainToken":"{{uuid}}"},"event_ts":{{unixMs}},"event":"endpoint.url_validation"}',
    },
  ],
  handshakes: [
    {
      name: 'endpoint.url_validation',
      method: 'POST',
      conditions: [
        { from: 'json', path: 'event', value: 'endpoint.url_validation' },
        { from: 'json', path: 'payload.plainToken' },
      ],
      signature: 'checked',
      answer: {
        kind: 'hmac-json',
        source: { from: 'json', path: 'payload.plainToken' },
        plain: 'plainToken',
        hashed: 'encryptedToken',
      },
    },
  ],
  retry: {
    summary: 'Three times: after 5 minutes, then 20 minutes, then 60 minutes.',
    delaysSeconds: [300, 1_200, 3_600],
    timeoutSeconds: 3,
  },
  notes: [
    'The raw body is signed; Zoom’s own library writes the JSON anew first, and fails where the layout differs.',
    'Zoom names no limit for the age; 5 minutes are used here.',
    'The URL is validated again every 72 hours; an endpoint that fails is switched off.',
  ],
});
