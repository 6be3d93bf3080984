// Sends requests at a fixed rate, however fast the answers are (an open rate), and says when each was answered. A process
// of its own, so that it takes no time from the one that measures.
//
//   node bench/window-load.mjs URL RATE SECONDS RUN

import { Agent, request } from 'node:http';

const [url = '', rateText = '50', secondsText = '10', run = 'run'] = process.argv.slice(2);
const rate = Number(rateText);
const total = rate * Number(secondsText);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const filler = 'The quick brown fox jumps over the lazy dog. '.repeat(40);
/** Epoch ms of each answer, in the order of sending; null where it failed. */
const answeredAt = Array.from({ length: total }, () => /** @type {number | null} */ (null));
let done = 0;
let sent = 0;

/** @param {number} n */
function send(n) {
  const body = JSON.stringify({ id: `evt_${run}_${n}`, type: `${run}.${n}`, note: filler });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const finish = (/** @type {number | null} */ at) => {
    answeredAt[n] = at;
    done += 1;
    if (done === total) end();
  };
  const outgoing = request(`${url}/in/bench/${run}/${n}`, { method: 'POST', agent, headers }, (answer) => {
    answer.resume();
    answer.once('end', () => finish(answer.statusCode === 200 ? Date.now() : null));
  });
  outgoing.once('error', () => finish(null));
  outgoing.end(body);
}

const startedAt = performance.now();
const timer = setInterval(() => {
  const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * rate));
  for (; sent < due; sent += 1) send(sent);
  if (sent === total) clearInterval(timer);
}, 4);

function end() {
  agent.destroy();
  const ms = performance.now() - startedAt;
  process.stdout.write(
    `${JSON.stringify({ total, failed: answeredAt.filter((at) => at === null).length, ms, answeredAt })}\n`,
  );
}
