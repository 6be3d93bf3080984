// The liveness probe: a signed nonce that goes out to the public address and must come back in through the receiver.

import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { CapturedRequest } from '../../shared/exchange.ts';
import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { TunnelKind, TunnelProbe } from '../../shared/tunnels.ts';
import type { Clock, Random } from '../ports.ts';
import type { ProbeAnswer, RequestHead } from './contract.ts';
import { checkedHeaders, createProofs, probeBody, probeHeader, probePath, sha256 } from './probe-proof.ts';
import type { Seen } from './probe-proof.ts';
import { judgeProbe } from './probe-verdict.ts';
import type { ProbeOutcome, PublicAnswer } from './probe-verdict.ts';

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
  /** Never rejects. */
  probe(target: ProbeTarget): Promise<TunnelProbe>;
  /** The head proves a probe of ours. */
  isProbe(head: RequestHead): boolean;
  /** The answer to a probe of ours; null for any other request. */
  answer(request: CapturedRequest): ProbeAnswer | null;
}

/** Bytes of an answer that are read. */
const answerLimit = 65_536;

/** `timeoutMs` is the deadline of one probe. */
export function createProber(clock: Clock, random: Random, timeoutMs: number): Prober {
  const proofs = createProofs(random(32));
  /** What the receiver saw of the probes under way. */
  const arrivals = new Map<string, Seen | null>();
  const watchers = new Map<string, () => void>();

  async function probe(target: ProbeTarget): Promise<TunnelProbe> {
    const nonce = Buffer.from(random(16)).toString('hex');
    const url = target.addressOf(probePath + nonce);
    const at = clock.now();
    const started = clock.monotonic();
    arrivals.set(nonce, null);
    const headers: HeaderPair[] = [...checkedHeaders, [probeHeader, proofs.sign(nonce, at)]];
    if (target.headersFor) headers.push(...target.headersFor(probePath + nonce));
    const sent = await send(url, headers, nonce, target.oneWay);
    const arrival = arrivals.get(nonce) ?? null;
    arrivals.delete(nonce);
    const verdict = judgeProbe({
      ...sent,
      kind: target.kind,
      url,
      nonce,
      sha256: sha256(probeBody),
      now: clock.now(),
      seen: target.oneWay ? arrival : sent.answer && proofs.seenIn(sent.answer.body),
      arrived: arrival !== null,
      oneWay: target.oneWay,
    });
    return { at, ms: Math.round(clock.monotonic() - started), ...verdict };
  }

  /** Resolves with the answer, the error, or neither when the time is over; for one-way targets when it arrived. */
  function send(
    url: string,
    headers: readonly HeaderPair[],
    nonce: string,
    oneWay: boolean,
  ): Promise<Pick<ProbeOutcome, 'answer' | 'error'>> {
    return new Promise((resolve) => {
      const finish = (result: Pick<ProbeOutcome, 'answer' | 'error'>): void => {
        cancel();
        watchers.delete(nonce);
        resolve(result);
        request?.destroy();
      };
      const cancel = clock.after(timeoutMs, () => finish({ answer: null, error: null }));
      if (oneWay) watchers.set(nonce, () => finish({ answer: null, error: null }));
      const onAnswer = (answer: PublicAnswer): void => {
        const taken = answer.status >= 200 && answer.status < 300;
        if (!oneWay || !taken) finish({ answer, error: null });
      };
      const onError = (error: NodeJS.ErrnoException): void =>
        finish({ answer: null, error: { code: error.code ?? error.name, message: error.message } });
      let request: ReturnType<typeof post> | undefined;
      try {
        request = post(url, headers, onAnswer, onError);
      } catch (error) {
        onError(error as NodeJS.ErrnoException);
      }
    });
  }

  return {
    probe,
    isProbe: (head) => proofs.nonceOf(head, clock.now()) !== null,
    answer(request) {
      const nonce = proofs.nonceOf(request, clock.now());
      if (nonce === null) return null;
      const seen: Seen = {
        nonce,
        sha256: request.sha256,
        at: clock.now(),
        headers: checkedHeaders.map(([name]) => headerValue(request.headers, name) ?? null),
      };
      if (arrivals.has(nonce)) arrivals.set(nonce, seen);
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
