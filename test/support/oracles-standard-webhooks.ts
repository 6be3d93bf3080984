// Packages of the Standard Webhooks family. All sign and check one form; they differ in the names of the headers and in
// how the secret becomes a key.

import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { field, fields, posted, webRequest } from './oracles.ts';
import type { Judge, Keys, Making, Oracle, Wire } from './oracles.ts';

type Family = 'webhook' | 'svix';

/** The three headers, for packages that take nothing else. */
export function envelope(request: Wire, family: Family): Record<string, string> {
  const names = ['id', 'timestamp', 'signature'].map((part) => `${family}-${part}`);
  return Object.fromEntries(names.map((name) => [name, field(request, name)]));
}

/** A message signed by `standardwebhooks`, which takes base64 with or without `whsec_`. */
async function signedByReference(making: Making, family: Family, secret: string): Promise<Wire> {
  const { Webhook } = await import('standardwebhooks');
  return withEnvelope(making, family, new Webhook(secret).sign(making.id, new Date(making.now), text(making.body)));
}

/** A message signed by Svix's own package. */
async function signedBySvix(making: Making, family: Family): Promise<Wire> {
  const { Webhook } = await import('svix');
  const signature = new Webhook(making.keys.shown).sign(making.id, new Date(making.now), text(making.body));
  return withEnvelope(making, family, signature);
}

function withEnvelope(making: Making, family: Family, signature: string): Wire {
  return posted(making, {
    [`${family}-id`]: making.id,
    [`${family}-timestamp`]: `${making.now / 1_000}`,
    [`${family}-signature`]: signature,
  });
}

function text(body: Buffer): string {
  return body.toString();
}

const texts = ['compact', 'emoji', 'CRLF'] as const;
const timed = { limit: 300, future: 'refuses', bodies: texts } as const;
const v1 = { ...timed, scheme: 'standard-webhooks-v1' } as const;

async function reference(): Promise<Judge> {
  const { Webhook } = await import('standardwebhooks');
  return {
    accepts: (request, { shown }) =>
      new Webhook(shown.replace(/^v1,/, '')).verify(text(request.body), envelope(request, 'webhook')) !== undefined,
    makes: (making) => signedByReference(making, 'webhook', making.keys.shown.replace(/^v1,/, '')),
  };
}

async function ed25519Keys(n: number): Promise<Keys> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = (key: typeof privateKey, type: 'pkcs8' | 'spki'): string =>
    key
      .export({ format: 'der', type: type as 'pkcs8' })
      .subarray(-32)
      .toString('base64');
  const shown = `whpk_${raw(publicKey, 'spki')}`;
  const name = `test key ${n}`;
  return { signing: { name, value: `whsk_${raw(privateKey, 'pkcs8')}` }, checking: { name, value: shown }, shown };
}

