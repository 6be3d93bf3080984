// A data folder whose endpoints have rules, forwards and access rules, written as the product would write it; and the
// local app that the forwards go to.

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';

/** @param {string} text */
const sha256 = (text) => createHash('sha256').update(text, 'utf8').digest('hex');

const received = {
  status: 200,
  headers: [['Content-Type', 'application/json']],
  body: '{"received":true}',
};

/**
 * Rules that look at every part of a request and fit none: they may change nothing, whatever they are shown.
 */
const idleRules = [
  { field: 'method', op: 'is', value: 'XYZZY' },
  { field: 'path', op: 'is', value: '/no/such/*/path' },
  { field: 'query', name: 'no-such', op: 'exists' },
  { field: 'header', name: 'X-No-Such', op: 'is', value: '*' },
  { field: 'json', name: 'no.such.0.path', op: 'is', value: 'never' },
  { field: 'body', op: 'has', value: 'no such text in any body' },
  { field: 'provider', op: 'is', value: 'no-such' },
  { field: 'event', op: 'is', value: 'no.such.event' },
  { field: 'verdict', op: 'is', value: 'future' },
].map((condition, n) => ({
  id: `idle-${n}`,
  name: `Fits nothing: ${condition.field}`,
  when: [condition],
  reply: { status: 418, headers: [], body: `rule ${n}` },
}));

const rate = { count: 100_000, periodSeconds: 1, burst: 1_000_000 };

/**
 * Writes workspace.json. The catch-all has rules, access rules that let this machine in, and a forward.
 * @param {string} dataDir
 * @param {{ appUrl: string, forward: 'answer' | 'copy' | 'none' }} options
 */
export function writeWorkspace(dataDir, { appUrl, forward }) {
  const common = { provider: null, secretNames: [], toleranceSeconds: null, publicUrl: null, trustForwarded: false };
  const access = {
    allow: ['127.0.0.0/8', '::1/128'],
    senderRate: rate,
    endpointRate: rate,
    refuseStale: false,
    quotaBytes: 10_000_000_000,
  };
  const forwards =
    forward === 'none' ? [] : [{ id: 'app', url: `${appUrl}/app`, mode: forward, appendPath: true, timeoutMs: 5_000 }];
  const endpoints = [
    {
      ...common,
      id: 'default',
      name: 'Everything else',
      path: '/',
      reply: received,
      rules: idleRules,
      forwards,
      access,
    },
    {
      ...common,
      id: 'strict',
      name: 'Strict',
      path: '/strict',
      provider: 'stripe',
      mode: 'strict',
      reply: received,
      rules: idleRules,
      forwards,
      access,
    },
    {
      ...common,
      id: 'closed',
      name: 'Closed to this machine',
      path: '/closed',
      reply: received,
      rules: [],
      forwards,
      access: { ...access, allow: ['203.0.113.0/24', '2001:db8::/32'] },
    },
    { ...common, id: 'off', name: 'Switched off', path: '/off', active: false, reply: received },
  ];
  const payload = JSON.stringify({ endpoints, targets: [], schemes: [], schedules: [], pulls: [] });
  const text = `{"version":1,"sha256":"${sha256(payload)}","payload":${payload}}\n`;
  writeFileSync(join(dataDir, 'workspace.json'), text, { mode: 0o600 });
}

/** An app that says yes to everything, also to what no app should get, and remembers what it was asked. */
export async function startLocalApp() {
  /** @type {{ method: string, url: string, hosts: number }[]} */
  const asked = [];
  let unreadable = 0;
  const server = createServer({ maxHeaderSize: 1_048_576, requireHostHeader: false }, (request, response) => {
    const hosts = request.rawHeaders.filter((text, n) => n % 2 === 0 && text.toLowerCase() === 'host').length;
    asked.push({ method: request.method ?? '', url: request.url ?? '', hosts });
    request.resume();
    request.on('error', () => {});
    request.on('end', () => response.writeHead(200, { 'Content-Type': 'text/plain' }).end('from the app'));
  });
  server.maxHeadersCount = 0;
  server.on('clientError', (_error, socket) => {
    unreadable += 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    /** Requests that were not HTTP. */
    unreadable: () => unreadable,
    close: () => server.close().closeAllConnections(),
  };
}
