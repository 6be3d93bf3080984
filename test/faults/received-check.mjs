// F1's judgement: compares the client's ledger with what the history holds. Pure, so that the self-test can feed it
// doctored copies.

import { bodyFor, sha256 } from './ledger.mjs';

/**
 * @typedef {object} LedgerEntry One line of the client's ledger.
 * @property {'sent' | 'ack' | 'refused' | 'err'} t
 * @property {string} id
 * @property {number} at Epoch ms.
 * @property {number} [status] Of the reply.
 * @property {string} [sha] SHA-256 of the body that was sent.
 * @property {number} [ms] From the planned send time to the end of the reply.
 */

/**
 * @typedef {object} StoredEntry One stored request, in the order of the dump.
 * @property {string} id The client's id, from its header.
 * @property {number} seq
 * @property {string} sha256 As the product states it.
 * @property {string} bodySha Of the body bytes that were read back.
 */

/**
 * @param {readonly LedgerEntry[]} ledger In the order of writing.
 * @param {readonly StoredEntry[]} stored
 */
export function checkReceived(ledger, stored) {
  /** @type {Map<string, StoredEntry>} */
  const byId = new Map();
  const storedTwice = [];
  const outOfOrder = [];
  let lastSeq = -Infinity;
  for (const entry of stored) {
    if (byId.has(entry.id)) storedTwice.push(entry.id);
    byId.set(entry.id, entry);
    if (entry.seq <= lastSeq) outOfOrder.push(entry.id);
    lastSeq = entry.seq;
  }

  const sent = new Set();
  const lost = [];
  const wrongBytes = [];
  let acked = 0;
  // A request that left after another's reply had come must have the higher number.
  let highestAcked = -Infinity;
  for (const entry of ledger) {
    const found = byId.get(entry.id);
    if (entry.t === 'sent') {
      sent.add(entry.id);
      if (found && found.seq <= highestAcked) outOfOrder.push(entry.id);
    }
    if (entry.t !== 'ack') continue;
    acked += 1;
    if (!found) lost.push(entry.id);
    else {
      highestAcked = Math.max(highestAcked, found.seq);
      if (found.sha256 !== entry.sha) wrongBytes.push(entry.id);
    }
  }
  for (const entry of byId.values()) {
    const expected = sha256(bodyFor(entry.id, 2_048));
    if (entry.bodySha !== expected && !wrongBytes.includes(entry.id)) wrongBytes.push(entry.id);
  }

  const seqs = stored.map((entry) => entry.seq);
  const first = seqs[0] ?? 0;
  const last = seqs.at(-1) ?? -1;
  return {
    sent: sent.size,
    acked,
    stored: stored.length,
    lost,
    ghosts: [...byId.keys()].filter((id) => !sent.has(id)),
    storedTwice,
    wrongBytes,
    outOfOrder,
    /** Numbers that no stored request has. A request that was cut off explains one each. */
    gaps: last - first + 1 - byId.size,
    cutOff: [...sent].filter((id) => !byId.has(id)).length,
  };
}
