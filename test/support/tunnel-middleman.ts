// A proxy on loopback that meddles with what passes, as tunnels and what stands before them do.

import { createServer, request as requestHttp } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What it does to requests and answers. */
export interface Meddling {
  readonly body?: (text: string) => string;
  /** Lower-case name. */
  readonly dropHeader?: string;
  /** Of its answers. */
  readonly date?: string;
  /** Shown instead of passing anything on. */
  readonly page?: string;
  /** Given in place of the receiver's answer. */
  readonly replaceAnswer?: string;
}

/** A running proxy. */
export interface Middleman {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts one before the port `to`. */
export async function startMiddleman(to: number, meddling: Meddling): Promise<Middleman> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      if (meddling.page !== undefined) {
        outgoing.writeHead(200, { 'Content-Type': 'text/html' }).end(meddling.page);
        return;
      }
      const text = Buffer.concat(chunks).toString('utf8');
      const body = meddling.body?.(text) ?? text;
      const headers = { ...incoming.headers, 'content-length': String(Buffer.byteLength(body)) };
      if (meddling.dropHeader !== undefined) delete headers[meddling.dropHeader as keyof typeof headers];
      const { method, url } = incoming;
      const onward = requestHttp(
        { host: '127.0.0.1', port: to, method, path: url, headers, agent: false },
        (answer) => {
          const given = { ...answer.headers, ...(meddling.date === undefined ? {} : { date: meddling.date }) };
          if (meddling.replaceAnswer === undefined) {
            outgoing.writeHead(answer.statusCode ?? 0, given);
            answer.pipe(outgoing);
          } else {
            answer.resume();
            outgoing.end(meddling.replaceAnswer);
          }
        },
      );
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
