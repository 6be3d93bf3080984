// The generic scheme: an HMAC of the raw body in a header, as most home-made senders do it. Names, encoding and hash
// are settings; an empty header name means that the sender has no such header.

import type { HeaderPair } from '../headers.ts';
import type { GenericOptions } from '../workspace.ts';
import { defineProvider } from './define.ts';
import type { ProviderDefinition, SchemeDefinition } from './define.ts';

/** The documented defaults; the same as the schema's. */
export const genericDefaults: GenericOptions = {
  signatureHeader: 'X-Webhook-Signature',
  timestampHeader: 'X-Webhook-Timestamp',
  eventHeader: 'X-Webhook-Event',
  deliveryHeader: 'X-Webhook-Delivery',
  encoding: 'hex',
  algorithm: 'sha256',
  prefix: '',
};

/**
 * The generic provider with these names and encodings. The timestamp is ISO 8601 (Unix seconds or milliseconds are
 * read as well), must be within 5 minutes, and is not signed.
 */
export function genericProvider(options: GenericOptions): ProviderDefinition {
  return defineProvider({
    id: 'generic',
    name: 'Generic HMAC',
    docsUrl: 'https://en.wikipedia.org/wiki/HMAC',
    detect: [options.signatureHeader.toLowerCase()],
    detectPriority: -10,
    schemes: [genericScheme(options)],
    deliveryId: headerSource(options.deliveryHeader),
    eventType: [...headerSource(options.eventHeader), { from: 'json', path: 'type' }, { from: 'json', path: 'event' }],
    headers: [
      ['Content-Type', 'application/json'],
      ...headerTemplate(options.eventHeader, '{{event}}'),
      ...headerTemplate(options.deliveryHeader, '{{id}}'),
    ],
    secretForm: { prefix: '', encoding: 'hex' },
    secretHint: 'Any text that the sender and the receiver share',
    samples,
    retry: null,
    notes: [
      'The time stamp is not signed: an old request with a fresh time passes, and only the delivery id can catch it.',
    ],
  });
}

function genericScheme(options: GenericOptions): SchemeDefinition {
  const scheme: SchemeDefinition = {
    id: 'generic',
    algorithm: { kind: 'hmac', hash: options.algorithm },
    encoding: options.encoding,
    secretType: 'utf8',
    recipe: [{ kind: 'body' }],
    signatureHeaders: [options.signatureHeader],
    format: { kind: 'value', prefix: options.prefix },
  };
  if (options.timestampHeader === '') return scheme;
  return {
    ...scheme,
    timestamp: {
      headers: [options.timestampHeader],
      unit: 'iso',
      toleranceSeconds: 300,
      direction: 'both',
      signed: false,
    },
  };
}

function headerSource(name: string): ProviderDefinition['deliveryId'] {
  return name === '' ? [] : [{ from: 'header', name }];
}

function headerTemplate(name: string, value: string): HeaderPair[] {
  return name === '' ? [] : [[name, value]];
}

const samples: ProviderDefinition['samples'] = [
  {
    name: 'order.created',
    contentType: 'application/json',
    body: `{
  "event": "order.created",
  "createdAt": "{{now}}",
  "data": {
    "id": "{{uuid}}",
    "customer": "ada@example.test",
    "total": "49.00",
    "currency": "EUR"
  }
}`,
  },
  {
    name: 'order.cancelled',
    contentType: 'application/json',
    body: `{
  "event": "order.cancelled",
  "createdAt": "{{now}}",
  "data": {
    "id": "{{uuid}}",
    "reason": "customer changed their mind",
    "refunded": true
  }
}`,
  },
];

/** The generic provider with the default names. */
export const generic = genericProvider(genericDefaults);
