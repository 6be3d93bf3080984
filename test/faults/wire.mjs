// Exact bytes to a port of this machine, and what comes back: the clients of the hostile faults. It knows just enough
// HTTP to tell replies apart.

import { connect } from 'node:net';

/**
 * @typedef {object} Reply
 * @property {number} status
 * @property {readonly (readonly [string, string])[]} headers
 * @property {Buffer} body
 */

/**
 * @typedef {object} Wire One open connection.
 * @property {(bytes: Uint8Array | string) => void} write
 * @property {() => void} end Ends this side only.
 * @property {() => void} destroy
 * @property {() => Buffer} received
 * @property {() => Reply[]} replies Whole ones; interim ones (1xx but 101) are left out.
 * @property {() => boolean} isOpen The connection was made.
 * @property {() => boolean} isClosed The other side has ended it, or it broke.
 * @property {() => string | null} failure Code of the error that broke it.
 * @property {(condition: () => boolean, ms: number) => Promise<boolean>} until Whether `condition` came to hold in time;
 *   looked at whenever something happens.
 */

/**
 * @param {number} port
 * @param {{ host?: string, bodyless?: boolean }} [options] `bodyless`: the replies carry no body (HEAD).
 * @returns {Wire}
 */
export function openWire(port, { host = '127.0.0.1', bodyless = false } = {}) {
  const socket = connect({ port, host, allowHalfOpen: true });
  socket.setNoDelay(true);
  /** @type {Buffer[]} */
  let chunks = [];
  let isOpen = false;
  let isClosed = false;
  /** @type {string | null} */
  let failure = null;
  /** @type {Set<() => void>} */
  const watchers = new Set();
  const notify = () => {
    for (const look of watchers) look();
  };
  const close = () => {
    isClosed = true;
    socket.end();
    notify();
  };
  const received = () => {
    const all = Buffer.concat(chunks);
    chunks = [all];
    return all;
  };
  socket.on('connect', () => {
    isOpen = true;
    notify();
  });
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    notify();
  });
  socket.on('end', close);
  socket.on('close', close);
  socket.on('error', (error) => {
    failure = /** @type {NodeJS.ErrnoException} */ (error).code ?? error.message;
    close();
  });
  return {
    write: (bytes) => {
      if (!socket.writableEnded && !socket.destroyed) socket.write(bytes);
    },
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
    received,
    replies: () => parseReplies(received(), bodyless),
    isOpen: () => isOpen,
    isClosed: () => isClosed,
    failure: () => failure,
    until: (condition, ms) =>
      new Promise((resolve) => {
        /** @param {boolean} isMet */
        const settle = (isMet) => {
          clearTimeout(timer);
          watchers.delete(look);
          resolve(isMet);
        };
        const look = () => {
          if (condition()) settle(true);
        };
        const timer = setTimeout(() => settle(condition()), ms);
        watchers.add(look);
        look();
      }),
  };
}

/**
 * One request on its own connection: its reply and how long it took, or null where none came in time.
 * @param {number} port
 * @param {Uint8Array | string} bytes
 * @param {number} [ms]
 * @returns {Promise<{ reply: Reply | null, ms: number, received: Buffer }>}
 */
export async function ask(port, bytes, ms = 5_000) {
  const startedAt = performance.now();
  const wire = openWire(port);
  wire.write(bytes);
  await wire.until(() => wire.replies().length > 0 || wire.isClosed(), ms);
  const took = performance.now() - startedAt;
  wire.destroy();
  return { reply: wire.replies()[0] ?? null, ms: took, received: wire.received() };
}

/**
 * An ordinary POST.
 * @param {string} path
 * @param {Uint8Array | string} body
 * @param {Readonly<Record<string, string>>} [headers]
 */
export function post(path, body, headers = {}) {
  const bytes = Buffer.from(body);
  const fields = Object.entries({ Host: '127.0.0.1', 'Content-Type': 'application/json', ...headers });
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([
    Buffer.from(`POST ${path} HTTP/1.1\r\n${head}Content-Length: ${bytes.length}\r\n\r\n`, 'latin1'),
    bytes,
  ]);
}

/**
 * @param {Reply | null} reply
 * @param {string} name
 */
export function headerOf(reply, name) {
  return reply?.headers.find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1];
}

/**
 * @param {Buffer} bytes
 * @param {boolean} bodyless
 */
function parseReplies(bytes, bodyless) {
  /** @type {Reply[]} */
  const replies = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (end === -1) return replies;
    const [first = '', ...lines] = bytes.subarray(at, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
    const headers = lines.map((line) => {
      const colon = line.indexOf(':');
      return /** @type {const} */ ([line.slice(0, colon), line.slice(colon + 1).trim()]);
    });
    const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
    const bodyAt = end + 4;
    const isInterim = status >= 100 && status < 200;
    at = bodyless || isInterim ? bodyAt : bodyAt + length;
    if (at > bytes.length) return replies;
    if (!isInterim || status === 101) replies.push({ status, headers, body: bytes.subarray(bodyAt, at) });
  }
}
