// The yardstick of sending: the same requests in a loop, without queue, disk and signature.
// Usage: node bare-sender.mjs new|kept PORT COUNT CONCURRENCY BODY_BYTES TARGETS; `new` opens a connection for each
// request, as the product does, `kept` keeps them open.

import { Agent, request } from 'node:http';
import { messageBody } from './messages.mjs';

const [mode, portText, countText, concurrencyText, sizeText, targetsText] = process.argv.slice(2);
const count = Number(countText);
const concurrency = Number(concurrencyText);
const targets = Number(targetsText);
const agent = mode === 'kept' ? new Agent({ keepAlive: true, maxSockets: concurrency }) : false;
// The length that a real signature has.
const signature = `v1,${Buffer.alloc(32, 7).toString('base64')}`;
let started = 0;

/** @returns {Promise<void>} */
function sendOne() {
  const n = started;
  started += 1;
  const body = messageBody(n, Number(sizeText));
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        host: '127.0.0.1',
        port: Number(portText),
        method: 'POST',
        path: `/in/${n % targets}`,
        headers: {
          'content-type': 'application/json',
          'webhook-id': `msg_bare_${n}`,
          'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
          'webhook-signature': signature,
          'content-length': body.byteLength,
        },
      },
      (response) => {
        response.resume();
        response.on('end', resolve);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function sendInTurn() {
  while (started < count) await sendOne();
}

await Promise.all(Array.from({ length: concurrency }, sendInTurn));
if (agent) agent.destroy();
