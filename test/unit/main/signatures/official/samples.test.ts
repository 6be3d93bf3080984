// A sample is worth sending only when the receiver's handler gets an event out of it. Where a provider's own package
// reads the event besides checking the signature, every sample goes through that reader, signed as the app signs it.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ready } from '../../../../support/oracles-all.ts';
import { envelope } from '../../../../support/oracles-standard-webhooks.ts';
import { bodyOf, field, fields, now, providerOf, signedByUs, webRequest } from '../../../../support/oracles.ts';
import type { Wire } from '../../../../support/oracles.ts';

beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A package that reads events. */
interface Reader {
  readonly provider: string;
  readonly package: string;
  /** The event as the package gives it to a handler. Throws where it refuses the signature or cannot read the body. */
  reads(request: Wire, secret: string): unknown;
  /** Members that together make the name of the event type. */
  readonly type: readonly string[];
  /** Paths that the package looks for although the provider need not send them. */
  readonly optional?: readonly string[];
}

/** Messages of the family, whose reference packages give the parsed body. */
const readsStandard =
  (name: 'svix' | 'standardwebhooks', family: 'svix' | 'webhook') =>
  async (request: Wire, secret: string): Promise<unknown> => {
    const { Webhook } = name === 'svix' ? await import('svix') : await import('standardwebhooks');
    return new Webhook(secret).verify(request.body.toString(), envelope(request, family));
  };

const readers: readonly Reader[] = [
  {
    provider: 'stripe',
    package: 'stripe',
    type: ['type'],
    async reads(request, secret) {
      const { Stripe } = await import('stripe');
      const { webhooks } = new Stripe('sk_test_not_used');
      return webhooks.constructEvent(request.body, field(request, 'stripe-signature'), secret);
    },
  },
  {
    provider: 'paddle',
    package: '@paddle/paddle-node-sdk',
    type: ['eventType'],
    async reads(request, secret) {
      const { GenericEvent, Paddle } = await import('@paddle/paddle-node-sdk');
      const { webhooks } = new Paddle('pdl_not_used');
      const event = await webhooks.unmarshal(request.body.toString(), secret, field(request, 'paddle-signature'));
      // What it does not know, it does not read.
      expect(event).not.toBeInstanceOf(GenericEvent);
      return event;
    },
  },
  {
    provider: 'polar',
    package: '@polar-sh/sdk',
    type: ['type'],
    async reads(request, secret) {
      const { validateEvent } = await import('@polar-sh/sdk/webhooks');
      return validateEvent(request.body.toString(), envelope(request, 'webhook'), secret);
    },
  },
  {
    provider: 'workos',
    package: '@workos-inc/node',
    type: ['event'],
    // The first is optional in the package's own types; the provider's page shows directory users without the second.
    optional: ['event.context', 'event.data.rawAttributes'],
    async reads(request, secret) {
      const { WorkOS } = await import('@workos-inc/node');
      const payload = JSON.parse(request.body.toString()) as Record<string, unknown>;
      const sigHeader = field(request, 'workos-signature');
      return new WorkOS('sk_test_not_used').webhooks.constructEvent({ payload, sigHeader, secret });
    },
  },
  {
    provider: 'mux',
    package: '@mux/mux-node',
    type: ['type'],
    async reads(request, secret) {
      const { Mux } = await import('@mux/mux-node');
      const { webhooks } = new Mux({ tokenId: 'not-used', tokenSecret: 'not-used' });
      return webhooks.unwrap(request.body.toString(), fields(request), secret);
    },
  },
  {
    provider: 'linear',
    package: '@linear/sdk',
    type: ['type', 'action'],
    async reads(request, secret) {
      const { LinearWebhookClient } = await import('@linear/sdk/webhooks');
      return new LinearWebhookClient(secret).parseData(request.body, field(request, 'linear-signature'));
    },
  },
  {
    provider: 'coinbase-commerce',
    package: 'coinbase-commerce-node',
    type: ['type'],
    async reads(request, secret) {
      const { default: commerce } = await import('coinbase-commerce-node');
      const signature = field(request, 'x-cc-webhook-signature');
      return commerce.Webhook.verifyEventBody(request.body.toString(), signature, secret);
    },
  },
  {
    provider: 'clerk',
    package: '@clerk/backend',
    type: ['type'],
    async reads(request, secret) {
      const { verifyWebhook } = await import('@clerk/backend/webhooks');
      return verifyWebhook(webRequest(request), { signingSecret: secret });
    },
  },
  {
    provider: 'resend',
    package: 'resend',
    type: ['type'],
    async reads(request, secret) {
      const { Resend } = await import('resend');
      const headers = {
        id: field(request, 'svix-id'),
        timestamp: field(request, 'svix-timestamp'),
        signature: field(request, 'svix-signature'),
      };
      const payload = request.body.toString();
      return new Resend('re_not_used').webhooks.verify({ payload, headers, webhookSecret: secret });
    },
  },
  {
    provider: 'openai',
    package: 'openai',
    type: ['type'],
    async reads(request, secret) {
      const { OpenAI } = await import('openai');
      const { webhooks } = new OpenAI({ apiKey: 'sk-not-used' });
      return webhooks.unwrap(request.body.toString(), fields(request), secret);
    },
  },
  { provider: 'svix', package: 'svix', type: ['type'], reads: readsStandard('svix', 'svix') },
  {
    provider: 'standard-webhooks',
    package: 'standardwebhooks',
    type: ['type'],
    reads: readsStandard('standardwebhooks', 'webhook'),
  },
];

describe.each(readers)(
  '$package reads every sample of $provider',
  ({ provider, package: name, type, optional, reads }) => {
    const samples = providerOf({ provider }).samples.map((sample) => sample.name);

    it.each(samples)('%s', { timeout: 60_000 }, async (sample) => {
      const { oracle, keys } = await ready(provider, { package: name });
      const chosen = { ...oracle, sample };
      const event = await reads(signedByUs(chosen, keys, bodyOf(chosen, 'sample')), keys.shown);
      expect(type.map((member) => (event as Record<string, unknown>)[member]).join('.')).toBe(sample);
      expect(missingIn(event).filter((path) => !optional?.includes(path))).toEqual([]);
    });
  },
);

/** Dotted paths of what the package looked for in the body and did not find. */
function missingIn(value: unknown, path = 'event'): readonly string[] {
  if (value === undefined) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => missingIn(member, `${path}.${key}`));
}
