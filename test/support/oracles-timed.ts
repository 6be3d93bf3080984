// Packages of providers that sign a time together with the body.

import { field, fields, mac, posted } from './oracles.ts';
import type { Judge, Making, Oracle } from './oracles.ts';

const texts = ['compact', 'emoji', 'CRLF'] as const;
const bytes = [...texts, 'not UTF-8'] as const;

/** `t=...,v1=...` with another header's name and unit: Stripe's package signs what Mux and Calendly check. */
async function stripeHeader({ body, keys }: Making, timestamp: number): Promise<string> {
  const { Stripe } = await import('stripe');
  const payload = body.toString();
  return new Stripe('sk_test_not_used').webhooks.generateTestHeaderString({ payload, secret: keys.shown, timestamp });
}

async function stripe(header: string, tolerance: number): Promise<Judge> {
  const { Stripe } = await import('stripe');
  const { webhooks } = new Stripe('sk_test_not_used');
  return {
    accepts: (request, { shown }) =>
      webhooks.constructEvent(request.body, field(request, header), shown, tolerance) !== undefined,
    makes: async (making) => posted(making, { [header]: await stripeHeader(making, making.now / 1_000) }),
  };
}

async function hubspot(version: 'v1' | 'v2' | 'v3'): Promise<Judge> {
  const { Signature } = await import('@hubspot/api-client');
  return {
    accepts(request, { shown }) {
      const sent = fields(request);
      const v3 = version === 'v3';
      return Signature.isValid({
        signature: (v3 ? sent['x-hubspot-signature-v3'] : sent['x-hubspot-signature']) ?? '',
        clientSecret: shown,
        requestBody: request.body.toString(),
        signatureVersion: version,
        url: request.url,
        method: request.method,
        ...(v3 ? { timestamp: Number(sent['x-hubspot-request-timestamp']) } : {}),
      });
    },
    makes(making) {
      const signature = Signature.getSignature('POST', version, {
        signature: '',
        clientSecret: making.keys.shown,
        requestBody: making.body.toString(),
        url: making.url,
        timestamp: making.now,
      });
      return posted(
        making,
        version === 'v3'
          ? { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': `${making.now}` }
          : { 'x-hubspot-signature': signature, 'x-hubspot-signature-version': version },
      );
    },
  };
}

async function slack(): Promise<Judge> {
  const { verifySlackRequest } = await import('@slack/bolt');
  return {
    accepts(request, { shown }) {
      const headers = {
        'x-slack-signature': field(request, 'x-slack-signature'),
        'x-slack-request-timestamp': Number(field(request, 'x-slack-request-timestamp')),
      };
      verifySlackRequest({ signingSecret: shown, body: request.body.toString(), headers });
      return true;
    },
    async makes(making) {
      const seconds = `${making.now / 1_000}`;
      return posted(making, {
        'x-slack-request-timestamp': seconds,
        'x-slack-signature': `v0=${await mac('sha256', making.keys.shown, [`v0:${seconds}:`, making.body])}`,
      });
    },
  };
}

const slackOracle = {
  provider: 'slack',
  scheme: 'slack-v0',
  package: '@slack/bolt',
  by: 'provider',
  maker: 'x-hub-signature',
  bare: true,
  limit: 300,
  future: 'accepts',
  futureDiffers: 'Slack’s page asks for five minutes in both directions; its package looks at age only',
  load: slack,
} as const;

const hubspotOracle = {
  provider: 'hubspot',
  package: '@hubspot/api-client',
  by: 'provider',
  maker: '@hubspot/api-client',
  bodies: texts,
} as const;

/** Providers whose signature holds a time. */
export const timedOracles: readonly Oracle[] = [
  {
    provider: 'stripe',
    scheme: 'stripe-v1',
    package: 'stripe',
    by: 'provider',
    maker: 'stripe',
    bodies: texts,
    limit: 300,
    future: 'accepts',
    load: () => stripe('stripe-signature', 300),
  },
  {
    provider: 'calendly',
    scheme: 'calendly',
    // Calendly publishes none; its header has Stripe's form.
    package: 'stripe',
    by: 'others',
    maker: 'stripe',
    bodies: texts,
    limit: 180,
    future: 'accepts',
    load: () => stripe('calendly-webhook-signature', 180),
  },
  { ...slackOracle, bodies: texts },
  { ...slackOracle, sample: '/deploy', bodies: [] },
  {
    provider: 'paddle',
    scheme: 'paddle-h1',
    package: '@paddle/paddle-node-sdk',
    by: 'provider',
    maker: 'x-hub-signature',
    bare: true,
    bodies: texts,
    limit: 5,
    future: 'accepts',
    load: async () => {
      const { Paddle } = await import('@paddle/paddle-node-sdk');
      const { webhooks } = new Paddle('pdl_not_used');
      return {
        accepts: (request, { shown }) =>
          webhooks.isSignatureValid(request.body.toString(), shown, field(request, 'paddle-signature')),
        async makes(making) {
          const seconds = `${making.now / 1_000}`;
          const signature = await mac('sha256', making.keys.shown, [`${seconds}:`, making.body]);
          return posted(making, { 'paddle-signature': `ts=${seconds};h1=${signature}` });
        },
      };
    },
  },
  {
    provider: 'workos',
    scheme: 'workos',
    package: '@workos-inc/node',
    by: 'provider',
    maker: '@workos-inc/node',
    // It takes the parsed body and writes it again: other white space is judged apart, as a quirk.
    bodies: ['compact', 'emoji'],
    limit: 180,
    future: 'accepts',
    load: async () => {
      const { WorkOS } = await import('@workos-inc/node');
      const { webhooks } = new WorkOS('sk_test_not_used');
      return {
        async accepts(request, { shown }) {
          const payload = JSON.parse(request.body.toString()) as Record<string, unknown>;
          const sigHeader = field(request, 'workos-signature');
          return (await webhooks.constructEvent({ payload, sigHeader, secret: shown })) !== undefined;
        },
        async makes(making) {
          const payload: unknown = JSON.parse(making.body.toString());
          const signature = await webhooks.computeSignature(making.now, payload, making.keys.shown);
          return posted(making, { 'workos-signature': `t=${making.now}, v1=${signature}` });
        },
      };
    },
  },
  {
    provider: 'mux',
    scheme: 'mux',
    package: '@mux/mux-node',
    by: 'provider',
    maker: 'stripe',
    bodies: texts,
    limit: 300,
    future: 'accepts',
    load: async () => {
      const { Mux } = await import('@mux/mux-node');
      const { webhooks } = new Mux({ tokenId: 'not-used', tokenSecret: 'not-used' });
      return {
        async accepts(request, { shown }) {
          await webhooks.verifySignature(request.body.toString(), fields(request), shown);
          return true;
        },
        makes: async (making) => posted(making, { 'mux-signature': await stripeHeader(making, making.now / 1_000) }),
      };
    },
  },
  {
    provider: 'sanity',
    scheme: 'sanity',
    package: '@sanity/webhook',
    by: 'provider',
    maker: '@sanity/webhook',
    bodies: texts,
    limit: null,
    load: async () => {
      const { encodeSignatureHeader, isValidSignature } = await import('@sanity/webhook');
      const header = 'sanity-webhook-signature';
      return {
        accepts: (request, { shown }) => isValidSignature(request.body.toString(), field(request, header), shown),
        makes: async (making) =>
          posted(making, {
            [header]: await encodeSignatureHeader(making.body.toString(), making.now, making.keys.shown),
          }),
      };
    },
  },
  {
    provider: 'contentful',
    scheme: 'contentful-canonical',
    package: '@contentful/node-apps-toolkit',
    by: 'provider',
    maker: '@contentful/node-apps-toolkit',
    bodies: texts,
    limit: 30,
    exclusive: true,
    future: 'accepts',
    // How its package writes a query is judged apart, as a quirk.
    url: 'https://hooks.example.test/in/contentful',
    load: async () => {
      const { signRequest, verifyRequest } = await import('@contentful/node-apps-toolkit');
      return {
        accepts: (request, { shown }) =>
          verifyRequest(shown, {
            method: 'POST',
            path: request.url.replace('https://hooks.example.test', ''),
            headers: fields(request),
            body: request.body.toString(),
          }),
        makes(making) {
          const headers = {
            'content-type': 'application/vnd.contentful.management.v1+json',
            'x-contentful-topic': 'ContentManagement.Entry.publish',
          };
          const path = new URL(making.url).pathname;
          const canonical = { method: 'POST', path, headers, body: making.body.toString() } as const;
          return posted(making, { ...headers, ...signRequest(making.keys.shown, canonical, making.now) });
        },
      };
    },
  },
  { ...hubspotOracle, scheme: 'hubspot-v1', load: () => hubspot('v1') },
  { ...hubspotOracle, scheme: 'hubspot-v2', load: () => hubspot('v2') },
  { ...hubspotOracle, scheme: 'hubspot-v3', limit: 300, future: 'accepts', load: () => hubspot('v3') },
  {
    provider: 'linear',
    scheme: 'linear',
    package: '@linear/sdk',
    by: 'provider',
    maker: 'x-hub-signature',
    bare: true,
    bodies: bytes,
    limit: 60,
    future: 'refuses',
    load: async () => {
      const { LinearWebhookClient } = await import('@linear/sdk/webhooks');
      return {
        accepts: (request, { shown }) =>
          new LinearWebhookClient(shown).verify(request.body, field(request, 'linear-signature')),
        makes: async (making) =>
          posted(making, { 'linear-signature': await mac('sha256', making.keys.shown, [making.body]) }),
      };
    },
  },
];
