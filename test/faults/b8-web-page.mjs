// B8: what a web page in the person's browser can do to the receiver: post across sites, ask for leave (preflight), come
// through a rebound name, guess paths, open a WebSocket. No reply holds stored data, a CORS grant or a server version,
// and what is captured of it carries the badge `webPage`.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from './random.mjs';
import { checkIntegrity, findDebris, readStored, told } from './stored.mjs';
import { ask, openWire, post } from './wire.mjs';
import { startLocalApp, writeWorkspace } from './workspace-file.mjs';

const guesses = 500;
const page = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' };
const roots = ['', '/api', '/api/v1', '/admin', '/_', '/hookbench', '/.well-known', '/debug', '/internal', '/v1'];
const leaves = [
  ...['', 'requests', 'requests.json', 'history', 'history.sqlite', 'history.sqlite-wal', 'events', 'deliveries'],
  ...['queue', 'queue.json', 'dead-letters.json', 'workspace', 'workspace.json', 'settings', 'settings.json'],
  ...[
    'secrets',
    'secrets.json',
    'lock',
    'control.sock',
    'state',
    'state.get',
    'export',
    'export?format=har',
    'inspect',
  ],
  ...[
    'stream',
    'sse',
    'ws',
    'socket.io/',
    'graphql',
    'metrics',
    'health',
    'status',
    'version',
    'config',
    'env',
    '.env',
  ],
  ...['index.html', 'static/app.js', 'swagger.json', 'openapi.json', 'docs', 'login', 'logout', 'json/list', 'call'],
  ...['../workspace.json', '..%2f..%2fsecrets.json', '%2e%2e/queue.json', 'strict', 'closed', 'off', 'test-event'],
];

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runWebPage({ cli, seed, processes, log }) {
  /** @type {string[]} */
  const problems = [];
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-b8-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const app = await startLocalApp();
  writeWorkspace(dataDir, { appUrl: app.url, forward: 'copy' });
  /** @type {Map<string, any>} Request lines by target. */
  const lines = new Map();
  const host = processes.start(cli, ['listen', '--json', '--data-dir', dataDir, '--port', '0'], {
    onLine: (line) => line.type === 'request' && lines.set(line.target, line),
  });
  const { port } = await host.line((line) => line.type === 'ready', 15_000);

  // What must not come back, in every place that is stored.
  const random = createRandom(seed, 'B8');
  const canary = `canary${Array.from({ length: 12 }, () => random.below(10)).join('')}`;
  for (let n = 0; n < 10; n += 1)
    await ask(
      port,
      post(`/kept/${canary}-path-${n}`, `{"kept":"${canary}-body"}`, {
        'X-Kept': `${canary}-header`,
        'X-Fault-Id': `kept ${n}`,
      }),
    );
  const ids = [...lines.values()].map(({ id }) => id);

  let replies = 0;
  /** @type {Record<string, number>} */
  const statuses = {};
  /** @type {string[]} */
  const leaks = [];
  /** @type {string[]} */
  const grants = [];
  /** @type {string[]} */
  const versions = [];
  /** @type {string[]} */
  const unanswered = [];
  /** @param {string} what @param {Buffer} bytes @param {import('./wire.mjs').Reply | null} reply */
  const look = (what, bytes, reply) => {
    const text = bytes.toString('latin1');
    replies += 1;
    statuses[reply?.status ?? 'none'] = (statuses[reply?.status ?? 'none'] ?? 0) + 1;
    if (reply === null) unanswered.push(what);
    if (text.includes(canary) || ids.some((id) => text.includes(id))) leaks.push(what);
    if (/^access-control-/im.test(text)) grants.push(what);
    if (/^(server|x-powered-by|via):/im.test(text) || /fastify|node\.?js|hookbench\/?\d|v\d+\.\d+\.\d+/i.test(text))
      versions.push(what);
    if (reply?.status === 101) grants.push(`${what} (101)`);
  };
  /** @param {string} what @param {Uint8Array | string} bytes @param {boolean} [bodyless] */
  const attempt = async (what, bytes, bodyless = false) => {
    const wire = openWire(port, { bodyless });
    wire.write(bytes);
    await wire.until(() => wire.replies().length > 0 || wire.isClosed(), 3_000);
    look(what, wire.received(), wire.replies()[0] ?? null);
    wire.destroy();
  };
  /** @param {string} method @param {string} target @param {Readonly<Record<string, string>>} headers */
  const headOf = (method, target, headers) =>
    `${method} ${target} HTTP/1.1\r\n${Object.entries({ Host: `127.0.0.1:${port}`, ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`;

  // What pages send, each to a path of its own; and what must not get the badge.
  /** @type {Record<string, { bytes: Uint8Array | string, isPage: boolean }>} */
  const visits = {
    '/cross-site-post': {
      bytes: post('/cross-site-post', 'a=1', { ...page, 'Content-Type': 'text/plain' }),
      isPage: true,
    },
    '/cross-site-form': {
      bytes: post('/cross-site-form', 'a=1', { ...page, 'Content-Type': 'application/x-www-form-urlencoded' }),
      isPage: true,
    },
    '/old-browser': { bytes: post('/old-browser', '{}', { Origin: 'null' }), isPage: true },
    '/same-site': { bytes: post('/same-site', '{}', { 'Sec-Fetch-Site': 'same-site' }), isPage: true },
    '/preflight': {
      bytes: headOf('OPTIONS', '/preflight', {
        ...page,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,x-anything',
        'Access-Control-Request-Private-Network': 'true',
        'Access-Control-Request-Local-Network': 'true',
      }),
      isPage: true,
    },
    '/rebinding': { bytes: headOf('GET', '/rebinding', { ...page, Host: 'evil.example' }), isPage: true },
    '/web-socket': {
      bytes: headOf('GET', '/web-socket', {
        ...page,
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      }),
      isPage: true,
    },
    '/event-stream': { bytes: headOf('GET', '/event-stream', { ...page, Accept: 'text/event-stream' }), isPage: true },
    '/provider': { bytes: post('/provider', '{}', { 'User-Agent': 'Provider-Hooks/1.0' }), isPage: false },
    '/typed-by-hand': { bytes: headOf('GET', '/typed-by-hand', { 'Sec-Fetch-Site': 'none' }), isPage: false },
  };
  for (const [target, { bytes }] of Object.entries(visits)) await attempt(target, bytes);

  const targets = [
    ...ids.flatMap((id) => [`/${id}`, `/requests/${id}`, `/api/requests/${id}/body`]),
    ...roots.flatMap((root) => leaves.map((leaf) => `${root}/${leaf}`)),
  ].slice(0, guesses);
  for (const [n, target] of targets.entries()) {
    const names = ['127.0.0.1', 'localhost', 'evil.example', 'hookbench.localhost'];
    const headers = n % 3 === 0 ? {} : page;
    await attempt(`GET ${target}`, headOf('GET', target, { ...headers, Host: `${names[n % 4]}:${port}` }));
  }
  for (const method of ['HEAD', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'SEARCH', 'REPORT'])
    await attempt(`${method} /`, headOf(method, '/', page), method === 'HEAD');
  const isAlive = host.isAlive();
  await host.stop('SIGTERM');
  app.close();

  const stored = await readStored(processes, cli, dataDir, problems);
  const badgeOf = new Map(stored.map((entry) => [entry.target, entry.line.webPage === true]));
  const unbadged = [];
  const misbadged = [];
  for (const [target, { isPage }] of Object.entries(visits)) {
    const told = [lines.get(target)?.webPage === true, badgeOf.get(target) ?? false];
    if (isPage && told.includes(false)) unbadged.push(`${target} (listen ${told[0]}, requests ${told[1]})`);
    if (!isPage && told.includes(true)) misbadged.push(target);
  }
  const kept = stored.filter(({ id }) => id.startsWith('kept ')).length;
  // Those ten are data of the browser's page and stay what they are: text. Nothing may have been made of them.
  if (kept !== 10) problems.push(`${kept} of 10 requests from before are stored`);
  if (!isAlive) problems.push(`the host ended: ${host.errors().slice(-500)}`);
  problems.push(
    ...told(leaks, 'replies that hold stored data'),
    ...told(grants, 'replies that grant something to a page'),
    ...told(versions, 'replies that name a server or its version'),
    ...told(unanswered, 'attempts without a reply'),
    ...told(unbadged, 'requests of web pages without the badge'),
    ...told(misbadged, 'requests with the badge that no web page sent'),
    ...told(
      Object.keys(statuses).filter((status) => status.startsWith('5')),
      'statuses of a fault',
    ),
    ...told(await checkIntegrity(processes, join(dataDir, 'history.sqlite')), 'from the integrity check'),
    ...told(findDebris(dataDir), 'crash or quarantine files'),
    ...told(strangeFiles(dataDir), 'files that do not belong into the folder'),
  );
  log(`B8: ${replies} replies, ${leaks.length} leaks, ${grants.length} grants, ${unbadged.length} without the badge`);
  const pass = problems.length === 0;
  if (pass) rmSync(folder, { recursive: true, force: true });
  return {
    fault: 'B8',
    seed,
    pass,
    problems,
    kills: 0,
    sent: replies,
    lost: /** @type {string[]} */ ([]),
    statuses,
    guessedPaths: targets.length,
    leaks: leaks.length,
    grants: grants.length,
    versions: versions.length,
    unbadged: unbadged.length,
    ...(pass ? {} : { keptFolder: folder }),
    summary:
      `B8 web page: ${replies} replies (${targets.length} guessed paths), ${leaks.length} with stored data, ` +
      `${grants.length} grants, ${versions.length} naming a server, ${unbadged.length} without the badge`,
  };
}

/** @param {string} dataDir */
function strangeFiles(dataDir) {
  const ours =
    /^((workspace|settings|queue|dead-letters|secrets|pulls)\.(json|journal)|history\.sqlite|lock|control\.sock|tunnel)/;
  return readdirSync(dataDir).filter((name) => !ours.test(name));
}
