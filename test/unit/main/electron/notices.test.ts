import { describe, expect, it } from 'vitest';
import { createNotices } from '../../../../src/main/electron/notices.ts';
import type { Notice, NoticeMode } from '../../../../src/main/electron/notices.ts';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import type { ExchangeSummary } from '../../../../src/shared/exchange.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

function request(seq: number): ExchangeSummary {
  return {
    id: `req_${seq}`,
    seq,
    receivedAt: seq,
    method: 'POST',
    target: '/in/stripe?x=1',
    endpoint: 'stripe',
    provider: 'stripe',
    event: 'invoice.paid',
    deliveryId: null,
    remoteAddress: '127.0.0.1',
    size: 10,
    truncated: false,
    sha256: 'ab',
    verdict: { status: 'valid', reason: 'ok', message: 'Valid', warnings: [], diagnosis: [] },
    duplicate: { kind: 'first', of: null, n: 1 },
    reply: { status: 200, challenge: false, ms: 3 },
  };
}

function delivery(id: string): Delivery {
  return {
    id,
    message: {
      messageId: `msg_${id}`,
      provider: 'generic',
      event: 'order.created',
      method: 'POST',
      headers: [],
      bodyHash: 'ab',
      bodySize: 2,
      signature: 'fresh',
    },
    targetId: null,
    url: 'http://localhost:3000/x',
    state: 'waiting',
    attempts: [],
    nextAt: null,
    secretName: null,
    schedule: 'quick',
    speed: 1,
    createdAt: 1_000,
  };
}

function createWorld(mode: NoticeMode) {
  const clock = createFakeClock();
  const shown: Notice[] = [];
  const state = { mode, inFront: false };
  const notices = createNotices({
    mode: () => state.mode,
    inFront: () => state.inFront,
    providerName: (id) => (id === 'stripe' ? 'Stripe' : id),
    after: (ms, run) => clock.after(ms, run),
    show: (notice) => shown.push(notice),
  });
  const arrive = (seq: number, change: Partial<ExchangeSummary> = {}) =>
    notices.add({ type: 'request', summary: { ...request(seq), ...change } });
  return { clock, shown, state, notices, arrive };
}

const verdict = (status: ExchangeSummary['verdict']['status']) => ({ verdict: { ...request(1).verdict, status } });

describe('notifications', () => {
  it('tell provider, event and verdict of one request, and where it is', async () => {
    const { clock, shown, arrive } = createWorld('all');
    arrive(1, { id: 'req_1', provider: 'stripe', event: 'invoice.paid', ...verdict('valid') });
    await clock.advance(1_000);
    expect(shown).toEqual([{ title: 'invoice.paid', body: 'Stripe · Signature valid', place: '#/inbox/req_1' }]);
  });

  it('tell failures only, nothing at all, and nothing to somebody who looks', async () => {
    const failures = createWorld('failures');
    failures.arrive(1, verdict('valid'));
    failures.arrive(2, verdict('unverified'));
    await failures.clock.advance(1_000);
    expect(failures.shown).toEqual([]);
    failures.arrive(3, verdict('expired'));
    await failures.clock.advance(1_000);
    expect(failures.shown.map(({ body }) => body)).toEqual([expect.stringContaining('Signature expired')]);

    const off = createWorld('off');
    off.arrive(1, verdict('invalid'));
    await off.clock.advance(10_000);
    expect(off.shown).toEqual([]);

    const looking = createWorld('all');
    looking.arrive(1);
    looking.state.inFront = true;
    await looking.clock.advance(10_000);
    expect(looking.shown).toEqual([]);
  });

  it('tell a burst once with its count, and the rest of it after a pause', async () => {
    const { clock, shown, arrive } = createWorld('all');
    for (let seq = 1; seq <= 40; seq += 1) arrive(seq, verdict(seq % 10 === 0 ? 'invalid' : 'valid'));
    await clock.advance(1_000);
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({ title: '40 requests', body: '4 with a signature that does not hold' });
    for (let seq = 41; seq <= 60; seq += 1) arrive(seq);
    await clock.advance(2_000);
    expect(shown).toHaveLength(1);
    await clock.advance(4_000);
    expect(shown.map(({ title }) => title)).toEqual(['40 requests', '20 requests']);
  });

  it('tell of a dead letter once', async () => {
    const { clock, shown, notices } = createWorld('failures');
    const dead = { ...delivery('dlv_1'), state: 'dead' as const };
    notices.add({ type: 'delivery', delivery: dead });
    notices.add({ type: 'delivery', delivery: dead });
    notices.add({ type: 'delivery', delivery: { ...delivery('dlv_2'), state: 'delivered' } });
    await clock.advance(1_000);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.place).toBe('#/dead-letters/dlv_1');
  });

  it('never hold markup, direction marks or endless words of a sender', async () => {
    const { clock, shown, arrive } = createWorld('all');
    arrive(1, { event: `<a href="http://x">\u202e&amp;\n${'x'.repeat(500)}` });
    await clock.advance(1_000);
    const text = `${shown[0]?.title} ${shown[0]?.body}`;
    expect(text).not.toMatch(/[<>&\n\u202e]/);
    expect(Array.from(shown[0]?.title ?? '')).toHaveLength(80);
  });
});
