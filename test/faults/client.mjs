// The load of F1: sends at a fixed rate whatever the answers do (an open model, so that a stall shows as latency),
// and keeps the ledger. It is never killed. Usage: node client.mjs URL LEDGER RATE PREFIX; ends when stdin closes.

import { Agent, request } from 'node:http';
import { bodyFor, openLedger, sha256 } from './ledger.mjs';

const [url = '', file = '', rateText = '', prefix = ''] = process.argv.slice(2);
const perMs = Number(rateText) / 1_000;
const bodySize = 2_048;
const ledger = openLedger(file);
const agent = new Agent({ keepAlive: true, maxSockets: 50 });
const startedAt = performance.now();
let count = 0;
let inFlight = 0;
let isEnding = false;

/** @param {number} dueAt Monotonic time at which the clock wanted this request to leave. */
function send(dueAt) {
  const id = `${prefix}-${count++}`;
  const body = bodyFor(id, bodySize);
  const sha = sha256(body);
  let isSettled = false;
  inFlight += 1;
  /** @param {object} entry */
  const settle = (entry) => {
    if (isSettled) return;
    isSettled = true;
    inFlight -= 1;
    ledger({ ...entry, at: Date.now() });
    endWhenIdle();
  };
  const outgoing = request(url, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/json', 'content-length': body.length, 'x-fault-id': id },
  });
  outgoing.setTimeout(10_000, () => outgoing.destroy(new Error('timeout')));
  outgoing.on('error', (error) => settle({ t: 'err', id, code: /** @type {any} */ (error).code ?? error.message }));
  outgoing.on('response', (response) => {
    response.on('error', (error) => settle({ t: 'err', id, code: /** @type {any} */ (error).code ?? error.message }));
    response.on('end', () => {
      if (!response.complete) return settle({ t: 'err', id, code: 'cut' });
      const ms = Math.round((performance.now() - dueAt) * 10) / 10;
      const status = response.statusCode ?? 0;
      settle({ t: status >= 200 && status < 300 ? 'ack' : 'refused', id, sha, status, ms });
    });
    response.resume();
  });
  // Before the request, so that whatever the server stores was announced here.
  ledger({ t: 'sent', id, at: Date.now() });
  outgoing.end(body);
}

function endWhenIdle() {
  if (!isEnding || inFlight > 0) return;
  process.exit(0);
}

const timer = setInterval(() => {
  const now = performance.now();
  while (startedAt + count / perMs <= now) send(startedAt + count / perMs);
}, 2);

process.stdin.resume();
process.stdin.on('end', () => {
  clearInterval(timer);
  isEnding = true;
  endWhenIdle();
});
