// A real receiver whose host is the test: it keeps what it is told and answers as told.

import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { IntakeOptions } from '../../../src/main/receiver/intake-contract.ts';
import { startReceiver } from '../../../src/main/receiver/server.ts';
import type { Receiver, ReceiverLimits, ReplyPlan } from '../../../src/main/receiver/server.ts';
import type { CapturedRequest, RefusedEntry } from '../../../src/shared/exchange.ts';
import { makeId } from '../../../src/shared/id.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { createWaiting } from '../../support/waiting.ts';

export const defaultLimits: ReceiverLimits = {
  bodyLimit: 33_554_432,
  inFlightLimit: 268_435_456,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  maxConnections: 4_096,
};

export const okPlan: ReplyPlan = {
  status: 200,
  headers: [['Content-Type', 'application/json']],
  body: '{"received":true}',
};

export interface Recorder extends Receiver {
  /** In the order in which they were handed over. */
  readonly captured: CapturedRequest[];
  readonly refused: RefusedEntry[];
  readonly replied: { readonly id: string; readonly status: number | null; readonly ms: number }[];
  readonly faults: unknown[];
  /** Resolves when `condition` holds, looked at after every callback; rejects after `ms`. */
  until(condition: () => boolean, ms?: number): Promise<void>;
}

export interface RecorderOptions {
  readonly host?: string;
  readonly port?: number;
  readonly limits?: Partial<ReceiverLimits>;
  readonly onRequest?: (request: CapturedRequest, stored: () => void) => Promise<ReplyPlan>;
  readonly admit?: IntakeOptions['admit'];
}

export async function startRecorder(options: RecorderOptions = {}): Promise<Recorder> {
  const captured: CapturedRequest[] = [];
  const refused: RefusedEntry[] = [];
  const replied: { id: string; status: number | null; ms: number }[] = [];
  const faults: unknown[] = [];
  const waiting = createWaiting(() => `captured ${captured.length}, refused ${JSON.stringify(refused)}`);
  const { notify } = waiting;
  let seq = 0;
  const receiver = await startReceiver({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    limits: { ...defaultLimits, ...options.limits },
    now: () => Date.now(),
    monotonic: () => performance.now(),
    makeId: () => makeId('req', randomBytes),
    nextSeq: () => (seq += 1),
    admit: options.admit,
    onRequest(request, stored) {
      captured.push(request);
      notify();
      return options.onRequest?.(request, stored) ?? Promise.resolve(okPlan);
    },
    onReplied(request, status, ms) {
      replied.push({ id: request.id, status, ms });
      notify();
    },
    onRefused(entry) {
      refused.push(entry);
      notify();
    },
    onFault: (error) => faults.push(error),
  });
  return {
    ...receiver,
    captured,
    refused,
    replied,
    faults,
    until: waiting.until,
  };
}

/** An ordinary POST on its own connection: answered 200 and captured within a second. */
export async function expectAlive(recorder: Recorder): Promise<void> {
  const before = recorder.captured.length;
  const client = connectRaw(recorder.port);
  client.write('POST /probe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nprobe');
  await client.until(() => client.replies().length === 1, 1_000);
  expect(client.replies()[0]?.status).toBe(200);
  expect(recorder.captured.slice(before).filter((request) => request.target === '/probe')).toHaveLength(1);
  await client.close();
}
