// F12's judgement: compares what was confirmed as enqueued, what the targets got, and what the product said about its
// deliveries after each kill. Pure, so that the self-test can feed it doctored copies.

/**
 * @typedef {object} Enqueued One confirmed delivery.
 * @property {string} id The delivery's id.
 * @property {string} messageId
 * @property {string} target Name of the target.
 */

/**
 * @typedef {object} Got One line of the targets' ledger.
 * @property {string} target
 * @property {string} id Message id, from the header.
 * @property {number} ts Signed time, epoch seconds.
 * @property {boolean} sigOk
 * @property {boolean} bodyOk
 * @property {number | 'reset'} reply
 */

/**
 * @typedef {object} Listed One line of `deliveries --json`.
 * @property {string} id
 * @property {string} state
 * @property {readonly unknown[]} attempts
 */

/** Attempts that the schedule `quick` allows, and sends in flight at most. */
const allowedAttempts = 6;
const concurrency = 16;

/**
 * @param {object} run
 * @param {readonly Enqueued[]} run.enqueued
 * @param {readonly Got[]} run.got In the order of writing.
 * @param {readonly Listed[]} run.listing After the queue was drained.
 * @param {readonly ReadonlyMap<string, number>[]} run.attemptCounts Attempts by delivery, in order of time: what the
 *   sending process printed before a kill, what was listed after it, and so on.
 * @param {number} run.kills Of the process that sends.
 */
export function checkSent({ enqueued, got, listing, attemptCounts, kills }) {
  /** @type {Map<string, { accepted: number, lastTs: number }>} */
  const byKey = new Map(enqueued.map((entry) => [`${entry.messageId} at ${entry.target}`, { accepted: 0, lastTs: 0 }]));
  /** @type {string[]} */
  const ghosts = [];
  /** @type {string[]} */
  const badSignatures = [];
  /** @type {string[]} */
  const wrongBytes = [];
  /** @type {string[]} */
  const olderTimestamps = [];
  for (const entry of got) {
    const key = `${entry.id} at ${entry.target}`;
    const known = byKey.get(key);
    if (!known) {
      ghosts.push(key);
      continue;
    }
    if (!entry.sigOk) badSignatures.push(key);
    if (!entry.bodyOk) wrongBytes.push(key);
    // Signed times have whole seconds, so two quick attempts may share one.
    if (!(entry.ts >= known.lastTs)) olderTimestamps.push(key);
    known.lastTs = entry.ts;
    if (entry.reply === 200) known.accepted += 1;
  }

  const last = new Map(listing.map((entry) => [entry.id, entry]));
  /** @type {string[]} */
  const lost = [];
  /** @type {string[]} */
  const falselyDelivered = [];
  let duplicates = 0;
  let dead = 0;
  for (const entry of enqueued) {
    const key = `${entry.messageId} at ${entry.target}`;
    const accepted = byKey.get(key)?.accepted ?? 0;
    const state = last.get(entry.id)?.state;
    duplicates += Math.max(0, accepted - 1);
    if (state === 'dead') dead += 1;
    else if (accepted === 0) lost.push(key);
    if (state === 'delivered' && accepted === 0) falselyDelivered.push(key);
  }

  return {
    enqueued: enqueued.length,
    got: got.length,
    accepted: got.filter((entry) => entry.reply === 200).length,
    lost,
    ghosts,
    badSignatures,
    wrongBytes,
    olderTimestamps,
    falselyDelivered,
    duplicates,
    allowedDuplicates: kills * concurrency,
    dead,
    gaveUpEarly: [...last.values()]
      .filter((entry) => entry.state === 'dead' && entry.attempts.length < allowedAttempts)
      .map((entry) => entry.id),
    stuck: [...last.values()]
      .filter((entry) => entry.state === 'sending' || entry.state === 'waiting')
      .map((entry) => entry.id),
    unlisted: enqueued.filter((entry) => !last.has(entry.id)).map((entry) => entry.id),
    attemptsFell: findFallenAttempts(attemptCounts),
  };
}

/**
 * Deliveries whose number of attempts was lower than it had been: a printed or listed attempt is on disk and stays.
 * @param {readonly ReadonlyMap<string, number>[]} attemptCounts
 */
function findFallenAttempts(attemptCounts) {
  /** @type {Map<string, number>} */
  const most = new Map();
  /** @type {Set<string>} */
  const fell = new Set();
  for (const counts of attemptCounts) {
    for (const [id, count] of counts) {
      const before = most.get(id) ?? 0;
      if (count < before) fell.add(id);
      most.set(id, Math.max(before, count));
    }
  }
  return [...fell];
}
