// The liveness probe: a signed nonce that goes out to the public address and must come back in through the receiver.

import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { CapturedRequest, RequestHead } from '../../shared/exchange.ts';
import { headerValue, headerValues } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { isSuccess } from '../../shared/http-status.ts';
import type { TunnelKind } from '../../shared/tunnels.ts';
import type { Clock, Random } from '../ports.ts';
import type { ProbeAnswer } from './contract.ts';
import { checkedHeaders, createProofs, probeBody, probeHeader, probePath, sha256 } from './probe-proof.ts';
import type { Seen } from './probe-proof.ts';
import { judgeProbe } from './probe-verdict.ts';
import type { ProbeOutcome, Probed, PublicAnswer } from './probe-verdict.ts';

/** Which way is probed. */
export interface ProbeTarget {
  readonly kind: TunnelKind;
  /** Public address of a path. */
  readonly addressOf: (path: string) => string;
  /** Headers that belong to the path. */
  readonly headersFor?: ((path: string) => readonly HeaderPair[]) | undefined;
  /** The answer does not come back: the arrival counts. */
  readonly oneWay: boolean;
}

/** Both ends of probes. */
export interface Prober {
  /** Never rejects. `stopped` breaks it off: what it resolves with then means nothing. */
  probe(target: ProbeTarget, stopped?: AbortSignal): Promise<Probed>;
  /** The head proves a probe that is under way and is seen for the first time. A second asking is told no. */
  isProbe(head: RequestHead): boolean;
  /** The answer to a probe of ours, once; null for any other request. */
  answer(request: CapturedRequest): ProbeAnswer | null;
}

/** What is known of a probe that was sent. */
interface Sent {
  /** Monotonic ms. */
  readonly at: number;
  /** Let past the access rules. */
  admitted: boolean;
  /** As the receiver saw it. */
  seen: Seen | null;
}

/** Bytes of an answer that are read. */
const answerLimit = 65_536;
/** Bytes of a request that may still be a probe, with room for what a middleman adds. */
const longestProbe = 16_384;
/** For so long a probe that was sent may arrive, ms: as long as its proof is fresh. */
const knownMs = 60_000;

/** `timeoutMs` is the deadline of one probe. */
export function createProber(clock: Clock, random: Random, timeoutMs: number): Prober {
  const proofs = createProofs(random(32));
  /** By nonce: whoever saw a probe pass could send it again, so each counts once. */
  const arrivals = new Map<string, Sent>();
  const watchers = new Map<string, () => void>();

  function remember(nonce: string): Sent {
    const at = clock.monotonic();
    for (const [old, sent] of arrivals) if (at - sent.at > knownMs) arrivals.delete(old);
    const sent: Sent = { at, admitted: false, seen: null };
    arrivals.set(nonce, sent);
    return sent;
  }

  async function probe(target: ProbeTarget, stopped?: AbortSignal): Promise<Probed> {
    const nonce = Buffer.from(random(16)).toString('hex');
    const url = target.addressOf(probePath + nonce);
    const at = clock.now();
    const started = clock.monotonic();
    const known = remember(nonce);
    const headers: HeaderPair[] = [...checkedHeaders, [probeHeader, proofs.sign(nonce, at)]];
    if (target.headersFor) headers.push(...target.headersFor(probePath + nonce));
    const sent = await send(url, headers, nonce, target.oneWay, stopped);
    const arrived = known.seen !== null;
    const verdict = judgeProbe({
      ...sent,
      kind: target.kind,
      url,
      nonce,
      sha256: sha256(probeBody),
      now: clock.now(),
      seen: target.oneWay ? known.seen : sent.answer && proofs.seenIn(sent.answer.body),
      arrived,
      oneWay: target.oneWay,
    });
    return { probe: { at, ms: Math.round(clock.monotonic() - started), ...verdict }, arrived };
  }

  /** Resolves with the answer, the error, or neither when the time is over; for one-way targets when it arrived. */
  function send(
    url: string,
    headers: readonly HeaderPair[],
    nonce: string,
    oneWay: boolean,
    stopped?: AbortSignal,
  ): Promise<Pick<ProbeOutcome, 'answer' | 'error'>> {
    return new Promise((resolve) => {
      let request: ReturnType<typeof post> | undefined;
      const finish = (result: Pick<ProbeOutcome, 'answer' | 'error'>): void => {
        cancel();
        watchers.delete(nonce);
        stopped?.removeEventListener('abort', giveUp);
        resolve(result);
        request?.destroy();
      };
      const giveUp = (): void => finish({ answer: null, error: null });
      const cancel = clock.after(timeoutMs, giveUp);
      if (stopped?.aborted) return giveUp();
      stopped?.addEventListener('abort', giveUp);
      if (oneWay) watchers.set(nonce, giveUp);
      const onAnswer = (answer: PublicAnswer): void => {
        if (!oneWay || !isSuccess(answer.status)) finish({ answer, error: null });
      };
      const onError = (error: NodeJS.ErrnoException): void =>
        finish({ answer: null, error: { code: error.code ?? error.name, message: error.message } });
      try {
        request = post(url, headers, onAnswer, onError);
      } catch (error) {
        onError(error as NodeJS.ErrnoException);
      }
    });
  }

  /** The probe under way that this request proves to be. */
  function sentBy(head: RequestHead): Sent | null {
    const nonce = proofs.nonceOf(head, clock.now());
    const sent = nonce === null ? undefined : arrivals.get(nonce);
    return sent && clock.monotonic() - sent.at <= knownMs ? sent : null;
  }

  return {
    probe,
    isProbe(head) {
      const sent = sentBy(head);
      const [length, ...more] = headerValues(head.headers, 'Content-Length');
      if (!sent || sent.admitted || sent.seen || more.length > 0) return false;
      // Without a length, or with a great one, it must pass the access rules as anything else does.
      if (!/^\d{1,6}$/.test(length ?? '') || Number(length) > longestProbe) return false;
      sent.admitted = true;
      return true;
    },
    answer(request) {
      const nonce = proofs.nonceOf(request, clock.now());
      const sent = sentBy(request);
      if (nonce === null || !sent || sent.seen || request.size > longestProbe) return null;
      const seen: Seen = {
        nonce,
        sha256: request.sha256,
        at: clock.now(),
        headers: checkedHeaders.map(([name]) => headerValue(request.headers, name) ?? null),
      };
      sent.seen = seen;
      watchers.get(nonce)?.();
      return {
        status: 200,
        headers: [
          ['Content-Type', 'application/json'],
          ['Cache-Control', 'no-store'],
        ],
        body: proofs.answer(seen),
      };
    },
  };
}

/** One POST on a connection of its own: no redirects, no cookies, no proxy. */
function post(
  url: string,
  headers: readonly HeaderPair[],
  onAnswer: (answer: PublicAnswer) => void,
  onError: (error: NodeJS.ErrnoException) => void,
) {
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  const request = send(url, {
    method: 'POST',
    agent: false,
    headers: {
      ...Object.fromEntries(headers),
      Accept: 'application/json',
      'Content-Length': Buffer.byteLength(probeBody),
    },
  });
  request.on('error', onError);
  request.on('response', (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (): void =>
      onAnswer({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks).toString('utf8').slice(0, answerLimit),
      });
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= answerLimit) chunks.push(chunk);
      else done();
    });
    response.on('end', done);
    response.on('error', onError);
  });
  request.end(probeBody);
  return request;
}
