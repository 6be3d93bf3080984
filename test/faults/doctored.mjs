// The second half of the self-test: feeds the judgements good ledgers, then copies with one fault each, and says
// which faults they did not see.

import { bodyFor, sha256 } from './ledger.mjs';
import { judgeRaw } from './raw-judge.mjs';
import { checkReceived } from './received-check.mjs';
import { checkSent } from './sent-check.mjs';
import { checkSlept } from './slept-check.mjs';

/** @returns {string[]} What the judgements are blind to; empty when they see everything. */
export function findBlindSpots() {
  return [...blindSpotsOfReceived(), ...blindSpotsOfSent(), ...blindSpotsOfSlept(), ...blindSpotsOfRaw()];
}

function blindSpotsOfReceived() {
  const ids = ['a', 'b', 'c', 'd'];
  /** @param {string} id */
  const shaOf = (id) => sha256(bodyFor(id, 2_048));
  /** @type {import('./received-check.mjs').LedgerEntry[]} */
  const ledger = ids.flatMap((id) => [
    { t: /** @type {const} */ ('sent'), id, at: 0 },
    { t: /** @type {const} */ ('ack'), id, at: 0, sha: shaOf(id) },
  ]);
  const stored = ids.map((id, index) => ({ id, seq: index + 1, sha256: shaOf(id), bodySha: shaOf(id) }));
  /** @param {typeof stored} entries */
  const count = (entries) => {
    const { lost, ghosts, storedTwice, wrongBytes, outOfOrder, gaps, cutOff } = checkReceived(ledger, entries);
    return {
      lost: lost.length,
      ghosts: ghosts.length,
      storedTwice: storedTwice.length,
      wrongBytes: wrongBytes.length,
      outOfOrder: outOfOrder.length,
      gaps: Math.max(0, gaps - cutOff),
    };
  };
  const [a, b, c, d] = /** @type {[any, any, any, any]} */ (stored);
  return compare('F1', count(stored), {
    lost: count([a, b, d]),
    ghosts: count([...stored, { ...d, id: 'x', seq: 5, bodySha: sha256(bodyFor('x', 2_048)) }]),
    storedTwice: count([...stored, { ...d, seq: 5 }]),
    wrongBytes: count([a, { ...b, bodySha: shaOf('c') }, c, d]),
    outOfOrder: count([a, { ...c, seq: 2 }, { ...b, seq: 3 }, d]),
    gaps: count([a, b, c, { ...d, seq: 9 }]),
  });
}

function blindSpotsOfSent() {
  const enqueued = [
    { id: 'dlv_1', messageId: 'm1', target: 'good' },
    { id: 'dlv_2', messageId: 'm2', target: 'good' },
  ];
  const got = ['m1', 'm2'].map((id) => ({
    target: 'good',
    id,
    ts: 100,
    sigOk: true,
    bodyOk: true,
    reply: /** @type {const} */ (200),
  }));
  const [first, second] = /** @type {[any, any]} */ (got);
  const listing = enqueued.map(({ id }) => ({ id, state: 'delivered', attempts: [{}, {}] }));
  const [one, two] = /** @type {[any, any]} */ (listing);
  /**
   * @param {any[]} entries
   * @param {any[]} listed
   * @param {number} attempts Of the second delivery, listed last.
   */
  const count = (entries, listed = listing, attempts = 2) => {
    const attemptCounts = [new Map([['dlv_2', 2]]), new Map([['dlv_2', attempts]])];
    const checks = checkSent({ enqueued, got: entries, listing: listed, attemptCounts, kills: 0 });
    const {
      lost,
      ghosts,
      badSignatures,
      wrongBytes,
      olderTimestamps,
      falselyDelivered,
      gaveUpEarly,
      stuck,
      unlisted,
      attemptsFell,
    } = checks;
    const lists = {
      lost,
      ghosts,
      badSignatures,
      wrongBytes,
      olderTimestamps,
      falselyDelivered,
      gaveUpEarly,
      stuck,
      unlisted,
      attemptsFell,
    };
    const lengths = Object.fromEntries(Object.entries(lists).map(([name, items]) => [name, items.length]));
    return { ...lengths, duplicates: Math.max(0, checks.duplicates - checks.allowedDuplicates) };
  };
  return compare('F12', count(got), {
    lost: count([first], [one, { ...two, state: 'parked' }]),
    ghosts: count([...got, { ...first, id: 'x' }]),
    badSignatures: count([first, { ...second, sigOk: false }]),
    wrongBytes: count([first, { ...second, bodyOk: false }]),
    olderTimestamps: count([first, { ...second, reply: 500 }, { ...second, ts: 99 }]),
    falselyDelivered: count([first, { ...second, reply: 500 }]),
    gaveUpEarly: count([first, { ...second, reply: 500 }], [one, { ...two, state: 'dead' }]),
    stuck: count(got, [one, { ...two, state: 'sending' }]),
    unlisted: count(got, [one]),
    attemptsFell: count(got, listing, 1),
    duplicates: count([...got, first]),
  });
}

