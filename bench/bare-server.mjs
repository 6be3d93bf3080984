// The yardstick: the least a server can do with a webhook. Reads the body, keeps nothing, answers 200.
// Usage: node bare-server.mjs http|fastify; prints its port.

import { createServer } from 'node:http';
import fastify from 'fastify';

async function listenWithFastify() {
  const server = fastify();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.post('/*', (_request, reply) => reply.header('content-type', 'application/json').send('{"received":true}'));
  await server.listen({ host: '127.0.0.1', port: 0 });
  return server.server;
}

/** @returns {Promise<import('node:http').Server>} */
function listenWithHttp() {
  const server = createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      Buffer.concat(chunks);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}');
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const server = await (process.argv[2] === 'fastify' ? listenWithFastify() : listenWithHttp());
const address = server.address();
process.stdout.write(
  `${JSON.stringify({ type: 'ready', port: typeof address === 'object' ? address?.port : null })}\n`,
);
