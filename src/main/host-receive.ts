// The way of one request through the host: judged, an answer chosen, stored, copied on, answered by the app behind a
// forward. It composes the parts and decides only what concerns several of them.

import type { Change } from '../shared/news.ts';
import { AppError } from '../shared/errors.ts';
import type { CapturedRequest } from '../shared/exchange.ts';
import type { Forward, ForwardResult } from '../shared/forwards.ts';
import { isSuccess } from '../shared/http-status.ts';
import type { ReplyBy, ReplyRecord } from '../shared/replies.ts';
import type { Endpoint } from '../shared/workspace.ts';
import { summarize } from './host-news.ts';
import type { Parts } from './host-parts.ts';
import { createProcessed } from './host-processed.ts';
import type { Forwarder } from './host-forward.ts';
import type { Judged, JudgedPassage, Pipeline } from './pipeline/pipeline.ts';
import { plainReply, tooLargeReply } from './receiver/reply.ts';
import type { ReplyPlan } from './receiver/reply.ts';
import { processedReply, processedWhy } from './receiver/rules.ts';
import type { ReplyChooser } from './receiver/rules-contract.ts';
import { answerHandshake } from './signatures/handshake.ts';
import type { HandshakeReply } from './signatures/handshake.ts';
import { createInFlight } from './sender/in-flight.ts';
import type { Exchange } from './store/history.ts';

/** Requests that are answered without being stored, for example a tunnel's own probe. */
type Aside = (request: CapturedRequest) => ReplyPlan | null;

/** What receiving needs. */
export interface ReceptionOptions {
  readonly parts: Parts;
  readonly pipeline: Pipeline;
  readonly chooser: ReplyChooser;
  readonly forwarder: Pick<Forwarder, 'answer' | 'copies'>;
  readonly aside: Aside;
  /** The tunnel of ours through which it came, or null. */
  readonly passageOf: (request: CapturedRequest) => JudgedPassage | null;
  readonly emit: (change: Change) => void;
  /** Bytes that are kept of one body. */
  readonly bodyLimit: number;
  /** Called after a request is stored, or could not be. */
  readonly onStored: (exchange: Exchange, stored: boolean) => void;
}

/** Receives requests. */
export interface Reception {
  /**
   * Resolves with the reply once the request is on disk and passed on; rejects when it could not be stored. Calls
   * `stored` as soon as it is on disk.
   */
  onRequest(request: CapturedRequest, stored?: () => void): Promise<ReplyPlan>;
  onReplied(request: CapturedRequest, status: number | null, ms: number): void;
}

/** Bytes of an answer that are kept. */
const keptBytes = 65_536;
const notQueued = plainReply(503, 'The request could not be passed on. Send it again.', [['Retry-After', '30']]);

interface Answered {
  readonly plan: ReplyPlan;
  readonly by: ReplyBy;
  readonly why: string;
}

interface Chosen extends Answered {
  /** A handshake whose signature or token was wrong. */
  readonly refused?: boolean;
  readonly needsConsent?: { readonly fetch: string };
}

type Decision = Chosen | { readonly forward: Forward };

const skippedAsProcessed: Answered = { plan: processedReply, by: 'strict', why: processedWhy };