function blindSpotsOfSlept() {
  /** @type {import('./slept-check.mjs').Request[]} */
  const requests = [
    { id: 'r1', kind: 'cut', status: null },
    { id: 'r2', kind: 'continued', status: 200 },
    { id: 'r3', kind: 'meanwhile', status: 200 },
  ];
  const stored = new Map([
    ['r2', true],
    ['r3', true],
  ]);
  /** @param {string} target @param {string} id @param {number} ts @param {any} reply */
  const gotOf = (target, id, ts, reply) => ({ target, id, ts, sigOk: true, bodyOk: true, reply, at: ts * 1_000 });
  const got = [
    gotOf('hold', 'h1', 10, 'none'),
    gotOf('hold', 'h1', 100, 200),
    gotOf('due', 'd1', 100, 200),
    gotOf('due', 'd2', 101, 200),
  ];
  const [first, again, due1, due2] = /** @type {[any, any, any, any]} */ (/** @type {unknown} */ (got));
  const refusal = { outcome: 'http-status', status: 400 };
  const success = { outcome: 'delivered', status: 200 };
  const listing = [
    { id: 'dlv_1', messageId: 'h1', state: 'delivered', attempts: [success] },
    { id: 'dlv_2', messageId: 'd1', state: 'delivered', attempts: [refusal, refusal, success] },
    { id: 'dlv_3', messageId: 'd2', state: 'delivered', attempts: [refusal, refusal, success] },
  ];
  const [held, d1, d2] = /** @type {[any, any, any]} */ (listing);
  const good = {
    requests,
    stored,
    aborted: 1,
    got,
    listing,
    inFlight: ['h1'],
    due: ['d1', 'd2'],
    continuedAt: 100_000,
  };
  /** @param {Partial<import('./slept-check.mjs').Slept>} change */
  const count = (change) => {
    const {
      sentAgain: _sent,
      cameDue,
      spreadMs: _spread,
      untold,
      tooEarly,
      ...lists
    } = checkSlept({ ...good, ...change });
    const lengths = Object.fromEntries(Object.entries(lists).map(([name, items]) => [name, items.length]));
    return { ...lengths, untold, tooEarly, notDue: 2 - cameDue };
  };
  const timeout = { outcome: 'timeout-response', status: null };
  return compare('F9', count({}), {
    halvesStored: count({ stored: new Map([...stored, ['r1', true]]) }),
    untold: count({ aborted: 0 }),
    lost: count({ stored: new Map([['r3', true]]) }),
    wrongBytes: count({ stored: new Map([...stored, ['r2', false]]) }),
    unanswered: count({ requests: requests.map((request) => ({ ...request, status: null })) }),
    notSentAgain: count({ got: [first, due1, due2], listing: [{ ...held, state: 'waiting' }, d1, d2] }),
    undelivered: count({ listing: [{ ...held, state: 'parked' }, d1, d2] }),
    blamed: count({ listing: [{ ...held, attempts: [timeout, success] }, d1, d2] }),
    attemptsSpent: count({ listing: [held, { ...d1, attempts: [refusal, refusal, timeout, success] }, d2] }),
    olderTimestamps: count({ got: [first, { ...again, ts: 9 }, due1, due2] }),
    badSignatures: count({ got: [first, { ...again, sigOk: false }, due1, due2] }),
    tooEarly: count({ got: [first, again, due1, { ...due2, at: due1.at }] }),
    notDue: count({ got: [first, again, due1] }),
  });
}

