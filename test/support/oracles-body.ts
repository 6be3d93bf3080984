// Packages of providers that sign the body, or the URL and the body, and no time.

import { field, mac, posted, webRequest } from './oracles.ts';
import type { Judge, Oracle, Wire } from './oracles.ts';

const texts = ['compact', 'emoji', 'CRLF'] as const;
const bytes = [...texts, 'not UTF-8'] as const;

/** `sha256=...` or `sha1=...`: the package knows no provider, only this form of header. */
async function xHub(hash: 'sha256' | 'sha1', header: string): Promise<Judge> {
  const { default: XHubSignature } = await import('x-hub-signature');
  return {
    accepts: (request, { shown }) => new XHubSignature(hash, shown).verify(field(request, header), request.body),
    makes: (making) => posted(making, { [header]: new XHubSignature(hash, making.keys.shown).sign(making.body) }),
  };
}

const byXHub = { package: 'x-hub-signature', by: 'others', maker: 'x-hub-signature', bodies: bytes } as const;

async function twilio(form: boolean): Promise<Judge> {
  const { default: twilio } = await import('twilio');
  const { getExpectedBodyHash, getExpectedTwilioSignature } = await import('twilio/lib/webhooks/webhooks.js');
  return {
    accepts(request, { shown }) {
      const signature = field(request, 'x-twilio-signature');
      return form
        ? twilio.validateRequest(shown, signature, request.url, fieldsOf(request.body))
        : twilio.validateRequestWithBody(shown, signature, request.url, request.body.toString());
    },
    makes(making): Wire {
      const url = form ? making.url : `${making.url}&bodySHA256=${getExpectedBodyHash(making.body.toString())}`;
      const signed = getExpectedTwilioSignature(making.keys.shown, url, form ? fieldsOf(making.body) : {});
      const contentType = form ? 'application/x-www-form-urlencoded' : 'application/json';
      return posted({ ...making, url }, { 'content-type': contentType, 'x-twilio-signature': signed });
    },
  };
}

/** The fields as a web framework hands them over: a list where a name comes more than once. */
export function fieldsOf(body: Buffer): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(body.toString())) {
    const before = found[name];
    found[name] = before === undefined ? value : [before, value].flat();
  }
  return found;
}

async function adyenStandard(): Promise<Judge> {
  const { hmacValidator: HmacValidator } = await import('@adyen/api-library');
  const validator = new HmacValidator();
  type Item = Parameters<typeof validator.validateHMAC>[0];
  const read = (body: Buffer): { readonly notificationItems: readonly { NotificationRequestItem: Item }[] } =>
    JSON.parse(body.toString()) as ReturnType<typeof read>;
  return {
    accepts: ({ body }, { shown }) =>
      read(body).notificationItems.every((item) => validator.validateHMAC(item.NotificationRequestItem, shown)),
    makes(making) {
      const content = read(making.body);
      for (const { NotificationRequestItem: item } of content.notificationItems) {
        item.additionalData = {
          ...item.additionalData,
          hmacSignature: validator.calculateHmac(item, making.keys.shown),
        };
      }
      return posted({ ...making, body: Buffer.from(JSON.stringify(content)) }, {});
    },
  };
}