/** A reception over these parts. */
export function createReception(options: ReceptionOptions): Reception {
  const { parts, pipeline, chooser, forwarder, emit } = options;
  const { history, logger } = parts;
  /** How a request is answered where that is not the endpoint's own answer, and the answer where it came late. */
  const answered = new WeakMap<CapturedRequest, { readonly by: ReplyBy; readonly record?: ReplyRecord } | 'aside'>();
  /** The same plan for the same reason is the same record, so that it is stored once. */
  const records = new WeakMap<ReplyPlan, ReplyRecord>();
  const inFlight = createInFlight();
  const processed = createProcessed(parts);
  const tooLarge = tooLargeReply(options.bodyLimit);

  function recordOf(plan: ReplyPlan, by: ReplyBy, why: string): ReplyRecord {
    const known = records.get(plan);
    if (known?.by === by && known.why === why) return known;
    const record = replyRecord(plan, by, why);
    records.set(plan, record);
    return record;
  }

  function handshakeOf({ provider, request, verdict }: Exchange, endpoint: Endpoint): HandshakeReply | null {
    const { method, headers, body } = request;
    const definition = provider === null ? undefined : parts.definition(provider);
    try {
      return answerHandshake(
        { provider, ...(definition && { definition }), method, url: request.target, headers, body },
        verdict,
        () => parts.secretsFor(endpoint, provider),
      );
    } catch (error) {
      // The request itself is never lost to a fault here.
      logger.error(`Looking for a handshake failed for ${request.id}`, error);
      return null;
    }
  }

  function decide({ exchange, endpoint, look }: Judged): Decision {
    const { request } = exchange;
    const handshake = handshakeOf(exchange, endpoint);
    if (handshake) {
      const { refused, needsConsent } = handshake;
      const why = `${refused ? 'refused' : 'answered'} the handshake ${handshake.name}`;
      return { plan: handshake, by: 'handshake', why, refused, ...(needsConsent && { needsConsent }) };
    }
    const { provider } = exchange;
    const decision = chooser.choose({
      ...exchange,
      request,
      endpoint,
      look,
      wasProcessed: () => processed.was(exchange, endpoint),
      secretsReadable: () => endpoint.secretNames.some((name) => parts.secretValue(name) !== null),
      arrival: () => processed.arrivalOf(exchange),
      expectsSignature: () => processed.expectsSignature(endpoint, provider),
    });
    return decision.kind === 'forward' ? { forward: decision.forward } : decision;
  }

  async function store(exchange: Exchange, tell: () => void): Promise<void> {
    let stored = false;
    try {
      await history.append(exchange);
      stored = true;
    } finally {
      options.onStored(exchange, stored);
    }
    tell();
    emit({ type: 'request', summary: summarize(exchange) });
  }

  function note(requestId: string, result: ForwardResult): void {
    history.noteForward(requestId, result);
    emit({ type: 'forward', requestId, result });
  }

  /**
   * Queued before the reply leaves: what was acknowledged is passed on. False where the queue has no room or the disk
   * refuses: the provider shall send it again.
   */
  async function passOn(exchange: Exchange, endpoint: Endpoint): Promise<boolean> {
    const copying = endpoint.forwards.filter(({ active, mode }) => active && mode === 'copy');
    if (copying.length === 0) return true;
    try {
      const results = await forwarder.copies(exchange, endpoint, () => processed.was(exchange, endpoint));
      for (const result of results) note(exchange.request.id, result);
      return true;
    } catch (error) {
      logger.error(`No copy of ${exchange.request.id} could be queued`, error);
      const message = `the copy could not be queued: ${error instanceof AppError ? error.message : 'a fault in Hookbench'}`;
      const rest = { status: null, ms: null, at: parts.clock.now(), message, deliveryId: null };
      for (const { id, url } of copying) {
        note(exchange.request.id, { forwardId: id, url, mode: 'copy', state: 'failed', ...rest });
      }
      return false;
    }
  }

  /**
   * Passes a stored request on and gives the answer. In mode `strict` the same delivery, sent again meanwhile, waits for
   * the end of the first: nobody gets it twice, and both get the same answer unless that was a success.
   */
  function finish(exchange: Exchange, endpoint: Endpoint, decision: Decision): Promise<Answered> {
    const key = endpoint.mode === 'strict' ? processed.keyOf(exchange) : null;
    return inFlight.once<Answered>(key, async (before) => {
      if (before !== undefined) {
        const done = isSuccess(before.plan.status);
        const why = done ? processedWhy : `as its repetition that was under way: ${before.why}`;
        if ('forward' in decision) noteSkipped(exchange, endpoint, why);
        return done ? skippedAsProcessed : { ...before, why };
      }
      if (!(await passOn(exchange, endpoint))) {
        return { plan: notQueued, by: 'limit', why: 'its copies could not be queued' };
      }
      const answer = 'plan' in decision ? decision : await ask(exchange, endpoint, decision.forward);
      if (isSuccess(answer.plan.status) && !answer.plan.fault) processed.note(exchange);
      return answer;
    });
  }

  async function ask({ request }: Exchange, endpoint: Endpoint, forward: Forward): Promise<Answered> {
    const { plan, result } = await forwarder.answer(request, endpoint, forward);
    note(request.id, result);
    return { plan, by: 'forward', why: result.message };
  }

  /** Says that the app was not asked, where one is there to be asked. */
  function noteSkipped({ request }: Exchange, endpoint: Endpoint, why: string): void {
    const forward = endpoint.forwards.find(({ active, mode }) => active && mode === 'answer');
    if (!forward) return;
    const message = `not asked: answered by ${why}`;
    const rest = { status: null, ms: null, at: parts.clock.now(), message, deliveryId: null };
    note(request.id, { forwardId: forward.id, url: forward.url, mode: 'answer', state: 'skipped', ...rest });
  }

  async function onRequest(request: CapturedRequest, stored: () => void = () => {}): Promise<ReplyPlan> {
    const beside = options.aside(request);
    if (beside) {
      answered.set(request, 'aside');
      return beside;
    }
    const judged = pipeline.judge(request, options.passageOf(request));
    const { endpoint } = judged;
    const decision = decide(judged);
    // A request that was cut is refused as too large; nobody gets half of it.
    if (request.truncated) {
      const reply = recordOf(tooLarge, 'limit', 'the body is larger than the limit');
      await store(planned(judged.exchange, { status: 413, challenge: false, reply }), stored);
      answered.set(request, { by: 'limit' });
      return tooLarge;
    }
    if ('plan' in decision && !isPassedOn(decision, endpoint)) {
      const { plan, by, why, refused, needsConsent } = decision;
      const reply = recordOf(plan, by, why);
      const challenge = by === 'handshake' && refused !== true;
      await store(planned(judged.exchange, { status: reply.status, challenge, reply, needsConsent }), stored);
      if (by !== 'endpoint') answered.set(request, { by });
      return plan;
    }
    const ready = 'plan' in decision ? recordOf(decision.plan, decision.by, decision.why) : undefined;
    const exchange = planned(judged.exchange, { status: ready?.status ?? null, challenge: false, reply: ready });
    await store(exchange, stored);
    if ('plan' in decision) noteSkipped(exchange, endpoint, decision.why);
    const { plan, by, why } = await finish(exchange, endpoint, decision);
    const record = recordOf(plan, by, why);
    answered.set(request, record === ready ? { by } : { by, record });
    return plan;
  }

  return {
    onRequest,
    onReplied(request, status, ms) {
      const how = answered.get(request);
      if (how === 'aside') return;
      try {
        history.noteReply(request.id, status, ms, how?.record);
      } catch (error) {
        logger.error(`The reply to ${request.id} was not noted`, error);
      }
      emit({ type: 'reply', id: request.id, status, ms, by: how?.by ?? 'endpoint' });
    },
  };
}

