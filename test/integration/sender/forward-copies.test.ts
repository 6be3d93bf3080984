// Copies through the retry queue: what is queued, in which order things become durable, and what is told.

import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { ForwarderOptions } from '../../../src/main/host-forward.ts';
import type { NewDelivery } from '../../../src/main/sender/queue.ts';
import { attempt } from '../../../src/main/sender/wire.ts';
import type { Exchange } from '../../../src/main/store/history.ts';
import { systemClock } from '../../../src/main/system.ts';
import type { Delivery } from '../../../src/shared/delivery.ts';
import { AppError } from '../../../src/shared/errors.ts';
import type { Endpoint } from '../../../src/shared/workspace.ts';
import { createWorld } from '../../support/queue-world.ts';
import { captured, endpointWith, forwardTo, openForwarder, startRawApp } from './forward-app.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

function exchangeOf(more: Partial<Exchange> = {}): Exchange {
  return {
    request: captured({
      target: '/in/a?x=1',
      headers: [
        ['Host', 'localhost:4100'],
        ['Stripe-Signature', 't=1,v1=abc'],
        ['Content-Length', '4'],
      ],
      body: new TextEncoder().encode('body'),
    }),
    endpoint: 'hooks',
    provider: 'stripe',
    event: 'invoice.paid',
    deliveryId: 'evt_1',
    verdict: { status: 'valid', reason: '', message: '', warnings: [], diagnosis: [] },
    duplicate: { kind: 'first', of: null, n: 1 },
    duplicateKeys: { idKey: null, bodyKey: null },
    replyStatus: 200,
    ...more,
  };
}

/** A forwarder whose queue and history keep a diary. */
function open(endpoint: Endpoint, more: Partial<ForwarderOptions> = {}) {
  const diary: string[] = [];
  const queued: NewDelivery[][] = [];
  const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const { forwarder, news } = openForwarder({
    endpoint,
    queue: {
      async enqueue(deliveries) {
        diary.push('enqueue');
        queued.push([...deliveries]);
        await later();
        diary.push('queue saved');
        return deliveries.map((one, n): Delivery => ({ ...one, id: `dlv_${n}`, state: 'waiting', attempts: [], nextAt: 0, createdAt: 0 })); // prettier-ignore
      },
    },
    history: {
      async putMessageBody(bytes) {
        diary.push('put body');
        await later();
        diary.push('body committed');
        return createHash('sha256').update(bytes).digest('hex');
      },
    },
    ...more,
  });
  cleanups.push(() => forwarder.stop());
  return { forwarder, news, diary, queued };
}

const copy = { mode: 'copy' as const };
const never = () => false;

