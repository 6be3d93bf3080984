// HubSpot (developers.hubspot.com, request validation) has three versions. v1 and v2 share a header and are plain
// hashes with the secret in front; `X-HubSpot-Signature-Version` tells them apart. v3 is an HMAC with a time, in a
// header of its own, over the URL with some of its escapes undone.

import { defineProvider } from './define.ts';

const hashed = {
  algorithm: { kind: 'hash', hash: 'sha256' },
  encoding: 'hex',
  secretType: 'utf8',
  signatureHeaders: ['X-HubSpot-Signature'],
  format: { kind: 'value', prefix: '' },
} as const;

const versionHeader = 'X-HubSpot-Signature-Version';

/** HubSpot app webhooks. */
export const hubspot = defineProvider({
  id: 'hubspot',
  name: 'HubSpot',
  docsUrl: 'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation',
  detect: ['x-hubspot-signature-v3', 'x-hubspot-signature', 'x-hubspot-request-timestamp'],
  schemes: [
    {
      id: 'hubspot-v3',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [
        { kind: 'method' },
        {
          kind: 'url',
          unescape: ['%3A', '%2F', '%3F', '%40', '%21', '%24', '%27', '%28', '%29', '%2A', '%2C', '%3B'],
        },
        { kind: 'body' },
        { kind: 'timestamp' },
      ],
      signatureHeaders: ['X-HubSpot-Signature-v3'],
      format: { kind: 'value', prefix: '' },
      timestamp: {
        headers: ['X-HubSpot-Request-Timestamp'],
        unit: 'milliseconds',
        toleranceSeconds: 300,
        direction: 'age',
        signed: true,
      },
    },
    {
      ...hashed,
      id: 'hubspot-v2',
      recipe: [{ kind: 'secret' }, { kind: 'method' }, { kind: 'url' }, { kind: 'body' }],
      conditions: [{ from: 'header', name: versionHeader, value: 'v2' }],
      caveat: 'Version 2 covers no time; refuse it where your app is given version 3.',
      headers: [[versionHeader, 'v2']],
    },
    {
      ...hashed,
      id: 'hubspot-v1',
      recipe: [{ kind: 'secret' }, { kind: 'body' }],
      conditions: [{ from: 'header', name: versionHeader, value: 'v1' }],
      caveat: 'Version 1 covers neither method nor address nor time; refuse it where your app is given version 3.',
      headers: [[versionHeader, 'v1']],
    },
  ],
  deliveryId: [{ from: 'json', path: '0.eventId' }],
  eventType: [{ from: 'json', path: '0.subscriptionType' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['Accept', '*/*'],
    ['User-Agent', 'HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebHooks'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The app’s client secret, from your developer account, Apps, your app, Auth',
  samples: [
    {
      name: 'contact.creation',
      contentType: 'application/json',
      body:
        '[{"eventId":{{unix}},"subscriptionId":1000001,"portalId":2000001,"appId":3000001,"occurredAt":{{unixMs}},' +
        '"subscriptionType":"contact.creation","attemptNumber":0,"objectId":401,"changeFlag":"CREATED",' +
        '"changeSource":"CRM_UI","sourceId":"userId:5000001"}]',
    },
    {
      name: 'contact.propertyChange',
      contentType: 'application/json',
      body:
        '[{"eventId":{{unix}},"subscriptionId":1000002,"portalId":2000001,"appId":3000001,"occurredAt":{{unixMs}},' +
        '"subscriptionType":"contact.propertyChange","attemptNumber":0,"objectId":401,"propertyName":"firstname",' +
        '"propertyValue":"Ada","changeSource":"CRM_UI","sourceId":"userId:5000001"},{"eventId":{{unixMs}},' +
        '"subscriptionId":1000002,"portalId":2000001,"appId":3000001,"occurredAt":{{unixMs}},' +
        '"subscriptionType":"contact.propertyChange","attemptNumber":0,"objectId":402,"propertyName":"firstname",' +
        '"propertyValue":"Bob","changeSource":"CRM_UI","sourceId":"userId:5000001"}]',
    },
    {
      name: 'deal.deletion',
      contentType: 'application/json',
      body:
        '[{"eventId":{{unix}},"subscriptionId":1000003,"portalId":2000001,"appId":3000001,"occurredAt":{{unixMs}},' +
        '"subscriptionType":"deal.deletion","attemptNumber":0,"objectId":501,"changeFlag":"DELETED",' +
        '"changeSource":"CRM_UI","sourceId":"userId:5000001"}]',
    },
  ],
  retry: {
    summary: 'Up to 10 times over 24 hours, at varying intervals; attemptNumber in each event counts them.',
    timeoutSeconds: 5,
  },
  notes: [
    'v1 and v2 are plain SHA-256 over the secret and the request, not an HMAC.',
    'v3 signs the URL with twelve escapes undone (%3A, %2F and others), and all others left as they are.',
    'v2 and v3 sign the public URL: behind a proxy, give the endpoint that URL.',
    'Where v3 is sent, it decides: a right v1 must not save a wrong v3.',
    'One request holds a list of up to 100 events; the first one names the request here.',
  ],
});
