// F9's judgement: what may and what must not come of requests and sends that were under way while the process stood
// still. Pure, so that the self-test can feed it doctored copies.

/**
 * @typedef {object} Request One request that was under way, or came meanwhile.
 * @property {string} id
 * @property {'cut' | 'continued' | 'meanwhile'} kind Broken off by its sender; finished after the stop; sent whole
 *   during it.
 * @property {number | null} status Of the answer.
 */

/**
 * @typedef {object} Attempted One line of `deliveries --json`.
 * @property {string} id
 * @property {string} messageId
 * @property {string} state
 * @property {readonly { outcome: string, status: number | null }[]} attempts
 */

/**
 * @typedef {object} Slept
 * @property {readonly Request[]} requests
 * @property {ReadonlyMap<string, boolean>} stored By request id: whether the bytes that were kept are those sent.
 * @property {number} aborted Refused entries with reason `aborted` or `timeout` that the host told.
 * @property {readonly (import('./sent-check.mjs').Got & { at: number })[]} got In the order of writing.
 * @property {readonly Attempted[]} listing At the end.
 * @property {readonly string[]} inFlight Message ids of the sends that were under way.
 * @property {readonly string[]} due Message ids of the deliveries that came due meanwhile.
 * @property {number} continuedAt Epoch ms.
 */

/** Least time between two overdue deliveries to one target: four per second; and what clocks may differ by, ms. */
const spacingMs = 250;
const clockMs = 50;

/** @param {Slept} slept */
export function checkSlept({ requests, stored, aborted, got, listing, inFlight, due, continuedAt }) {
  const ofKind = (/** @type {Request['kind']} */ kind) => requests.filter((request) => request.kind === kind);
  const isAcked = (/** @type {Request} */ { status }) => status !== null && status >= 200 && status < 300;
  const byMessage = new Map(listing.map((entry) => [entry.messageId, entry]));
  const gotBy = (/** @type {string} */ id) => got.filter((entry) => entry.id === id);
  const ids = [...inFlight, ...due];
  const arrivals = got
    .filter((entry) => entry.target === 'due' && entry.at >= continuedAt)
    .map((entry) => entry.at)
    .sort((a, b) => a - b);

  return {
    /** Half a request is no request. */
    halvesStored: ofKind('cut').flatMap(({ id }) => (stored.has(id) ? [id] : [])),
    untold: Math.max(0, ofKind('cut').length - aborted),
    lost: requests.flatMap((request) => (isAcked(request) && !stored.has(request.id) ? [request.id] : [])),
    wrongBytes: [...stored].flatMap(([id, isRight]) => (isRight ? [] : [id])),
    /** Sent whole during the stop, so there is no reason to refuse it. */
    unanswered: ofKind('meanwhile').flatMap((request) => (isAcked(request) ? [] : [request.id])),
    /** Answered or not, the sender was not there to see it. */
    notSentAgain: inFlight.filter((id) => {
      const entry = byMessage.get(id);
      return gotBy(id).length < 2 && entry?.state !== 'delivered';
    }),
    undelivered: ids.filter((id) => byMessage.get(id)?.state !== 'delivered'),
    /** The time asleep is nobody's failure. */
    blamed: inFlight.filter((id) => (byMessage.get(id)?.attempts ?? []).some(({ outcome }) => outcome !== 'delivered')),
    attemptsSpent: due.filter((id) => (byMessage.get(id)?.attempts.length ?? 0) !== 3),
    olderTimestamps: ids.filter((id) => {
      const times = gotBy(id).map((entry) => entry.ts);
      return times.some((ts, index) => ts < (times[index - 1] ?? 0));
    }),
    badSignatures: got.flatMap((entry) => (entry.sigOk && entry.bodyOk ? [] : [entry.id])),
    sentAgain: inFlight.filter((id) => gotBy(id).length > 1).length,
    cameDue: arrivals.length,
    /** By its place in the row and not by the gaps: a delivery that was late may have the next one close behind it. */
    tooEarly: arrivals.filter((at, place) => at - continuedAt < place * spacingMs - clockMs).length,
    spreadMs: (arrivals.at(-1) ?? continuedAt) - continuedAt,
  };
}
