// A TCP server that keeps the bytes of each HTTP request it gets and answers 200.
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: (readonly [string, string])[];
  readonly body: Buffer;
}

export interface RawServer {
  readonly origin: string;
  readonly requests: RawRequest[];
  close(): Promise<void>;
}

export async function startRawServer(): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let data = Buffer.alloc(0);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      data = Buffer.concat([data, chunk]);
      const request = parse(data);
      if (!request) return;
      requests.push(request);
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function parse(data: Buffer): RawRequest | null {
  const end = data.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first = '', ...lines] = data.subarray(0, end).toString('latin1').split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')] as const;
  });
  const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
  const body = data.subarray(end + 4);
  if (body.byteLength < length) return null;
  const start = first.indexOf(' ');
  const last = first.lastIndexOf(' ');
  return {
    method: first.slice(0, start),
    target: first.slice(start + 1, last),
    version: first.slice(last + 1),
    headers,
    body,
  };
}