function blindSpotsOfRaw() {
  const captured = {
    seq: 1,
    target: '/hook',
    sha256: 'aa',
    truncated: false,
    remoteAddress: '127.0.0.1',
    headers: /** @type {[string, string][]} */ ([['Host', 'x']]),
  };
  const stored = {
    class: 'capture-exact',
    maxCaptured: 1,
    bodySha256: 'aa',
    capturedPath: '/hook',
    capturedHeaders: 1,
  };
  const row = { class: 'capture-n', minCaptured: 2, maxCaptured: 2, capturedBodies: ['aa', 'bb'] };
  const refusal = { class: 'reject-close', statuses: [400], maxCaptured: 0 };
  const one = { statuses: [200], received: 'HTTP/1.1 200 OK', isClosed: false, captured: [captured] };
  const two = { ...one, statuses: [200, 200], captured: [captured, { ...captured, seq: 2, sha256: 'bb' }] };
  const none = { statuses: [400], received: 'HTTP/1.1 400 Bad Request', isClosed: true, captured: [] };
  /** @param {any} expect @param {any} played */
  const count = (expect, played, id = 'any') => judgeRaw({ id, file: '', expect }, played).length;
  const good = { stored: count(stored, one), row: count(row, two), refusal: count(refusal, none) };
  /** @type {Record<string, number>} */
  const doctored = {
    'status of a capture': count(stored, { ...one, statuses: [400] }),
    'no status': count(stored, { ...one, statuses: [] }),
    'nothing captured': count(stored, { ...one, captured: [] }),
    'captured twice': count(stored, { ...one, captured: [captured, captured] }),
    'cut body taken for whole': count(stored, { ...one, captured: [{ ...captured, truncated: true }] }),
    'other bytes': count(stored, { ...one, captured: [{ ...captured, sha256: 'bb' }] }),
    'other target': count(stored, { ...one, captured: [{ ...captured, target: '/' }] }),
    'other headers': count(stored, { ...one, captured: [{ ...captured, headers: [] }] }),
    'forged address': count(stored, { ...one, captured: [{ ...captured, remoteAddress: '8.8.8.8' }] }),
    'a trailer': count(stored, { ...one, captured: [{ ...captured, headers: [['X-Checksum', '1']] }] }),
    'a Host from a trailer': count(
      refusal,
      { ...none, captured: [{ ...captured, headers: [['Host', 'other.example']], truncated: false }] },
      'chunked-trailers-forbidden',
    ),
    'a CORS grant': count(stored, { ...one, received: 'HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *' }),
    'an upgrade': count(stored, { ...one, received: 'HTTP/1.1 101 Switching' }),
    'a server name': count(stored, { ...one, received: 'HTTP/1.1 200 OK\r\nServer: x' }),
    'an echo': count(stored, { ...one, received: 'HTTP/1.1 200 OK\r\n\r\ntrace-canary' }),
    'a lost one of two': count(row, { ...two, captured: [captured], statuses: [200] }),
    'another order': count(row, { ...two, captured: two.captured.toReversed() }),
    'bodies exchanged': count(row, { ...two, captured: [{ ...captured, sha256: 'bb' }, two.captured[0]] }),
    'too few replies': count(row, { ...two, statuses: [200] }),
    'an accepted refusal': count(refusal, { ...none, statuses: [200] }),
    'an open socket': count(refusal, { ...none, isClosed: false }),
    'a capture of a refusal': count(refusal, { ...none, captured: [captured] }),
    'a smuggled one': count(
      { ...stored, capturedPath: undefined },
      { ...one, captured: [{ ...captured, target: '/smuggled' }] },
    ),
  };
  return [
    ...Object.entries(good).flatMap(([name, found]) => (found > 0 ? [`B5: sees a fault in a good ${name}`] : [])),
    ...Object.entries(doctored).flatMap(([name, found]) => (found === 0 ? [`B5: does not see ${name}`] : [])),
  ];
}

/**
 * @param {string} fault
 * @param {Record<string, number>} good What the judgement finds in a good ledger.
 * @param {Record<string, Record<string, number>>} doctored What it finds in copies, by the check that should see it.
 */
function compare(fault, good, doctored) {
  const blind = Object.entries(good)
    .filter(([, count]) => count !== 0)
    .map(([name]) => `${fault}: sees ${name} in a good ledger`);
  for (const [name, found] of Object.entries(doctored)) {
    if ((found[name] ?? 0) === 0) blind.push(`${fault}: does not see ${name}`);
  }
  for (const name of Object.keys(good)) if (!(name in doctored)) blind.push(`${fault}: nothing tries ${name}`);
  return blind;
}
