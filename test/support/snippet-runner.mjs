// Runs handler snippets for Node as a person would run them, one request each, and prints the answers. A process of its
// own, because the snippets read the environment, listen, and must believe that it is the time of the vector.
// Arguments: the file of cases, the folder for the snippets (with node_modules in reach). Prints a list as JSON.
// @ts-nocheck It calls code whose types nobody knows.

import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [casesFile, folder] = process.argv.slice(2);
const cases = JSON.parse(fs.readFileSync(casesFile, 'utf8'));
const servers = [];
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  servers.push(this);
  return listen.apply(this, args);
};
console.log = () => {};
const realNow = Date.now;

const answers = [];
for (const [index, item] of cases.entries()) {
  Object.assign(process.env, { PORT: '0' }, item.env);
  Date.now = () => item.now;
  globalThis.fetch = async (url) => {
    const text = item.documents[typeof url === 'string' ? url : url.href];
    return text === undefined ? new Response(null, { status: 404 }) : new Response(text);
  };
  const file = path.join(folder, `snippet-${index}.mjs`);
  fs.writeFileSync(file, item.source);
  try {
    const module = await import(pathToFileURL(file).href);
    answers.push(item.language === 'next' ? await askRoute(module, item) : await askServer(item));
  } catch (error) {
    answers.push({ status: -1, body: String(error?.stack ?? error) });
  }
  for (const name of Object.keys(item.env)) delete process.env[name];
}
Date.now = realNow;
process.stdout.write(JSON.stringify(answers), () => process.exit(0));

async function askRoute(module, item) {
  const headers = new Headers();
  for (const [name, value] of item.headers) headers.append(name, value);
  const body = Buffer.from(item.bodyBase64, 'base64');
  const hasBody = item.method !== 'GET' && item.method !== 'HEAD';
  const request = new Request(item.url, { method: item.method, headers, ...(hasBody ? { body } : {}) });
  // What Next.js itself answers where a route has no such method.
  const handle = module[item.method] ?? (() => new Response(null, { status: 405 }));
  const response = await handle(request);
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

async function askServer(item) {
  const server = servers.pop();
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await send(server.address(), item);
  } finally {
    server.close();
    server.closeAllConnections?.();
  }
}

function send({ port, family }, item) {
  const body = Buffer.from(item.bodyBase64, 'base64');
  const { pathname, search } = new URL(item.url);
  const rest = item.url.replace(/^https?:\/\/[^/]+/, '') || pathname + search;
  const headers = item.headers.filter(([name]) => !/^(host|content-length|transfer-encoding|connection)$/i.test(name));
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: family === 'IPv6' ? '::1' : '127.0.0.1',
      port,
      method: item.method,
      path: rest,
      headers: [
        ...headers.flat(),
        'Host',
        new URL(item.url).host,
        'Connection',
        'close',
        ...(body.length > 0 ? ['Content-Length', String(body.length)] : []),
      ],
    });
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    request.end(body);
  });
}
