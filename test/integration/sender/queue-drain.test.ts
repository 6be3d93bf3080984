// The queue as it runs in the product: real files, real history, real sockets, real time.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, expect, it } from 'vitest';
import { createQueue } from '../../../src/main/sender/queue.ts';
import type { DeliveriesDocument, NewDelivery, Queue } from '../../../src/main/sender/queue.ts';
import { verify } from '../../../src/main/signatures/verify.ts';
import { openDocument } from '../../../src/main/store/documents.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import type { History } from '../../../src/main/store/history.ts';
import { systemClock, systemRandom } from '../../../src/main/system.ts';
import { pairHeaders } from '../../../src/shared/headers.ts';

const secret = { name: 'key', value: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
const logger = { info: () => {}, warn: () => {}, error: () => {} };
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Target {
  readonly url: string;
  /** Signature verdicts by message id, in order of arrival. */
  readonly got: Map<string, string[]>;
  /** Signed times by message id. */
  readonly stamps: Map<string, number[]>;
}

async function startTarget(answer: (attempt: number, id: string) => number): Promise<Target> {
  const got = new Map<string, string[]>();
  const stamps = new Map<string, number[]>();
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = pairHeaders(request.rawHeaders);
      const id = String(request.headers['webhook-id']);
      const body = Buffer.concat(chunks);
      const common = { provider: 'standard-webhooks', method: 'POST', url: '/' };
      const { status } = verify({ ...common, headers, body, secrets: [secret], now: Date.now() });
      got.set(id, [...(got.get(id) ?? []), status]);
      stamps.set(id, [...(stamps.get(id) ?? []), Number(request.headers['webhook-timestamp'])]);
      reply.writeHead(answer(got.get(id)?.length ?? 0, id)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`, got, stamps };
}

async function open(dir: string): Promise<{ queue: Queue; history: History }> {
  const clock = systemClock;
  const schema = v.object({ deliveries: v.array(v.any()) }) as v.GenericSchema<unknown, DeliveriesDocument>;
  const defaults = { deliveries: [] };
  const document = (name: string, journal?: 'deliveries') =>
    openDocument({ dir, name, version: 1, schema, defaults, clock, logger, minIntervalMs: 5, journal });
  const history = openHistory({ dir, clock, logger });
  const [queueFile, deadLetters] = [await document('queue.json', 'deliveries'), await document('dead-letters.json')];
  const queue = await createQueue({
    queue: queueFile,
    deadLetters,
    history,
    clock,
    random: systemRandom,
    logger,
    secret: (name) => (name === secret.name ? secret : null),
    sendTimeoutMs: 5_000,
    onDelivery: () => {},
    onAttempt: () => {},
  });
  return { queue, history };
}

function makeDeliveries(count: number, targets: readonly Target[], bodyHash: string): NewDelivery[] {
  return Array.from({ length: count }, (_, i) =>
    targets.map(({ url }): NewDelivery => ({
      message: {
        messageId: `msg_${i}`,
        provider: 'standard-webhooks',
        event: 'order.created',
        method: 'POST',
        headers: [['Content-Type', 'application/json']],
        bodyHash,
        bodySize: 9,
        signature: 'fresh',
      },
      targetId: null,
      url,
      secretName: 'key',
      schedule: 'quick',
      speed: 1_000,
    })),
  ).flat();
}

const failsFirst = (id: string): boolean => Number(id.slice(4)) % 2 === 0;

it('200 messages to 3 targets, one of which fails every other, drain across a restart', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'queue-drain-'));
  closers.push(() => rmSync(dir, { recursive: true }));
  const targets = [
    await startTarget(() => 200),
    await startTarget(() => 204),
    await startTarget((attempt, id) => (attempt < 2 && failsFirst(id) ? 500 : 200)),
  ];
  const first = await open(dir);
  const bodyHash = await first.history.putMessageBody(Buffer.from('{"ok":1}\n'));
  const made = await first.queue.enqueue(makeDeliveries(200, targets, bodyHash));
  first.queue.start();
  // A stop half-way loses nothing and repeats nothing.
  await first.queue.settled(made[250]?.id ?? '');
  await first.queue.stop();
  await first.history.close();

  const second = await open(dir);
  second.queue.start();
  await second.queue.idle();
  expect(second.queue.pending()).toEqual([]);
  expect(second.queue.dead()).toEqual([]);
  for (const [index, { got, stamps }] of targets.entries()) {
    expect(got.size).toBe(200);
    for (const [id, verdicts] of got)
      expect(verdicts).toEqual(index === 2 && failsFirst(id) ? ['valid', 'valid'] : ['valid']);
    for (const times of stamps.values()) expect(times).toEqual(times.toSorted((a, b) => a - b));
  }
  const archived = second.queue.find(made[2]?.id ?? '');
  expect(archived).toMatchObject({
    state: 'delivered',
    attempts: [
      { n: 1, status: 500 },
      { n: 2, status: 200 },
    ],
  });
  expect(second.history.attempts(made[2]?.id ?? '').map(({ n }) => n)).toEqual([1, 2]);
  await second.queue.stop();
  await second.history.close();
}, 60_000);