/** Whether something becomes of the request besides its answer, or its repetition is to wait for it. */
function isPassedOn({ by }: Chosen, { mode, forwards }: Endpoint): boolean {
  return by !== 'strict' && by !== 'handshake' && (forwards.length > 0 || mode === 'strict');
}

function replyRecord({ status, headers, body, delayMs, fault }: ReplyPlan, by: ReplyBy, why: string): ReplyRecord {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const isSent = fault !== 'never' && fault !== 'close' && fault !== 'reset';
  return {
    status: isSent ? status : null,
    headers: isSent ? headers : [],
    body: isSent ? bytes.slice(0, keptBytes) : new Uint8Array(),
    size: isSent ? bytes.length : 0,
    by,
    why,
    delayMs: delayMs ?? 0,
    fault: fault ?? null,
  };
}

interface PlannedReply {
  readonly status: number | null;
  readonly challenge: boolean;
  readonly reply?: ReplyRecord | undefined;
  readonly needsConsent?: { readonly fetch: string } | undefined;
}

/** Field by field, because spreads of objects this large cost microseconds with every request. */
function planned(judged: Exchange, { status, challenge, reply, needsConsent }: PlannedReply): Exchange {
  const { request, endpoint, provider, event, deliveryId, verdict, duplicate, duplicateKeys, webPage, sender } = judged;
  return {
    request,
    endpoint,
    provider,
    event,
    deliveryId,
    verdict,
    duplicate,
    duplicateKeys,
    replyStatus: status,
    challenge,
    ...(reply && { reply }),
    ...(webPage && { webPage }),
    ...(sender !== undefined && { sender }),
    ...(needsConsent && { needsConsent }),
  };
}