describe('copies', () => {
  it('are queued in one write, after their body is committed', async () => {
    const endpoint = endpointWith(
      [
        forwardTo('http://127.0.0.1:3000/one?k=1', { ...copy, id: 'one', schedule: 'svix' }),
        forwardTo('http://127.0.0.1:3001/two', { ...copy, id: 'two', appendPath: true, events: ['invoice.*'] }),
      ],
      { path: '/in' },
    );
    const { forwarder, diary, queued } = open(endpoint);
    const results = await forwarder.copies(exchangeOf(), endpoint, never);
    expect(diary).toEqual(['put body', 'body committed', 'enqueue', 'queue saved']);
    const id = exchangeOf().request.id;
    const message = {
      messageId: 'evt_1',
      provider: 'stripe',
      event: 'invoice.paid',
      method: 'POST',
      bodyHash: createHash('sha256').update('body').digest('hex'),
      bodySize: 4,
      signature: 'keep',
    };
    expect(queued).toEqual([
      [
        expect.objectContaining({ message: { ...message, headers: expect.anything() }, url: 'http://127.0.0.1:3000/one?k=1&x=1', schedule: 'svix', forwardOf: id, targetId: null, secretName: null }), // prettier-ignore
        expect.objectContaining({ url: 'http://127.0.0.1:3001/two/a?x=1', schedule: 'quick', forwardOf: id }),
      ],
    ]);
    expect(queued[0]?.[1]?.message.headers).toEqual([
      ['Host', '127.0.0.1:3001'],
      ['Stripe-Signature', 't=1,v1=abc'],
      ['Content-Length', '4'],
      ['X-Forwarded-For', '127.0.0.1'],
      ['X-Forwarded-Host', 'localhost:4100'],
      ['X-Forwarded-Proto', 'http'],
      ['X-Hookbench-Request', id],
    ]);
    expect(results).toMatchObject([
      { forwardId: 'one', mode: 'copy', state: 'queued', url: 'http://127.0.0.1:3000/one?k=1&x=1', deliveryId: 'dlv_0', status: null, ms: null }, // prettier-ignore
      { forwardId: 'two', mode: 'copy', state: 'queued', url: 'http://127.0.0.1:3001/two/a?x=1', deliveryId: 'dlv_1' },
    ]);
  });

  it('are told one by one where they are not sent', async () => {
    const endpoint = endpointWith(
      [
        forwardTo('http://127.0.0.1:3000/', { ...copy, id: 'off', active: false }),
        forwardTo('http://127.0.0.1:3000/', { id: 'answers' }),
        forwardTo('http://127.0.0.1:3000/', { ...copy, id: 'filtered', verdicts: ['invalid'] }),
        forwardTo('http://user:pass@127.0.0.1:3000/', { ...copy, id: 'credentials' }),
        forwardTo(`http://127.0.0.1:3000/${'x'.repeat(8_167)}`, { ...copy, id: 'long' }),
        forwardTo('http://127.0.0.1:3000/', { ...copy, id: 'good' }),
      ],
      { path: '/in' },
    );
    const { forwarder, queued } = open(endpoint);
    const results = await forwarder.copies(exchangeOf(), endpoint, never);
    expect(results.map(({ forwardId, state, deliveryId }) => [forwardId, state, deliveryId])).toEqual([
      ['filtered', 'skipped', null],
      ['credentials', 'failed', null],
      ['long', 'failed', null],
      ['good', 'queued', 'dlv_0'],
    ]);
    expect(results.map(({ message }) => message)).toEqual([
      'the filter does not take the verdict valid',
      expect.stringContaining('user name or password'),
      expect.stringContaining('longer than 8,192 characters'),
      'in the retry queue',
    ]);
    expect(queued).toHaveLength(1);
    expect(queued[0]).toHaveLength(1);
  });

  it('that a filter wants once are left out where the delivery was dealt with, and taken as long as it was not', async () => {
    const endpoint = endpointWith([forwardTo('http://127.0.0.1:3000/', { ...copy, duplicates: ['first'] })]);
    const { forwarder, diary } = open(endpoint);
    const again = exchangeOf({ duplicate: { kind: 'conflict', of: 'req_1', n: 2 } });
    expect(await forwarder.copies(again, endpoint, () => true)).toMatchObject([
      { state: 'skipped', message: 'the filter does not take the duplicate state conflict' },
    ]);
    expect(diary).toEqual([]);
    expect(await forwarder.copies(again, endpoint, never)).toMatchObject([{ state: 'queued' }]);
    expect(await forwarder.copies(exchangeOf(), endpointWith([]), never)).toEqual([]);
  });

  it('that find no room are refused, so that the provider sends again; what can never be queued is a failure', async () => {
    const endpoint = endpointWith([forwardTo('http://127.0.0.1:3000/', copy)]);
    const full = open(endpoint, {
      queue: { enqueue: () => Promise.reject(new AppError('SEND_QUEUE_FULL', 'The queue is full')) },
    });
    await expect(full.forwarder.copies(exchangeOf(), endpoint, never)).rejects.toThrow('The queue is full');
    const refused = open(endpoint, {
      queue: { enqueue: () => Promise.reject(new AppError('SEND_INVALID_HEADER', 'No such header')) },
    });
    expect(await refused.forwarder.copies(exchangeOf(), endpoint, never)).toMatchObject([
      { state: 'failed', message: 'the copy could not be queued: No such header', deliveryId: null },
    ]);
    const broken = open(endpoint, { queue: { enqueue: () => Promise.reject(new TypeError('a bug')) } });
    await expect(broken.forwarder.copies(exchangeOf(), endpoint, never)).rejects.toThrow('a bug');
  });

  it('without provider and id stand under the request’s own', async () => {
    const endpoint = endpointWith([forwardTo('http://127.0.0.1:3000/', copy)]);
    const { forwarder, queued } = open(endpoint);
    await forwarder.copies(exchangeOf({ provider: null, event: null, deliveryId: null }), endpoint, never);
    expect(queued[0]?.[0]?.message).toMatchObject({
      messageId: exchangeOf().request.id,
      provider: 'generic',
      event: null,
    });
  });
});

describe('copies on their way', () => {
  it('are tried again while the app is down, and its health follows the attempts', async () => {
    const gone = await startRawApp();
    await gone.close();
    const endpoint = endpointWith([forwardTo(`${gone.url}/hooks`, copy)]);
    const world = createWorld({ answer: () => 200 });
    const attempts: string[] = [];
    const queue = await world.open({
      clock: systemClock,
      attempt,
      speed: 1_000,
      onAttempt(delivery, made) {
        attempts.push(made.outcome);
        opened.forwarder.attempted(delivery, made);
        if (attempts.length === 1)
          void startRawApp(undefined, gone.port).then((app) => cleanups.push(() => app.close()));
      },
    });
    const opened = open(endpoint, {
      queue,
      history: { putMessageBody: (bytes) => Promise.resolve((world.disk.bodies.set('copy', bytes), 'copy')) },
    });
    cleanups.push(() => queue.stop());
    queue.start();
    const [result] = await opened.forwarder.copies(exchangeOf(), endpoint, never);
    const delivery = await queue.settled(result?.deliveryId ?? '');
    expect(delivery).toMatchObject({ state: 'delivered', forwardOf: exchangeOf().request.id });
    expect(attempts[0]).toBe('refused');
    expect(attempts.at(-1)).toBe('delivered');
    expect(opened.news[0]).toMatchObject([{ state: 'down', message: 'connection refused' }]);
    expect(opened.news.at(-1)).toMatchObject([{ state: 'up' }]);
  });

  it('other deliveries say nothing about the apps', () => {
    const endpoint = endpointWith([forwardTo('http://127.0.0.1:3000/', copy)]);
    const { forwarder, news } = open(endpoint);
    const delivery = { url: 'http://127.0.0.1:3000/' } as Delivery;
    forwarder.attempted(delivery, {
      n: 1,
      at: 0,
      outcome: 'refused',
      status: null,
      ms: 1,
      nextAt: null,
      message: 'no',
    });
    expect(news).toEqual([]);
  });
});