/** Providers whose signature holds no time. */
export const bodyOracles: readonly Oracle[] = [
  {
    provider: 'github',
    scheme: 'github-sha256',
    package: '@octokit/webhooks-methods',
    by: 'provider',
    maker: '@octokit/webhooks-methods',
    bodies: texts,
    load: async () => {
      const { sign, verify } = await import('@octokit/webhooks-methods');
      const header = 'x-hub-signature-256';
      return {
        accepts: (request, { shown }) => verify(shown, request.body.toString(), field(request, header)),
        makes: async (making) => posted(making, { [header]: await sign(making.keys.shown, making.body.toString()) }),
      };
    },
  },
  { ...byXHub, provider: 'github', scheme: 'github-sha256', load: () => xHub('sha256', 'x-hub-signature-256') },
  { ...byXHub, provider: 'github', scheme: 'github-sha1', load: () => xHub('sha1', 'x-hub-signature') },
  { ...byXHub, provider: 'bitbucket', scheme: 'bitbucket-sha256', load: () => xHub('sha256', 'x-hub-signature') },
  { ...byXHub, provider: 'meta', scheme: 'meta-sha256', load: () => xHub('sha256', 'x-hub-signature-256') },
  { ...byXHub, provider: 'intercom', scheme: 'intercom-sha1', load: () => xHub('sha1', 'x-hub-signature') },
  {
    provider: 'shopify',
    scheme: 'shopify-base64',
    package: '@shopify/shopify-api',
    by: 'provider',
    maker: 'x-hub-signature',
    bare: true,
    bodies: texts,
    load: async () => {
      await import('@shopify/shopify-api/adapters/web-api');
      const { ApiVersion, LogSeverity, shopifyApi } = await import('@shopify/shopify-api');
      const apiVersion = Object.values(ApiVersion)[0];
      if (apiVersion === undefined) throw new Error('no version');
      return {
        async accepts(request, { shown }) {
          const app = shopifyApi({
            apiKey: 'not-used',
            apiSecretKey: shown,
            hostName: 'app.example.test',
            apiVersion,
            isEmbeddedApp: false,
            logger: { level: LogSeverity.Error },
          });
          const rawBody = request.body.toString();
          const result = await app.webhooks.validate({ rawBody, rawRequest: webRequest(request) });
          return result.valid;
        },
        makes: async (making) =>
          posted(making, {
            'x-shopify-topic': 'orders/create',
            'x-shopify-shop-domain': 'example-shop.myshopify.com',
            'x-shopify-api-version': '2025-10',
            'x-shopify-webhook-id': making.id,
            'x-shopify-hmac-sha256': await mac('sha256', making.keys.shown, [making.body], 'base64'),
          }),
      };
    },
  },
  {
    provider: 'twilio',
    scheme: 'twilio-form',
    package: 'twilio',
    by: 'provider',
    maker: 'twilio',
    bodies: [],
    load: () => twilio(true),
  },
  {
    provider: 'twilio',
    scheme: 'twilio-form',
    package: 'twilio',
    by: 'provider',
    maker: 'twilio',
    // Capitals before small letters, a repeated name, an empty value, text that is not ASCII, and CRLF inside a value.
    own: {
      contentType: 'application/x-www-form-urlencoded',
      body: 'to=%2B1&Body=Gr%C3%BC%C3%9Fe+%F0%9F%AA%9D%0D%0Ax&To=&MediaUrl=b&MediaUrl=a&MediaUrl=a&From=%2B15005550006',
    },
    bodies: [],
    load: () => twilio(true),
  },
  {
    provider: 'twilio',
    scheme: 'twilio-json',
    package: 'twilio',
    by: 'provider',
    maker: 'twilio',
    // The provider's samples are forms.
    own: {
      contentType: 'application/json',
      body: '[{"specversion":"1.0","type":"com.example.message.sent","data":{"messageSid":"SM0001"}}]',
    },
    bodies: texts,
    load: () => twilio(false),
  },
  {
    provider: 'square',
    scheme: 'square-url-body',
    package: 'square',
    by: 'provider',
    maker: 'x-hub-signature',
    bare: true,
    bodies: texts,
    load: async () => {
      const { WebhooksHelper } = await import('square');
      const header = 'x-square-hmacsha256-signature';
      return {
        accepts: (request, { shown }) =>
          WebhooksHelper.verifySignature({
            requestBody: request.body.toString(),
            signatureHeader: field(request, header),
            signatureKey: shown,
            notificationUrl: request.url,
          }),
        makes: async (making) =>
          posted(making, {
            [header]: await mac('sha256', making.keys.shown, [making.url, making.body], 'base64'),
          }),
      };
    },
  },
  {
    provider: 'adyen',
    scheme: 'adyen-platform',
    package: '@adyen/api-library',
    by: 'provider',
    maker: '@adyen/api-library',
    sample: 'balancePlatform.transfer.created',
    bodies: texts,
    load: async () => {
      const { hmacValidator: HmacValidator } = await import('@adyen/api-library');
      const validator = new HmacValidator();
      return {
        accepts: (request, { shown }) =>
          validator.validateHMACSignature(shown, field(request, 'hmacsignature'), request.body.toString()),
        makes: (making) =>
          posted(making, { hmacsignature: validator.calculateHmac(making.body.toString(), making.keys.shown) }),
      };
    },
  },
  {
    provider: 'adyen',
    scheme: 'adyen-standard',
    package: '@adyen/api-library',
    by: 'provider',
    maker: '@adyen/api-library',
    textPath: 'notificationItems.0.NotificationRequestItem.merchantReference',
    bodies: texts,
    load: adyenStandard,
  },
  {
    provider: 'notion',
    scheme: 'notion',
    package: '@notionhq/client',
    by: 'provider',
    maker: '@notionhq/client',
    bodies: bytes,
    load: async () => {
      const { signWebhookPayload, verifyWebhookSignature } = await import('@notionhq/client');
      const header = 'x-notion-signature';
      return {
        accepts: (request, { shown }) =>
          verifyWebhookSignature({ body: request.body, signature: field(request, header), verificationToken: shown }),
        makes: async (making) =>
          posted(making, {
            [header]: await signWebhookPayload({ body: making.body, verificationToken: making.keys.shown }),
          }),
      };
    },
  },
  {
    provider: 'line',
    scheme: 'line',
    package: '@line/bot-sdk',
    by: 'provider',
    maker: 'x-hub-signature',
    bare: true,
    bodies: bytes,
    load: async () => {
      const { validateSignature } = await import('@line/bot-sdk');
      const header = 'x-line-signature';
      return {
        accepts: (request, { shown }) => validateSignature(request.body, shown, field(request, header)),
        makes: async (making) =>
          posted(making, { [header]: await mac('sha256', making.keys.shown, [making.body], 'base64') }),
      };
    },
  },
  {
    provider: 'razorpay',
    scheme: 'razorpay',
    package: 'razorpay',
    by: 'provider',
    maker: 'x-hub-signature',
    bare: true,
    bodies: texts,
    load: async () => {
      const { default: Razorpay } = await import('razorpay');
      const header = 'x-razorpay-signature';
      return {
        accepts: (request, { shown }) =>
          Razorpay.validateWebhookSignature(request.body.toString(), field(request, header), shown),
        makes: async (making) => posted(making, { [header]: await mac('sha256', making.keys.shown, [making.body]) }),
      };
    },
  },
  {
    provider: 'coinbase-commerce',
    scheme: 'coinbase-commerce',
    package: 'coinbase-commerce-node',
    by: 'provider',
    maker: 'coinbase-commerce-node',
    bodies: texts,
    load: async () => {
      const { default: commerce } = await import('coinbase-commerce-node');
      const header = 'x-cc-webhook-signature';
      return {
        accepts: (request, { shown }) =>
          commerce.Webhook.verifyEventBody(request.body.toString(), field(request, header), shown) !== undefined,
        makes: (making) =>
          posted(making, { [header]: commerce.Webhook.computeSignature(making.body.toString(), making.keys.shown) }),
      };
    },
  },
  {
    provider: 'telegram',
    scheme: 'telegram-secret-token',
    package: 'grammy',
    by: 'others',
    maker: 'nobody',
    token: true,
    bodies: texts,
    load: async () => {
      const { Bot, webhookCallback } = await import('grammy');
      const botInfo = { id: 1, is_bot: true, first_name: 'Example', username: 'example_bot' } as const;
      return {
        async accepts(request, { shown }) {
          // With what getMe would tell, the bot asks nobody.
          const bot = new Bot('1:not-a-token', { botInfo: botInfo as never });
          const answer = await webhookCallback(bot, 'std/http', { secretToken: shown })(webRequest(request));
          return answer.status === 200;
        },
        makes: (making) => posted(making, { 'x-telegram-bot-api-secret-token': making.keys.shown }),
      };
    },
  },
];
