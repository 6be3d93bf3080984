// Exact bytes of 110 hostile or odd connections against the real receiver: each must end in its class, and an ordinary
// request right after it must be answered and captured.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headerValues } from '../../../src/shared/headers.ts';
import type { CapturedRequest } from '../../../src/shared/exchange.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import type { RawClient } from '../../support/raw-socket.ts';
import { expectAlive, startRecorder } from './start.ts';
import type { Recorder } from './start.ts';

interface RawCase {
  readonly id: string;
  readonly file: string;
  readonly client?: 'hold-open' | 'half-close';
  readonly expect: {
    readonly class: string;
    readonly statuses?: readonly (number | 'closed')[];
    readonly minCaptured?: number;
    readonly maxCaptured: number;
    readonly bodySha256?: string;
    readonly capturedHeaders?: number;
    readonly capturedPath?: string;
    readonly capturedBodies?: readonly string[];
    readonly withinMs?: number;
  };
}

const folder = new URL('../../fixtures/hostile/', import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as { cases: readonly RawCase[] };
const limits = { headersTimeoutMs: 10_000, requestTimeoutMs: 12_000 };

/** Classes in which the receiver must end the connection by itself. */
const closing: ReadonlySet<string> = new Set(['reject-close', 'timeout-close', 'capture-then-close']);

/** Plays one case on its own connection until its end is clear. */
async function play(recorder: Recorder, { file, client: kind, expect: wanted }: RawCase): Promise<RawClient> {
  const client = connectRaw(recorder.port);
  client.write(readFileSync(new URL(file, folder)));
  if (kind === 'half-close') client.end();
  const replies = wanted.minCaptured ?? 1;
  const isOver = () => client.isClosed() || (!closing.has(wanted.class) && client.replies().length >= replies);
  await client.until(isOver, wanted.withinMs ?? 2_000);
  return client;
}

/** What is wrong with the outcome of a case, in words. */
function judge({ id, expect: wanted }: RawCase, client: RawClient, all: readonly CapturedRequest[]): string[] {
  // A body that is too large is recorded as a truncated request: marked, so no capture that looks complete.
  const captured = all.filter((request) => !request.truncated);
  const [request] = captured;
  const statuses = client.replies().map((reply) => reply.status);
  const seqs = captured.map(({ seq }) => seq);
  const hashes = captured.map(({ sha256 }) => sha256);
  const checks: readonly (readonly [boolean, string])[] = [
    [(wanted.statuses ?? [200]).includes(statuses[0] ?? 'closed'), `status ${statuses[0] ?? 'closed'}`],
    [client.isClosed() || !closing.has(wanted.class), 'the socket was left open'],
    [
      captured.length >= (wanted.minCaptured ?? 0) && captured.length <= wanted.maxCaptured,
      `captured ${captured.length}`,
    ],
    [!wanted.bodySha256 || request?.sha256 === wanted.bodySha256, `body ${request?.sha256}`],
    [
      !wanted.capturedHeaders || !request || request.headers.length === wanted.capturedHeaders,
      `headers ${request?.headers.length}`,
    ],
    [!wanted.capturedPath || request?.target === wanted.capturedPath, `target ${request?.target}`],
    [!wanted.capturedBodies || hashes.join() === wanted.capturedBodies.join(), `bodies ${hashes.join()}`],
    [seqs.join() === seqs.toSorted((a, b) => a - b).join(), `order ${seqs.join()}`],
    [wanted.class !== 'capture-n' || statuses.join() === captured.map(() => 200).join(), `statuses ${statuses.join()}`],
    ...forbidden(id, client, captured),
  ];
  return checks.filter(([holds]) => !holds).map(([, fault]) => fault);
}

/** What no case may cause. */
function forbidden(
  id: string,
  client: RawClient,
  captured: readonly CapturedRequest[],
): (readonly [boolean, string])[] {
  const received = client.received();
  const hosts = captured.flatMap((request) => headerValues(request.headers, 'host'));
  return [
    [
      !/^(HTTP\/1\.1 101|access-control-|set-cookie|server:|x-powered-by)/im.test(received),
      'a header that nobody planned',
    ],
    [!/fastify|node|trace-canary/i.test(received), 'a reply that says too much'],
    [({} as { polluted?: unknown }).polluted === undefined, 'Object.prototype is polluted'],
    [captured.every((request) => !request.target.includes('/smuggled')), 'a smuggled request'],
    [captured.every((request) => request.remoteAddress === '127.0.0.1'), 'a forged address'],
    [
      captured.every((request) => headerValues(request.headers, 'x-checksum').length === 0),
      'a trailer among the headers',
    ],
    [id !== 'chunked-trailers-forbidden' || !hosts.includes('other.example'), 'a Host from a trailer'],
  ];
}

it('has all cases', () => {
  expect(cases).toHaveLength(110);
});

describe('a case that ends at once', () => {
  let recorder: Recorder;
  beforeAll(async () => {
    recorder = await startRecorder({ limits });
  });
  afterAll(async () => {
    await recorder.stop();
    expect(recorder.faults).toEqual([]);
  });

  it.each(cases.filter((one) => one.expect.class !== 'timeout-close'))('$id: $expect.class', async (one) => {
    const before = recorder.captured.length;
    const client = await play(recorder, one);
    await expectAlive(recorder);
    const captured = recorder.captured.slice(before).filter((request) => request.target !== '/probe');
    expect(judge(one, client, captured)).toEqual([]);
    await client.close();
  });
});

describe.concurrent('a case that has to time out', () => {
  it.each(cases.filter((one) => one.expect.class === 'timeout-close'))('$id', async (one) => {
    const recorder = await startRecorder({ limits });
    const client = await play(recorder, one);
    expect(judge(one, client, recorder.captured)).toEqual([]);
    await expectAlive(recorder);
    await client.close();
    await recorder.stop();
    expect(recorder.faults).toEqual([]);
  });
});
