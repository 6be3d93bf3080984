// A provider's API on loopback: lists events, newest first, over counted pages, to whoever brings the token.

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Events on a page. */
export const pageSize = 4;

/** A running API. */
export interface EventsApi {
  readonly url: string;
  events: readonly { readonly id: string; readonly at: number; readonly type: string; readonly failed?: boolean }[];
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  /** Answers instead of the list. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  close(): Promise<void>;
}

/** Starts an API that lists nothing yet. */
export async function startEventsApi(token: string): Promise<EventsApi> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (api.answer) return api.answer(request, response);
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end('{}');
    const page = Number(new URL(request.url ?? '', 'http://api').searchParams.get('page'));
    const rows = api.events.slice((page - 1) * pageSize, page * pageSize);
    const data = rows.map(({ id, at, type, failed }) => ({
      id,
      sent: new Date(at).toISOString(),
      type,
      failed: failed ?? false,
      body: { id, type, note: 'not real' },
    }));
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: EventsApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events: [],
    asked,
    answer: null,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return api;
}
