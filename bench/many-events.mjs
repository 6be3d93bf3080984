// Made-up events of three providers, about 2 KB each, every one with ids of its own; the same for the same number.

import { createHash } from 'node:crypto';

const kinds = /** @type {const} */ ([
  ['stripe', 'invoice.paid', 'in'],
  ['stripe', 'payment_intent.succeeded', 'pi'],
  ['stripe', 'charge.refunded', 'ch'],
  ['github', 'push', 'gh'],
  ['shopify', 'orders/create', 'so'],
]);
const words =
  'two shirts and a mug for the neighbour please leave it at the door or ring twice thank you very much indeed'.split(
    ' ',
  );

/** @param {number} n */
export function makeEvent(n) {
  const digest = createHash('sha512').update(`event ${n}`).digest();
  const hex = digest.toString('hex');
  const token = digest.toString('base64url');
  const [provider, event, prefix] = kinds[n % kinds.length] ?? kinds[0];
  const id = `evt_${token.slice(0, 24)}`;
  const customer = `cus_${token.slice(24, 38)}`;
  const text = Array.from({ length: 60 }, (_, at) => words[(digest[at % 64] ?? 0) % words.length]).join(' ');
  const created = 1_790_000_000 + n;
  const object = {
    id: `${prefix}_${token.slice(38, 62)}`,
    object: event.split(/[./]/)[0],
    amount: digest.readUInt16BE(0) + 100,
    amount_due: digest.readUInt16BE(2),
    currency: n % 3 === 0 ? 'eur' : 'usd',
    customer,
    customer_email: `buyer-${hex.slice(0, 8)}@example.com`,
    description: text,
    created,
    livemode: false,
    lines: Array.from({ length: 3 }, (_, at) => ({
      id: `il_${hex.slice(10 + at * 20, 30 + at * 20)}`,
      quantity: ((digest[at] ?? 0) % 5) + 1,
      price: {
        id: `price_${hex.slice(at * 9, at * 9 + 18)}`,
        unit_amount: digest.readUInt16BE(at * 2),
        type: 'recurring',
      },
      period: { start: created, end: created + 2_592_000 },
      metadata: { sku: `SKU-${digest.readUInt16BE(at)}`, warehouse: 'north' },
    })),
    payment_method: `pm_${token.slice(12, 36)}`,
    status: 'succeeded',
    url: `https://shop.example.com/orders/${hex.slice(40, 76)}`,
  };
  const body = Buffer.from(
    JSON.stringify({
      id,
      object: 'event',
      type: event,
      created,
      data: { object },
      request: { id: `req_${hex.slice(64, 92)}` },
    }),
  );
  /** @type {[string, string][]} */
  const headers = [
    ['Host', '127.0.0.1:4100'],
    ['User-Agent', `${provider}-hooks/1.0`],
    ['Content-Type', 'application/json'],
    ['Content-Length', String(body.length)],
    ['X-Request-Id', id],
    ['X-Signature', `t=${created},v1=${hex.slice(0, 64)}`],
  ];
  return { provider, event, id, customer, headers, body };
}
