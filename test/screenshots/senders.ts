// What providers send, signed as they sign, with values that are obviously nobody's.

import { createHmac } from 'node:crypto';
import type { Stage } from './stage.ts';

/** Secrets of the play. */
export const secrets = {
  stripe: 'whsec_not_a_real_secret_stripe',
  github: 'not-a-real-secret-github',
  shop: 'not-a-real-secret-shop',
} as const;

const hmac = (secret: string, text: string, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', secret).update(text).digest(encoding);

/** One request, sent when the stage's clock shows `at`. */
export interface Act {
  readonly at: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Sends them in order, each at its time. */
export async function send(stage: Stage, acts: readonly Act[]): Promise<void> {
  for (const { at, path, method = 'POST', headers = {}, body } of acts) {
    await stage.setTime(at);
    const init = { method, headers: { ...headers }, ...(body === undefined ? {} : { body }) };
    // A fault on purpose leaves no answer.
    await fetch(`${stage.url}${path}`, init).catch(() => {});
  }
}

/** A Stripe event; `sign` replaces the body that is signed, `signedAt` the time in the signature. */
export function stripe(
  at: number,
  event: string,
  options: { readonly id?: string; readonly amount?: number; readonly sign?: string; readonly signedAt?: number } = {},
): Act {
  const { id = `evt_${Math.floor(at / 1_000)}`, amount = 4_200 } = options;
  const object = {
    id: 'in_1Example',
    object: 'invoice',
    amount_paid: amount,
    currency: 'eur',
    customer: 'cus_Example',
  };
  const body = JSON.stringify({ id, object: 'event', type: event, created: 1_795_435_200, data: { object } }, null, 2);
  const seconds = Math.floor((options.signedAt ?? at) / 1_000);
  const signature = hmac(secrets.stripe, `${seconds}.${options.sign ?? body}`);
  return {
    at,
    path: '/in/stripe',
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'Stripe-Signature': `t=${seconds},v1=${signature}`,
    },
    body,
  };
}

/** A GitHub delivery; `resigned` signs other bytes than those sent, as a parser on the way would cause. */
export function github(at: number, event: string, more: object = {}, resigned = false): Act {
  const content = { ref: 'refs/heads/main', repository: { full_name: 'example/shop' }, ...more };
  const body = JSON.stringify(content, null, resigned ? 2 : 0);
  const id = `72d3162e-cc78-11e3-81ab-${String(Math.floor(at / 1_000)).padStart(12, '0')}`;
  return {
    at,
    path: '/in/github',
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'GitHub-Hookshot/044aadd',
      'X-GitHub-Event': event,
      'X-GitHub-Delivery': id,
      'X-Hub-Signature-256': `sha256=${hmac(secrets.github, JSON.stringify(content))}`,
    },
    body,
  };
}

/** A Shopify webhook. */
export function shopify(at: number, topic: string): Act {
  const body = JSON.stringify({ id: 820_982_911_946_154_500, email: 'jon@example.com', total_price: '199.00' });
  return {
    at,
    path: '/in/shop',
    headers: {
      'Content-Type': 'application/json',
      'X-Shopify-Topic': topic,
      'X-Shopify-Webhook-Id': `b54557e4-bdd9-4b37-8a5f-${String(Math.floor(at / 1_000)).padStart(12, '0')}`,
      'X-Shopify-Shop-Domain': 'example.myshopify.com',
      'X-Shopify-Hmac-Sha256': hmac(secrets.shop, body, 'base64'),
    },
    body,
  };
}

/** The handshake of Amazon SNS: an address that must be fetched once. Nothing is fetched unless somebody clicks. */
export function subscription(at: number): Act {
  const body = {
    Type: 'SubscriptionConfirmation',
    MessageId: '00000000-0000-4000-8000-000000000001',
    Token: 'made-up-token',
    TopicArn: 'arn:aws:sns:eu-west-1:000000000000:made-up',
    Message: 'Confirm',
    SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=made-up-token',
    Timestamp: new Date(at).toISOString(),
    SignatureVersion: '2',
    Signature: 'AAAA',
    SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/made-up.pem',
  };
  return {
    at,
    path: '/in/orders',
    headers: { 'Content-Type': 'text/plain; charset=UTF-8', 'X-Amz-Sns-Message-Type': 'SubscriptionConfirmation' },
    body: JSON.stringify(body),
  };
}

/** A collection as Postman writes it. */
export const collection = JSON.stringify({
  info: { name: 'shop', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
  event: [{ listen: 'prerequest', script: { exec: ['// left out'] } }],
  item: [
    {
      name: 'order',
      request: {
        method: 'POST',
        header: [{ key: 'Content-Type', value: 'application/json' }],
        url: 'https://shop.example/in/order?x=1',
        body: { mode: 'raw', raw: '{"order":1}' },
      },
    },
    { name: 'ping', request: { method: 'GET', url: 'https://shop.example/in/ping' } },
  ],
});
