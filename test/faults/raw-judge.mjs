// B5's judgement: whether a hostile raw case ended in its class. Pure, so that the self-test can feed it doctored copies.

/**
 * @typedef {object} RawCase One entry of the corpus.
 * @property {string} id
 * @property {string} file
 * @property {'hold-open' | 'half-close'} [client]
 * @property {{ class: string, statuses?: readonly (number | 'closed')[], minCaptured?: number, maxCaptured: number,
 *   bodySha256?: string, capturedHeaders?: number, capturedPath?: string, capturedBodies?: readonly string[],
 *   withinMs?: number }} expect
 */

/**
 * @typedef {object} Played How it ended.
 * @property {readonly number[]} statuses Of the replies, in order.
 * @property {string} received Everything, as Latin-1.
 * @property {boolean} isClosed
 * @property {readonly Captured[]} captured What was stored of it, in the order of the listing.
 */

/**
 * @typedef {object} Captured
 * @property {number} seq
 * @property {string} target
 * @property {string} sha256
 * @property {boolean} truncated
 * @property {string} remoteAddress
 * @property {readonly (readonly [string, string])[]} headers
 */

/** Classes in which the receiver must end the connection by itself. */
export const closingClasses = new Set(['reject-close', 'timeout-close', 'capture-then-close']);

/**
 * What is wrong, in words.
 * @param {RawCase} one
 * @param {Played} played
 * @returns {string[]}
 */
export function judgeRaw({ id, expect: wanted }, { statuses, received, isClosed, captured: all }) {
  // A body that is too large is recorded as a truncated request: marked, so no capture that looks complete.
  const captured = all.filter((request) => !request.truncated);
  const [request] = captured;
  const seqs = captured.map(({ seq }) => seq);
  const hashes = captured.map(({ sha256 }) => sha256);
  const hosts = captured.flatMap(({ headers }) => valuesOf(headers, 'host'));
  /** @type {readonly (readonly [boolean, string])[]} */
  const checks = [
    [(wanted.statuses ?? [200]).includes(statuses[0] ?? 'closed'), `status ${statuses[0] ?? 'closed'}`],
    [isClosed || !closingClasses.has(wanted.class), 'the socket was left open'],
    [
      captured.length >= (wanted.minCaptured ?? 0) && captured.length <= wanted.maxCaptured,
      `captured ${captured.length}`,
    ],
    [!wanted.bodySha256 || !request || request.sha256 === wanted.bodySha256, `body ${request?.sha256}`],
    [
      wanted.class !== 'capture-exact' || captured.length === wanted.maxCaptured,
      `captured ${captured.length}, not ${wanted.maxCaptured}`,
    ],
    [
      !wanted.capturedHeaders || !request || request.headers.length === wanted.capturedHeaders,
      `headers ${request?.headers.length}`,
    ],
    [!wanted.capturedPath || request?.target === wanted.capturedPath, `target ${request?.target}`],
    [!wanted.capturedBodies || hashes.join() === wanted.capturedBodies.join(), `bodies ${hashes.join()}`],
    [seqs.join() === seqs.toSorted((a, b) => a - b).join(), `order ${seqs.join()}`],
    [wanted.class !== 'capture-n' || statuses.join() === captured.map(() => 200).join(), `statuses ${statuses.join()}`],
    [
      !/^(HTTP\/1\.1 101|access-control-|set-cookie|server:|x-powered-by)/im.test(received),
      'a header that nobody planned',
    ],
    [!/fastify|node|trace-canary/i.test(received), 'a reply that says too much'],
    [captured.every(({ target }) => !target.includes('/smuggled')), 'a smuggled request'],
    [captured.every(({ remoteAddress }) => remoteAddress === '127.0.0.1'), 'a forged address'],
    [captured.every(({ headers }) => valuesOf(headers, 'x-checksum').length === 0), 'a trailer among the headers'],
    [id !== 'chunked-trailers-forbidden' || !hosts.includes('other.example'), 'a Host from a trailer'],
  ];
  return checks.filter(([holds]) => !holds).map(([, what]) => what);
}

/**
 * @param {readonly (readonly [string, string])[]} headers
 * @param {string} name Lower case.
 */
function valuesOf(headers, name) {
  return headers.filter(([given]) => given.toLowerCase() === name).map(([, value]) => value);
}
