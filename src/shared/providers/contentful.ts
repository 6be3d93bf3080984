// Contentful (contentful.com/developers/docs, request verification): method, path, the headers that the request itself
// lists, and the raw body, each on a line. Signing is off until a secret is set for the space.

import { defineProvider } from './define.ts';

const newline = { kind: 'literal', text: '\n' } as const;
const contentType = 'application/vnd.contentful.management.v1+json';

/** Contentful webhooks. */
export const contentful = defineProvider({
  id: 'contentful',
  name: 'Contentful',
  docsUrl: 'https://www.contentful.com/developers/docs/extensibility/webhooks/request-verification/',
  detect: ['x-contentful-signature', 'x-contentful-topic', 'x-contentful-webhook-name'],
  schemes: [
    {
      id: 'contentful-canonical',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [
        { kind: 'method' },
        newline,
        { kind: 'path' },
        newline,
        { kind: 'signed-headers', list: 'x-contentful-signed-headers' },
        newline,
        { kind: 'body' },
      ],
      signatureHeaders: ['x-contentful-signature'],
      format: { kind: 'value', prefix: '' },
      timestamp: {
        headers: ['x-contentful-timestamp'],
        unit: 'milliseconds',
        toleranceSeconds: 30,
        direction: 'age',
        signed: true,
        exclusive: true,
      },
      headers: [
        [
          'x-contentful-signed-headers',
          'content-type,x-contentful-idempotency-key,x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic',
        ],
      ],
      caveat: 'Headers that x-contentful-signed-headers does not list are not signed.',
    },
  ],
  deliveryId: [{ from: 'header', name: 'x-contentful-idempotency-key' }],
  eventType: [{ from: 'header', name: 'x-contentful-topic' }],
  headers: [
    ['Content-Type', contentType],
    ['X-Contentful-Topic', '{{event}}'],
    ['X-Contentful-Webhook-Name', 'Example webhook'],
    ['X-Contentful-Webhook-Request-Attempt', '1'],
    ['X-Contentful-Event-Datetime', '{{now}}'],
    ['X-Contentful-Idempotency-Key', '{{id}}'],
    ['X-Contentful-CRN', 'crn:contentful:::content:spaces/examplespace/environments/master/entries/ExampleEntry0001'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The space’s signing secret, exactly 64 characters, from Settings, Webhooks, Settings',
  samples: [
    {
      name: 'ContentManagement.Entry.publish',
      contentType,
      body: `{
  "metadata": { "tags": [], "concepts": [] },
  "fields": {
    "title": { "en-US": "Hello ({{uuid}})" },
    "slug": { "en-US": "hello" }
  },
  "sys": {
    "type": "Entry",
    "id": "ExampleEntry0001",
    "space": { "sys": { "type": "Link", "linkType": "Space", "id": "examplespace" } },
    "environment": { "sys": { "id": "master", "type": "Link", "linkType": "Environment" } },
    "contentType": { "sys": { "type": "Link", "linkType": "ContentType", "id": "page" } },
    "createdBy": { "sys": { "type": "Link", "linkType": "User", "id": "ExampleUser0001" } },
    "updatedBy": { "sys": { "type": "Link", "linkType": "User", "id": "ExampleUser0001" } },
    "revision": 1,
    "createdAt": "{{now}}",
    "updatedAt": "{{now}}",
    "publishedCounter": 1,
    "version": 2
  }
}`,
    },
    {
      name: 'ContentManagement.Entry.unpublish',
      contentType,
      body: `{
  "sys": {
    "type": "DeletedEntry",
    "id": "ExampleEntry0001",
    "space": { "sys": { "type": "Link", "linkType": "Space", "id": "examplespace" } },
    "environment": { "sys": { "id": "master", "type": "Link", "linkType": "Environment" } },
    "contentType": { "sys": { "type": "Link", "linkType": "ContentType", "id": "page" } },
    "revision": 1,
    "createdAt": "{{now}}",
    "updatedAt": "{{now}}",
    "deletedAt": "{{now}}"
  }
}`,
    },
    {
      name: 'ContentManagement.Asset.publish',
      contentType,
      body: `{
  "fields": {
    "title": { "en-US": "A picture ({{uuid}})" },
    "file": {
      "en-US": {
        "fileName": "example.png",
        "contentType": "image/png",
        "details": { "size": 1024, "image": { "width": 16, "height": 16 } },
        "url": "//images.example.test/examplespace/example.png"
      }
    }
  },
  "sys": {
    "type": "Asset",
    "id": "ExampleAsset0001",
    "space": { "sys": { "type": "Link", "linkType": "Space", "id": "examplespace" } },
    "environment": { "sys": { "id": "master", "type": "Link", "linkType": "Environment" } },
    "revision": 1,
    "createdAt": "{{now}}",
    "updatedAt": "{{now}}"
  }
}`,
    },
  ],
  retry: {
    summary: 'Twice, 30 seconds apart; on some plans a custom policy allows up to 99 over about a day.',
    delaysSeconds: [30, 30],
    timeoutSeconds: 30,
  },
  notes: [
    'The limit is 30 seconds; at exactly 30 a request is refused. A tolerance of 0 in Contentful’s library means no check.',
    'The listed headers are lower-cased and sorted, and include the timestamp and the list itself.',
    'The path is signed with its query as it is encoded in the request.',
    'Nothing is signed before a secret is set for the space.',
  ],
});
