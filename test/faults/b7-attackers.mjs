// The attackers of B7: sockets that say nothing, headers that never end, bodies that drip. Whoever is cut off comes back
// until the time is over; then each that is left waits for its own cut. A process apart, so that it does not slow the
// probes. Usage: node b7-attackers.mjs PORT DURATION_MS LONGEST_MS IDLE SLOW DRIP; prints `full` when all are connected
// for the first time, and `result` at the end.

import { connect } from 'node:net';

const [port = 0, durationMs = 0, longestMs = 0, idle = 0, slow = 0, drip = 0] = process.argv.slice(2).map(Number);

/** @typedef {'idle' | 'slow' | 'drip'} Kind */

/** @type {Record<Kind, { first: string, next: string, everyMs: number }>} */
const manners = {
  idle: { first: '', next: '', everyMs: 0 },
  slow: { first: 'POST /slow HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ', next: 'a', everyMs: 250 },
  drip: {
    first:
      'POST /drip HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n',
    next: '1',
    everyMs: 500,
  },
};
/** @type {Record<Kind, { lives: number[], refused: number, open: number, uncut: number, statuses: Record<string, number> }>} */
const seen = {
  idle: { lives: [], refused: 0, open: 0, uncut: 0, statuses: {} },
  slow: { lives: [], refused: 0, open: 0, uncut: 0, statuses: {} },
  drip: { lives: [], refused: 0, open: 0, uncut: 0, statuses: {} },
};
const startedAt = performance.now();
const isOver = () => performance.now() - startedAt >= durationMs;
let isFull = false;
let mostOpen = 0;

/** @param {Kind} kind */
function attack(kind) {
  const { first, next, everyMs } = manners[kind];
  const record = seen[kind];
  const socket = connect({ port, host: '127.0.0.1' });
  let openedAt = 0;
  /** @type {NodeJS.Timeout | undefined} */
  let dripping;
  let reply = '';
  const uncut = setTimeout(() => {
    record.uncut += 1;
    socket.destroy();
  }, longestMs);
  socket.on('connect', () => {
    openedAt = performance.now();
    record.open += 1;
    const open = seen.idle.open + seen.slow.open + seen.drip.open;
    mostOpen = Math.max(mostOpen, open);
    if (!isFull && open === idle + slow + drip) {
      isFull = true;
      process.stdout.write(`${JSON.stringify({ type: 'full', afterMs: Math.round(performance.now() - startedAt) })}\n`);
    }
    if (first !== '') socket.write(first);
    if (everyMs > 0) dripping = setInterval(() => socket.write(next), everyMs);
  });
  socket.on('data', (chunk) => (reply += chunk.toString('latin1')));
  socket.on('error', () => {});
  socket.on('close', () => {
    clearInterval(dripping);
    clearTimeout(uncut);
    if (openedAt === 0) record.refused += 1;
    else {
      record.open -= 1;
      record.lives.push(Math.round(performance.now() - openedAt));
      const status = /^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1] ?? 'none';
      record.statuses[status] = (record.statuses[status] ?? 0) + 1;
    }
    if (!isOver()) setTimeout(attack, openedAt === 0 ? 100 : 0, kind);
    else endWhenGone();
  });
}

function endWhenGone() {
  if (seen.idle.open + seen.slow.open + seen.drip.open > 0) return;
  const kinds = Object.fromEntries(
    Object.entries(seen).map(([kind, { lives, refused, uncut, statuses }]) => {
      const sorted = lives.toSorted((a, b) => a - b);
      const middle = sorted[sorted.length >> 1] ?? 0;
      return [kind, { count: lives.length, refused, uncut, statuses, p50Ms: middle, maxMs: sorted.at(-1) ?? 0 }];
    }),
  );
  process.stdout.write(`${JSON.stringify({ type: 'result', mostOpen, kinds })}\n`, () => process.exit(0));
}

for (let n = 0; n < idle; n += 1) attack('idle');
for (let n = 0; n < slow; n += 1) attack('slow');
for (let n = 0; n < drip; n += 1) attack('drip');
// Where nobody is left at that moment, no end of a socket will say so.
setTimeout(() => setTimeout(endWhenGone, longestMs), durationMs);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
