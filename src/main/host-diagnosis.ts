// Looks for the cause of failed signature checks: in the background after the reply, a little at a time, and at once
// when a person asks. What was found is kept with the request, so nothing is looked for twice.

import { brotliDecompressSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { AppError } from '../shared/errors.ts';
import type { Finding, VerdictStatus } from '../shared/exchange.ts';
import type { Parts } from './host-parts.ts';
import { checkInput } from './pipeline/check-input.ts';
import { diagnoseSteps } from './signatures/diagnosis/diagnose.ts';
import type { Diagnosis, DiagnoseInput, OtherSecret } from './signatures/diagnosis/diagnose.ts';
import type { SecretValue } from './signatures/verify.ts';
import type { StoredRequest } from './store/history.ts';

/** The background work. */
export interface Diagnoser {
  /** A request whose check failed is stored; it is looked into when there is time. */
  noticed(id: string, status: VerdictStatus): void;
  /** The findings for a stored request, found now if they are not known yet. Throws AppError STORE_NOT_FOUND. */
  diagnose(id: string): Promise<readonly Finding[]>;
  /** Nothing more is begun; resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** What the diagnoser is given. */
export interface DiagnoserOptions {
  readonly parts: Parts;
  readonly onFound: (id: string, findings: readonly Finding[]) => void;
}

/** Failed requests that wait at most; under a flood older ones are looked into when somebody opens them. */
const mostWaiting = 64;
/** Largest inflated body, bytes. */
const inflateLimit = 8_388_608;
/** Largest body that is compressed, bytes: compressing blocks everybody else. */
const compressLimit = 1_048_576;
const unfailed: ReadonlySet<VerdictStatus> = new Set(['valid', 'unverified']);

/** Creates the diagnoser. */
export function createDiagnoser({ parts, onFound }: DiagnoserOptions): Diagnoser {
  const { history, logger } = parts;
  const waiting: string[] = [];
  const running = new Map<string, Promise<readonly Finding[]>>();
  let worker: Promise<void> | null = null;
  let stopped = false;

  async function work(): Promise<void> {
    // `stop` empties the list.
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      try {
        await diagnose(id);
      } catch (error) {
        logger.error(`The failed check of ${id} could not be looked into`, error);
      }
    }
    worker = null;
  }

  async function look(stored: StoredRequest): Promise<readonly Finding[]> {
    const steps = diagnoseSteps(inputFor(parts, stored));
    for (;;) {
      // Requests and replies come first: each piece is short, and the event loop turns between two of them.
      await new Promise<void>((resolve) => setImmediate(resolve));
      const step: IteratorResult<void, Diagnosis> = steps.next();
      if (step.done !== true) continue;
      const { findings } = step.value;
      history.noteDiagnosis(stored.id, findings);
      onFound(stored.id, findings);
      return findings;
    }
  }

  function diagnose(id: string): Promise<readonly Finding[]> {
    const known = running.get(id);
    if (known) return known;
    const stored = history.get(id);
    if (!stored) return Promise.reject(new AppError('STORE_NOT_FOUND', `There is no request ${id}.`));
    const { status, diagnosis } = stored.verdict;
    if (diagnosis.length > 0 || unfailed.has(status) || stored.truncated) return Promise.resolve(diagnosis);
    const found = look(stored).finally(() => running.delete(id));
    running.set(id, found);
    return found;
  }

  return {
    noticed(id, status) {
      if (stopped || unfailed.has(status)) return;
      waiting.push(id);
      if (waiting.length > mostWaiting) waiting.shift();
      worker ??= new Promise<void>((resolve) => setImmediate(resolve)).then(work);
    },
    diagnose,
    async stop() {
      stopped = true;
      waiting.length = 0;
      await worker;
      await Promise.allSettled(running.values());
    },
  };
}

/** What is known about a stored request's check, with every other secret that can be opened here. */
function inputFor(parts: Parts, stored: StoredRequest): DiagnoseInput {
  const endpoint = parts.endpoint(stored.endpoint);
  const secrets = parts.secretsFor(endpoint, stored.provider);
  const input = checkInput(
    { ...stored, body: parts.history.readBody(stored.id) ?? new Uint8Array() },
    {
      endpoint,
      provider: stored.provider,
      definition: stored.provider === null ? undefined : parts.definition(stored.provider),
      secrets,
      now: stored.receivedAt,
      earlier: stored.verdict,
    },
  );
  return {
    ...input,
    scheme: undefined,
    verdict: stored.verdict,
    others: otherSecrets(parts, endpoint.id, secrets),
    configuredUrl: endpoint.publicUrl,
    decompress,
    compress,
  };
}

function otherSecrets(parts: Parts, endpointId: string, own: readonly SecretValue[]): readonly OtherSecret[] {
  const known = new Set(own.map(({ name }) => name));
  return parts.secretList().flatMap((info) => {
    if (known.has(info.name)) return [];
    const secret = parts.secretValue(info.name);
    const owner = parts
      .endpoints()
      .find((endpoint) => endpoint.id !== endpointId && endpoint.secretNames.includes(info.name));
    return secret === null ? [] : [{ secret, provider: info.provider, endpoint: owner?.name ?? null }];
  });
}

/** The body without this content encoding; null when it is none, or would be too large. */
export function decompress(body: Uint8Array, encoding: string): Uint8Array | null {
  const limit = { maxOutputLength: inflateLimit };
  try {
    switch (encoding) {
      case 'gzip':
        return gunzipSync(body, limit);
      case 'deflate':
        return inflateSync(body, limit);
      case 'br':
        return brotliDecompressSync(body, limit);
      default:
        return null;
    }
  } catch {
    return null;
  }
}

/** The body with this content encoding, as zlib's default settings make it; null for another one or a large body. */
export function compress(body: Uint8Array, encoding: string): Uint8Array | null {
  if (body.length > compressLimit) return null;
  if (encoding === 'gzip') return gzipSync(body);
  return encoding === 'deflate' ? deflateSync(body) : null;
}
