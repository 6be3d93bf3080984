// Signed events for the load: about 1 KB of JSON each, every one with its own id, signed as Stripe signs.

import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';

/**
 * Writes a file that the load script reads.
 * @param {string} file
 * @param {object} options
 * @param {string} options.secret
 * @param {number} options.count Distinct events.
 * @param {string} options.run Part of every id, so that two runs share none.
 * @param {number} options.now Epoch ms; the signatures' time.
 */
export function writeEvents(file, { secret, count, run, now }) {
  const timestamp = Math.floor(now / 1_000);
  const lines = [];
  for (let n = 0; n < count; n += 1) {
    const body = makeEvent(`${run}${String(n).padStart(7, '0')}`, timestamp);
    const mac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    lines.push(`t=${timestamp},v1=${mac}\t${body}`);
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
}

/**
 * @param {string} id
 * @param {number} created Epoch seconds.
 */
function makeEvent(id, created) {
  return JSON.stringify({
    id: `evt_${id}`,
    object: 'event',
    api_version: '2026-08-27',
    created,
    data: {
      object: {
        id: `pi_${id}`,
        object: 'payment_intent',
        amount: 2_000,
        amount_capturable: 0,
        amount_received: 2_000,
        automatic_payment_methods: { allow_redirects: 'always', enabled: true },
        capture_method: 'automatic_async',
        client_secret: `pi_${id}_secret_of_a_benchmark`,
        confirmation_method: 'automatic',
        created,
        currency: 'usd',
        customer: `cus_${id}`,
        description: `Order ${id}, two shirts and a mug`,
        latest_charge: `ch_${id}`,
        livemode: false,
        metadata: { order: id, channel: 'web', campaign: 'autumn', note: 'Leave it with the neighbour, please.' },
        payment_method: `pm_${id}`,
        payment_method_types: ['card', 'link'],
        receipt_email: `buyer-${id}@example.com`,
        statement_descriptor: 'EXAMPLE SHOP',
        status: 'succeeded',
      },
    },
    livemode: false,
    pending_webhooks: 1,
    request: { id: `req_${id}`, idempotency_key: `key-${id}` },
    type: 'payment_intent.succeeded',
  });
}