/** Standard Webhooks, and the providers that use it. */
export const standardWebhooksOracles: readonly Oracle[] = [
  {
    ...v1,
    provider: 'standard-webhooks',
    package: 'standardwebhooks',
    by: 'provider',
    maker: 'standardwebhooks',
    load: reference,
  },
  {
    provider: 'standard-webhooks',
    scheme: 'standard-webhooks-v1a',
    // No package knows v1a: these two serve as engines for Ed25519. Neither looks at the time.
    package: 'discord-interactions',
    by: 'others',
    maker: 'http-message-signatures',
    bare: true,
    keys: ed25519Keys,
    bodies: [...texts, 'not UTF-8'],
    load: async () => {
      const { verifyKey } = await import('discord-interactions');
      const { createSigner } = await import('http-message-signatures');
      return {
        accepts(request, { shown }) {
          const sent = envelope(request, 'webhook');
          const [version, signature = ''] = (sent['webhook-signature'] ?? '').split(',');
          const before = `${sent['webhook-id']}.${sent['webhook-timestamp']}.`;
          const hex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');
          return version === 'v1a' && verifyKey(request.body, hex(signature), before, hex(shown.slice(5)));
        },
        async makes(making) {
          const der = Buffer.from(making.keys.signing.value.slice(5), 'base64');
          const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
          const key = createPrivateKey({ key: Buffer.concat([prefix, der]), format: 'der', type: 'pkcs8' });
          const signed = Buffer.concat([Buffer.from(`${making.id}.${making.now / 1_000}.`), making.body]);
          const signature = await createSigner(key, 'ed25519').sign(signed);
          return withEnvelope(making, 'webhook', `v1a,${signature.toString('base64')}`);
        },
      };
    },
  },
  {
    ...v1,
    provider: 'svix',
    package: 'svix',
    by: 'provider',
    maker: 'svix',
    load: async () => {
      const { Webhook } = await import('svix');
      return {
        accepts: (request, { shown }) =>
          new Webhook(shown).verify(text(request.body), envelope(request, 'svix')) !== undefined,
        makes: (making) => signedBySvix(making, 'svix'),
      };
    },
  },
  {
    ...v1,
    provider: 'clerk',
    package: '@clerk/backend',
    by: 'provider',
    maker: 'svix',
    load: async () => {
      const { verifyWebhook } = await import('@clerk/backend/webhooks');
      return {
        accepts: async (request, { shown }) =>
          (await verifyWebhook(webRequest(request), { signingSecret: shown })) !== undefined,
        makes: (making) => signedBySvix(making, 'svix'),
      };
    },
  },
  {
    ...v1,
    provider: 'resend',
    package: 'resend',
    by: 'provider',
    maker: 'svix',
    load: async () => {
      const { Resend } = await import('resend');
      const { webhooks } = new Resend('re_not_used');
      return {
        accepts(request, { shown }) {
          const headers = {
            id: field(request, 'svix-id'),
            timestamp: field(request, 'svix-timestamp'),
            signature: field(request, 'svix-signature'),
          };
          return webhooks.verify({ payload: text(request.body), headers, webhookSecret: shown }) !== undefined;
        },
        makes: (making) => signedBySvix(making, 'svix'),
      };
    },
  },
  {
    ...v1,
    provider: 'openai',
    package: 'openai',
    by: 'provider',
    maker: 'standardwebhooks',
    load: async () => {
      const { OpenAI } = await import('openai');
      const { webhooks } = new OpenAI({ apiKey: 'sk-not-used' });
      return {
        accepts: async (request, { shown }) =>
          (await webhooks.unwrap(text(request.body), fields(request), shown)) !== undefined,
        makes: (making) => signedByReference(making, 'webhook', making.keys.shown),
      };
    },
  },
  {
    ...timed,
    provider: 'polar',
    scheme: 'standard-webhooks-v1-utf8-secret',
    package: '@polar-sh/sdk',
    by: 'provider',
    maker: 'standardwebhooks',
    load: async () => {
      const { validateEvent, WebhookVerificationError } = await import('@polar-sh/sdk/webhooks');
      return {
        accepts(request, { shown }) {
          try {
            validateEvent(text(request.body), envelope(request, 'webhook'), shown);
          } catch (error) {
            // What it says about the event's own members comes after the signature and is not asked here.
            if (error instanceof WebhookVerificationError) return false;
            if (!(error instanceof Error) || error.constructor.name !== 'SDKValidationError') throw error;
          }
          return true;
        },
        // The text of the secret is the key, so it goes in as base64 to come out as itself.
        makes: (making) => signedByReference(making, 'webhook', Buffer.from(making.keys.shown).toString('base64')),
      };
    },
  },
  {
    ...v1,
    provider: 'supabase-auth',
    // The one that Supabase's guide names.
    package: 'standardwebhooks',
    by: 'others',
    maker: 'standardwebhooks',
    load: reference,
  },
  {
    ...v1,
    provider: 'gitlab',
    package: 'standardwebhooks',
    by: 'others',
    maker: 'standardwebhooks',
    load: reference,
  },
  {
    provider: 'gitlab',
    scheme: 'gitlab-token',
    package: '@hookflo/tern',
    by: 'others',
    maker: 'nobody',
    token: true,
    bodies: texts,
    keys: async (n) => {
      const secret = { name: `test key ${n}`, value: `test-token-${n}` };
      return { signing: secret, checking: secret, shown: secret.value };
    },
    load: async () => {
      const { WebhookVerificationService } = await import('@hookflo/tern');
      return {
        accepts: async (request, { shown }) =>
          (await WebhookVerificationService.verifyWithPlatformConfig(webRequest(request), 'gitlab', shown)).isValid,
        makes: (making) => posted(making, { 'x-gitlab-token': making.keys.shown }),
      };
    },
  },
];
