// Hands what a channel tells to the receiver, as near to the sender's request as the channel kept it: headers under their
// lower-case names, the body as bytes where a gosmee server sent them, else as JSON written anew.

import { request as requestHttp, validateHeaderName, validateHeaderValue } from 'node:http';
import type { ClientRequest } from 'node:http';
import type { RequestHead } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { localHost } from './addresses.ts';
import type { RunContext } from './contract.ts';

/**
 * Query parameter of the channel's address that tells the path of the endpoint; it is taken out of the query. A gosmee
 * server passes no query on: there a header of this name does the same.
 */
export const pathParameter = 'hookbench-path';

/** Requests in flight, and those that wait for their turn. */
const mostInFlight = 50;
const mostWaiting = 2_000;
/** A request that gets no answer for so long makes room for others; the receiver has stored it by then. */
const answerMs = 120_000;

/** What is not of the sender but of the connection, or is set here. */
const notPassedOn: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Keys of a message that are no headers. */
const notHeaders: ReadonlySet<string> = new Set(['body', 'bodyB', 'query', 'timestamp', pathParameter]);

/** Deliveries of one channel. */
export interface SmeeDelivery {
  /** Takes the data of one event. */
  take(data: string): void;
  /** Whether this very request is in flight. */
  delivers(head: RequestHead): boolean;
  stop(): void;
}

interface Delivery {
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** `channel` names the host that senders wrote to. */
export function createSmeeDelivery(context: RunContext, channel: URL): SmeeDelivery {
  const inFlight = new Map<ClientRequest, string>();
  const waiting: Delivery[] = [];

  function send(delivery: Delivery): void {
    const { receiver } = context;
    const request = requestHttp({
      host: localHost(receiver).replace(/^\[|\]$/g, ''),
      port: receiver.port,
      method: 'POST',
      path: delivery.target,
      headers: delivery.headers.flat(),
      agent: false,
      timeout: answerMs,
    });
    inFlight.set(request, fingerprint('POST', delivery.target, delivery.headers));
    let failure = '';
    request.on('response', (response) => {
      context.log(`POST ${delivery.target} - ${response.statusCode ?? 0}`);
      response.resume();
    });
    request.on('timeout', () => request.destroy());
    request.on('error', (error) => (failure = error.message));
    request.on('close', () => {
      inFlight.delete(request);
      if (failure !== '') context.log(`POST ${delivery.target} - not delivered: ${failure}`);
      const next = waiting.shift();
      if (next) send(next);
    });
    request.end(delivery.body);
  }

  return {
    take(data) {
      const delivery = deliveryIn(data, channel);
      if (!delivery) return;
      if (inFlight.size < mostInFlight) send(delivery);
      else if (waiting.length < mostWaiting) waiting.push(delivery);
      else context.log(`POST ${delivery.target} - dropped: too many events wait`);
    },
    delivers({ method, target, headers }) {
      if (inFlight.size === 0) return false;
      const wanted = fingerprint(method, target, headers);
      return [...inFlight.values()].includes(wanted);
    },
    stop() {
      waiting.length = 0;
      for (const request of inFlight.keys()) request.destroy();
    },
  };
}

function fingerprint(method: string, target: string, headers: readonly HeaderPair[]): string {
  return JSON.stringify([method, target, headers]);
}

/** The request that an event tells of; null for what is none, such as gosmee's greeting. */
function deliveryIn(data: string, channel: URL): Delivery | null {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const message = value as Readonly<Record<string, unknown>>;
  const { body: parsedBody, bodyB, query } = message;
  if (parsedBody === undefined && typeof bodyB !== 'string') return null;
  const isExact = typeof bodyB === 'string';
  const body = isExact ? Buffer.from(bodyB, 'base64') : Buffer.from(JSON.stringify(parsedBody));
  const host = typeof message['host'] === 'string' && isHost(message['host']) ? message['host'] : channel.host;
  const headers: HeaderPair[] = [['Host', host]];
  for (const [name, given] of Object.entries(message)) {
    if (notHeaders.has(name) || notPassedOn.has(name.toLowerCase())) continue;
    // What is sent is JSON now, whatever it was; as it is with the library's own way.
    const rewritten = !isExact && name.toLowerCase() === 'content-type';
    for (const one of Array.isArray(given) ? given : [given]) {
      const text = rewritten ? 'application/json' : one;
      if (typeof text === 'string' && isHeader(name, text)) headers.push([name, text]);
    }
  }
  headers.push(['content-length', String(body.length)], ['connection', 'close']);
  return { target: targetOf(query, message[pathParameter]), headers, body };
}

/** The path that the sender's query or header names, with the rest of the query. */
function targetOf(query: unknown, header: unknown): string {
  const given = typeof query === 'object' && query !== null ? Object.entries(query) : [];
  let path = typeof header === 'string' && header.startsWith('/') ? pathOf(header) : '/';
  const rest = new URLSearchParams();
  for (const [name, value] of given) {
    const texts = (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
    if (name !== pathParameter) for (const text of texts) rest.append(name, text);
    else if (texts[0]?.startsWith('/')) path = pathOf(texts[0]);
  }
  return rest.size === 0 ? path : `${path}?${rest.toString()}`;
}

/** Only the path, written as a request line can carry it. */
function pathOf(text: string): string {
  const url = `http://local.invalid${text}`;
  return URL.canParse(url) ? new URL(url).pathname : '/';
}

function isHost(text: string): boolean {
  return text.length <= 260 && /^[\w.-]+(:\d{1,5})?$/.test(text);
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
