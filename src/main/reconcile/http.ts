// One request to a provider's API over Node's client. It follows no redirect and keeps nothing of a request, so that
// the token in its headers can end up neither at another address nor in an error.

import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pairHeaders } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';

/** One request. */
export interface PullRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  /** Larger answers are an HttpFailure, bytes. */
  readonly maxBytes: number;
  /** Over everything, ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A whole answer, whatever its status. */
export interface PullResponse {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** Makes one request. Rejects with HttpFailure; what else is thrown is taken for an unreachable address. */
export type PullHttp = (request: PullRequest) => Promise<PullResponse>;

/** No whole answer came. The message never holds anything of the request. */
export class HttpFailure extends Error {
  readonly kind: 'unreachable' | 'cut' | 'too-large' | 'stopped';

  constructor(kind: HttpFailure['kind'], message: string) {
    super(message);
    this.name = 'HttpFailure';
    this.kind = kind;
  }
}

/** Sentences for the usual network errors. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'there was no connection in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** The client that is used unless another one is injected. */
export function createHttp(): PullHttp {
  return (options) =>
    new Promise((resolve, reject) => {
      const { method, url, headers, maxBytes, timeoutMs, signal } = options;
      const chunks: Uint8Array[] = [];
      let read = 0;
      let request: ClientRequest | null = null;
      let done = false;

      const finish = (outcome: PullResponse | HttpFailure): void => {
        if (done) return;
        done = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        if (outcome instanceof HttpFailure) {
          // Destroying a request makes it report an error once more.
          request?.on('error', () => {}).destroy();
          reject(outcome);
        } else resolve(outcome);
      };
      const stop = (): void => finish(new HttpFailure('stopped', 'it was stopped'));
      const timer = setTimeout(
        () => finish(new HttpFailure('unreachable', `there was no whole answer within ${timeoutMs / 1_000} s`)),
        timeoutMs,
      );
      if (signal?.aborted) return stop();
      signal?.addEventListener('abort', stop, { once: true });

      const onResponse = (response: IncomingMessage): void => {
        const cut = (): void => finish(new HttpFailure('cut', 'the answer broke off before its end'));
        response.on('data', (chunk: Uint8Array) => {
          read += chunk.byteLength;
          if (read > maxBytes) {
            return finish(new HttpFailure('too-large', `the answer is larger than ${maxBytes / 1_048_576} MiB`));
          }
          chunks.push(chunk);
        });
        response.on('error', cut);
        response.on('close', cut);
        response.on('end', () => {
          if (!response.complete) return cut();
          finish({
            status: response.statusCode ?? 0,
            headers: pairHeaders(response.rawHeaders),
            body: join(chunks, read),
          });
        });
      };
      try {
        const send = url.startsWith('https:') ? httpsRequest : httpRequest;
        request = send(url, { method, headers: Object.fromEntries(headers), insecureHTTPParser: false });
      } catch {
        return finish(new HttpFailure('unreachable', 'the request cannot be written'));
      }
      request.on('response', onResponse);
      request.on('error', (error: NodeJS.ErrnoException) =>
        finish(new HttpFailure('unreachable', reasons[error.code ?? ''] ?? 'there was no answer')),
      );
      request.end();
    });
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return all;
}
