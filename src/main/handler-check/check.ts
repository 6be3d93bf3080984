// What the cases work with: events, the way to the handler, and the view of its work.

import type { SchemeDefinition } from '../../shared/providers/define.ts';
import { checkHeaders, checkTarget } from '../sender/check.ts';
import { attempt } from '../sender/wire.ts';
import type { WireOutcome } from '../sender/wire.ts';
import { createEvents } from './events.ts';
import type { CheckRequest, Events } from './events.ts';
import { createWorkView } from './once.ts';
import type { WorkView } from './once.ts';
import type { HandlerCheckOptions } from './options.ts';
import { sendInPieces } from './pieces.ts';
import type { BodyWriter, PiecesOutcome } from './pieces.ts';

/** One handler under check. */
export interface Check {
  readonly events: Events;
  readonly work: WorkView;
  /** The scheme that signs; null where Hookbench itself does not find a fresh request valid. */
  readonly scheme: SchemeDefinition | null;
  /** Over this an answer is slow, ms. */
  readonly slowMs: number;
  now(): number;
  pause(ms: number): Promise<void>;
  /** Sends a whole request. */
  send(request: CheckRequest): Promise<WireOutcome>;
  sendPieces(
    request: CheckRequest,
    declaredBytes: number,
    script: (writer: BodyWriter) => Promise<void>,
  ): Promise<PiecesOutcome>;
  /** Sends a plain valid request with a new id. */
  sendValid(): Promise<WireOutcome>;
}

const defaultSlowMs = 10_000;
const defaultTotalMs = 30_000;
/** How much longer than slow an answer may take before it is given up, ms. */
const slackMs = 5_000;

/**
 * Prepares a check. Throws AppError SEND_INVALID_URL (handler or idempotency URL), SEND_INVALID_HEADER,
 * CONFIG_UNKNOWN_PROVIDER, CONFIG_INVALID (no secret, no such scheme) and SECRET_MALFORMED, before anything is sent.
 */
export function createCheck(options: HandlerCheckOptions): Check {
  const { clock, signal, idempotency } = options;
  checkTarget(options.url);
  if (idempotency !== undefined && 'url' in idempotency) checkTarget(idempotency.url);
  const events = createEvents(options);
  const published = events.provider.retry?.timeoutSeconds;
  const slowMs = options.slowMs ?? (published === undefined ? defaultSlowMs : published * 1_000);
  const totalMs = options.totalMs ?? Math.max(defaultTotalMs, slowMs + slackMs);
  const exchange = options.attempt ?? attempt;

  const send = ({ url, headers, body }: CheckRequest): Promise<WireOutcome> =>
    exchange({ method: 'POST', url, headers, body, clock, totalMs, signal });
  const get = (url: string): Promise<WireOutcome> =>
    exchange({ method: 'GET', url, headers: [], body: new Uint8Array(), clock, totalMs, signal });
  // Signing once finds a broken secret or event while nothing has been sent.
  const request = events.sign(events.fresh());
  checkTarget(request.url);
  checkHeaders(request.headers);
  const scheme = events.schemeOf(request);

  return {
    events,
    work: createWorkView(options, get),
    scheme,
    slowMs,
    now: () => clock.now(),
    pause: (ms) => new Promise((resolve) => void clock.after(ms, resolve)),
    send,
    sendPieces: (request, declaredBytes, script) =>
      sendInPieces({ request, declaredBytes, script, clock, totalMs, signal, rules: options.rules }),
    sendValid: () => send(events.sign(events.fresh())),
  };
}
