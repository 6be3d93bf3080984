// The harness's own test of F6, F7 and B5 to B8: a receiver that speaks the command line's contract (`listen`,
// `requests`) and makes the mistakes that these faults are made for. It locks nothing, moves to another port in silence,
// opens a file per request, never times out, believes browsers, tells what it stores, and forgets one request in ten.

import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { 'data-dir': { type: 'string' }, port: { type: 'string' } },
});
const file = join(String(values['data-dir']), 'weak.jsonl');
const kept = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
/** @param {object} line */
const print = (line) => void process.stdout.write(`${JSON.stringify(line)}\n`);

if (positionals[0] === 'requests') process.stdout.write(kept());
if (positionals[0] === 'listen') listen(Number(values['port'] ?? 0));

/** @param {number} port */
function listen(port) {
  let seq = 0;
  const server = createServer(
    { headersTimeout: 0, requestTimeout: 0, requireHostHeader: false },
    (request, response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        seq += 1;
        const { rawHeaders } = request;
        const headers = rawHeaders.flatMap((name, n) => (n % 2 === 0 ? [[name, rawHeaders[n + 1] ?? '']] : []));
        const line = {
          type: 'request',
          id: `req_${seq}`,
          seq,
          target: request.url,
          remoteAddress: request.headers['x-forwarded-for'] ?? request.socket.remoteAddress,
          truncated: false,
          sha256: createHash('sha256').update(body).digest('hex'),
          headers,
          bodyBase64: body.toString('base64'),
        };
        if (seq % 10 !== 0) appendFileSync(file, `${JSON.stringify(line)}\n`);
        print(line);
        response.setHeader('Server', 'weak/1.0.0');
        response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
        response.end(request.method === 'GET' ? kept() : 'ok');
      });
    },
  );
  server.keepAliveTimeout = 0;
  server.on('clientError', () => {});
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  });
  server.on('listening', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    print({ type: 'ready', url: `http://127.0.0.1:${port}`, port, dataDir: values['data-dir'], recovered: [] });
  });
  server.once('error', () => server.listen(0, '127.0.0.1'));
  server.listen(port, '127.0.0.1');
}
