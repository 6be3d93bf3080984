// The targets of F9 and their ledger. Under /hold/ the first attempt of each message gets no answer until it is told to
// answer every other one; later attempts are accepted. Under /due the first two attempts are refused with 400, which
// says nothing about the target, so that retries come due.
// Usage: node sleep-targets.mjs LEDGER SECRET; prints the port, then one line per request; `answer` on stdin.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { bodyFor, openLedger } from './ledger.mjs';
import { createSignatureCheck } from './signature-check.mjs';

const [file = '', secret = ''] = process.argv.slice(2);
const ledger = openLedger(file);
const isSigned = createSignatureCheck(secret);
/** @type {Map<string, number>} */
const seen = new Map();
/** @type {import('node:http').ServerResponse[]} */
const held = [];

/** @param {object} line */
const print = (line) => void process.stdout.write(`${JSON.stringify(line)}\n`);

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('error', () => {}); // The sender gave up: that is the test.
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const id = String(request.headers['webhook-id'] ?? '');
    const target = (request.url ?? '').startsWith('/hold/') ? 'hold' : 'due';
    const attempt = (seen.get(id) ?? 0) + 1;
    seen.set(id, attempt);
    const reply = target === 'hold' ? (attempt === 1 ? 'none' : 200) : attempt <= 2 ? 400 : 200;
    const entry = {
      t: 'got',
      target,
      id,
      ts: Number(request.headers['webhook-timestamp']),
      sigOk: isSigned(body, request.headers),
      bodyOk: body.equals(bodyFor(id, 256)),
      reply,
      at: Date.now(),
    };
    ledger(entry);
    print({ type: 'got', target, id, reply });
    if (reply === 'none') held.push(response);
    else response.writeHead(reply).end();
  });
});
// Nothing but the sender ends a request that is held.
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  print({ type: 'ready', port: typeof address === 'object' ? address?.port : null });
});

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  if (line !== 'answer') return;
  for (const [index, response] of held.entries()) if (index % 2 === 0) response.writeHead(200).end();
  print({ type: 'answered' });
});
input.on('close', () => process.exit(0));
