// The three targets of F12 and their ledger: one good, one that fails half of its attempts, one that is down until it
// is told to come up. Signatures are checked with the Standard Webhooks project's own library, not with the product.
// Usage: node targets.mjs LEDGER SECRET SEED DELAY_MS; prints one line with the ports; `up` on stdin raises the third.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { bodyFor, openLedger } from './ledger.mjs';
import { createRandom } from './random.mjs';
import { createSignatureCheck } from './signature-check.mjs';

const [file = '', secret = '', seedText = '', delayText = ''] = process.argv.slice(2);
const seed = Number(seedText);
const ledger = openLedger(file);
const isSigned = createSignatureCheck(secret);
const delays = createRandom(seed, 'delays');
/** @type {Map<string, number>} Attempts that the failing target has seen, by message id. */
const seen = new Map();

/** @param {string} id */
function failingAnswer(id) {
  const attempt = (seen.get(id) ?? 0) + 1;
  seen.set(id, attempt);
  // 0, 1 or 2 failures before the first success: as many failures as successes on average, and never so many that a
  // delivery may give up.
  const draw = createRandom(seed, id);
  if (attempt > draw.below(3)) return 200;
  return draw.next() < 0.5 ? 500 : 'reset';
}

/**
 * @param {string} target
 * @param {(id: string) => number | 'reset'} answer
 */
function createTarget(target, answer) {
  return createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {}); // The sender was killed half-way: nothing was received.
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const id = String(request.headers['webhook-id'] ?? '');
      const reply = answer(id);
      // Before the reply, so that a kill between the two cannot hide a delivery.
      ledger({
        t: 'got',
        target,
        id,
        ts: Number(request.headers['webhook-timestamp']),
        sigOk: isSigned(body, request.headers),
        bodyOk: body.equals(bodyFor(id, 256)),
        reply,
        at: Date.now(),
      });
      setTimeout(
        () => {
          if (reply === 'reset') request.socket.resetAndDestroy();
          else response.writeHead(reply).end();
        },
        Number(delayText) * delays.between(0.5, 1.5),
      );
    });
  });
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @returns {Promise<number>} The port.
 */
async function listen(server, port) {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
}

/**
 * A port below the range from which the system takes ports for outgoing connections, so that it is still free when
 * the target comes up.
 */
async function findQuietPort() {
  const ports = createRandom(seed ^ process.pid, 'ports');
  for (let tries = 0; tries < 50; tries += 1) {
    const port = 20_000 + ports.below(10_000);
    const probe = createServer();
    try {
      await listen(probe, port);
      probe.close();
      await once(probe, 'close');
      return port;
    } catch {
      // Taken: draw again.
    }
  }
  throw new Error('no free port between 20000 and 30000');
}

const good = await listen(
  createTarget('good', () => 200),
  0,
);
const failing = await listen(createTarget('failing', failingAnswer), 0);
const late = await findQuietPort();
process.stdout.write(`${JSON.stringify({ type: 'ready', good, failing, late })}\n`);

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  if (line !== 'up') return;
  void listen(
    createTarget('late', () => 200),
    late,
  ).then(() => process.stdout.write('{"type":"up"}\n'));
});
input.on('close', () => process.exit(0));
