// Asks a provider's API until there is a whole answer: waits as told by rate limits, tries broken answers again, and
// sends nothing to any origin but the configured one.

import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { isSuccess } from '../../shared/http-status.ts';
import { HttpFailure } from './http.ts';
import type { PullHttp, PullResponse } from './http.ts';
import { BrokenPage, readJson } from './json-text.ts';
import type { PullClock } from './pull-contract.ts';
import { Interruption, PullError } from './pull-error.ts';
import { readRateLimit } from './rate-limit.ts';
import type { ApiAnswer, PullSource } from './source.ts';

const maxBytes = 10 * 1_048_576;
const timeoutMs = 30_000;
/** Waits before the second, third and fourth try of a broken answer, ms. */
const backOffMs: readonly number[] = [2_000, 4_000, 8_000];
/** "Too many" so often in a row for one request ends the run, however short the waits are. */
const mostLimits = 10;

/** What asking needs. */
export interface ApiOptions {
  readonly source: PullSource;
  readonly token: string | null;
  /** Base address; its origin is the only one that is asked. */
  readonly base: string;
  readonly http: PullHttp;
  readonly clock: PullClock;
  readonly maxWaitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** An answer that was read, with its validator; or `unchanged` (304). */
export type Fetched<T> =
  { readonly kind: 'read'; readonly value: T; readonly etag: string | null } | { readonly kind: 'unchanged' };

/** A provider's API. */
export interface Api {
  /**
   * Fetches `url` and reads the answer with `read`, which throws BrokenPage for a wrong shape. `what` names it in
   * messages ("page 3"). Rejects with PullError, or with Interruption when stopped or made to wait too long.
   */
  fetch<T>(url: string, what: string, read: (answer: ApiAnswer) => T, etag?: string | null): Promise<Fetched<T>>;
  /** When the API wants to be asked again, epoch ms; null when it did not ask for a pause that still lasts. */
  pausedUntil(): number | null;
}

/** Makes the API of one run. Requests are made one after another. */
export function createApi(options: ApiOptions): Api {
  const { source, token, http, clock, signal } = options;
  const origin = new URL(options.base).origin;
  const headers = mergeHeaders(
    [
      ['User-Agent', 'Hookbench'],
      ['Accept', 'application/json'],
      // Compressed answers could be small bombs; pages are not large.
      ['Accept-Encoding', 'identity'],
    ],
    source.headers(token),
  );
  let waitLeftMs = options.maxWaitMs;
  /** Epoch ms before which the API asked not to be asked. */
  let notBefore = 0;

  async function waitForLimit(): Promise<void> {
    const ms = notBefore - clock.now();
    if (ms <= 0) return;
    if (ms > waitLeftMs) throw new Interruption('rate-limited');
    waitLeftMs -= ms;
    await sleep(clock, ms, signal);
  }

  async function ask(url: string, etag: string | null): Promise<PullResponse> {
    const conditional: HeaderPair[] = etag === null ? [] : [['If-None-Match', etag]];
    try {
      const all = [...headers, ...conditional];
      return await http({ method: source.method, url, headers: all, maxBytes, timeoutMs, signal });
    } catch (error) {
      if (signal?.aborted) throw new Interruption('stopped');
      // An injected client may throw anything, the token included.
      throw error instanceof HttpFailure ? error : new HttpFailure('unreachable', 'there was no answer');
    }
  }

  return {
    pausedUntil: () => (notBefore > clock.now() ? notBefore : null),
    async fetch(url, what, read, etag = null) {
      if (!isAt(origin, url)) {
        throw new PullError('origin', `${source.name} names ${what} at another address; the token is not sent there.`);
      }
      let limits = 0;
      for (let tries = 1; ;) {
        await waitForLimit();
        if (signal?.aborted) throw new Interruption('stopped');
        let trouble: { readonly reason: 'broken' | 'unreachable'; readonly text: string };
        try {
          const response = await ask(url, etag);
          const limit = readLimit(response, clock.now());
          if (limit.waitMs > 0) notBefore = clock.now() + limit.waitMs;
          if (limit.limited) {
            limits += 1;
            if (limits > mostLimits) throw new Interruption('rate-limited');
            continue;
          }
          if (response.status === 304 && etag !== null) return { kind: 'unchanged' };
          checkStatus(source, token, what, response.status);
          const value = read({ headers: response.headers, json: readJson(response.body) });
          return { kind: 'read', value, etag: headerValue(response.headers, 'etag') ?? null };
        } catch (error) {
          if (error instanceof BrokenPage) trouble = { reason: 'broken', text: error.message };
          else if (error instanceof HttpFailure && error.kind === 'too-large') {
            throw new PullError('too-large', `${source.name}'s ${what} cannot be read: ${error.message}.`);
          } else if (error instanceof HttpFailure) {
            trouble = { reason: error.kind === 'cut' ? 'broken' : 'unreachable', text: error.message };
          } else throw error;
        }
        const wait = backOffMs[tries - 1];
        if (wait === undefined) {
          throw new PullError(
            trouble.reason,
            `${source.name}'s ${what} could not be read in ${tries} tries: ${trouble.text}.`,
          );
        }
        await sleep(clock, wait, signal);
        tries += 1;
      }
    },
  };
}

/** Resolves after `ms`. Rejects with Interruption when `signal` aborts before. */
export function sleep(clock: PullClock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(new Interruption('stopped'));
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

function readLimit({ status, headers, body }: PullResponse, now: number): ReturnType<typeof readRateLimit> {
  const text = status === 403 ? new TextDecoder().decode(body.subarray(0, 2_000)) : '';
  return readRateLimit(status, headers, text, now);
}

function checkStatus(source: PullSource, token: string | null, what: string, status: number): void {
  if (isSuccess(status)) return;
  const { name, tokenRight } = source;
  if (status === 401 || status === 403) {
    const verdict = token === null ? 'asks for a token' : 'refused the token';
    throw new PullError('token', `${name} ${verdict} (HTTP ${status}). It needs ${tokenRight}.`, status);
  }
  if (status >= 300 && status <= 399 && status !== 304) {
    const text = `${name} answered HTTP ${status} for ${what}: it redirects, and the token is not taken to another address.`;
    throw new PullError('redirect', text, status);
  }
  if (status >= 400 && status <= 499) {
    const note = status === 404 ? `: there is no such thing, or the token may not see it. It needs ${tokenRight}` : '';
    throw new PullError('refused', `${name} answered HTTP ${status} for ${what}${note}.`, status);
  }
  throw new BrokenPage(`it was answered with HTTP ${status}`);
}

function isAt(origin: string, url: string): boolean {
  return URL.canParse(url) && new URL(url).origin === origin;
}

/** `later` fields take the place of earlier ones of the same name. */
function mergeHeaders(earlier: readonly HeaderPair[], later: readonly HeaderPair[]): HeaderPair[] {
  const merged = new Map<string, HeaderPair>();
  for (const pair of [...earlier, ...later]) merged.set(pair[0].toLowerCase(), pair);
  return [...merged.values()];
}
