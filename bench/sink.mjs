// The local target of the send benchmark: reads each request, keeps a few for a look at their signatures, answers 200.
// Usage: node sink.mjs; prints its port. On stdin a line {"expect":N,"warmUp":W}: counts N requests anew and prints
// what it saw; the clock runs from the request after the first W to the last.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

/** Every so many requests one is kept. */
const sampleEvery = 97;

let expected = Infinity;
let warmUp = 0;
let count = 0;
let startedAt = 0;
/** @type {Set<string>} */
let ids = new Set();
/** @type {{ headers: Record<string, unknown>, bodyBase64: string }[]} */
let samples = [];

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    count += 1;
    // By message and target: every target gets every message once.
    ids.add(`${request.headers['webhook-id']} ${request.url}`);
    if (count === warmUp + 1) startedAt = performance.now();
    if (count % sampleEvery === 0)
      samples.push({ headers: request.headers, bodyBase64: Buffer.concat(chunks).toString('base64') });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}');
    if (count === expected) tell();
  });
});

function tell() {
  const ms = performance.now() - startedAt;
  print({ type: 'seen', count, distinct: ids.size, perSecond: ((count - warmUp - 1) * 1_000) / ms, samples });
}

/** @param {object} line */
function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  ({ expect: expected, warmUp } = JSON.parse(line));
  count = 0;
  ids = new Set();
  samples = [];
  print({ type: 'waiting' });
});
input.on('close', () => process.exit(0));

// Keep-alive sockets of the bare loop stay open between two rounds.
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  print({ type: 'ready', port: typeof address === 'object' ? address?.port : null });
});
