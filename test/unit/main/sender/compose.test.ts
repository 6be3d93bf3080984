import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compose, preview } from '../../../../src/main/sender/compose.ts';
import type { ComposeDeps } from '../../../../src/main/sender/compose.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import type { Draft } from '../../../../src/shared/delivery.ts';
import { headerValue, headerValues } from '../../../../src/shared/headers.ts';
import type { Target } from '../../../../src/shared/workspace.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (body: Uint8Array) => new TextDecoder().decode(body);

const draft: Draft = {
  method: 'POST',
  urls: ['http://127.0.0.1:3000/in'],
  targetIds: [],
  provider: 'generic',
  event: 'order.created',
  headers: [['Content-Type', 'application/json']],
  body: bytes('{"a":1}'),
  variables: false,
  secret: { value: 'one-off' },
  signature: 'fresh',
  schedule: 'quick',
  speed: 1,
};

const target = (id: string, more: Partial<Target> = {}): Target => ({
  id,
  name: `Target ${id}`,
  url: `http://${id}.test/hook`,
  provider: 'generic',
  secretName: null,
  events: ['*'],
  headers: [],
  schedule: 'svix',
  state: 'active',
  parkedReason: null,
  alsoSecretNames: [],
  connectTimeoutMs: null,
  totalTimeoutMs: null,
  concurrency: 4,
  ratePerSecond: null,
  followRedirects: false,
  strictOrder: false,
  allowLinkLocal: false,
  skipTlsCheck: false,
  ...more,
});

function setup(targets: readonly Target[] = []) {
  const clock = createFakeClock();
  let seed = 0;
  const stored: string[] = [];
  const deps: ComposeDeps = {
    clock,
    random: (size) => Uint8Array.from({ length: size }, () => (seed += 7) & 255),
    targets,
    secretValue: (name) => (name === 'known' ? { name, value: 'known-value' } : null),
    captured: () => null,
  };
  const store = {
    putMessageBody: async (body: Uint8Array) => {
      stored.push(`body ${text(body)}`);
      return createHash('sha256').update(body).digest('hex');
    },
    keepSecret: async (value: string, provider: string) => {
      stored.push(`secret ${value} ${provider}`);
      return 'oneoff_1';
    },
  };
  return { deps, stored, run: (change: Partial<Draft>) => compose({ ...draft, ...change }, deps, store) };
}

describe('compose', () => {
  it('makes one delivery from a plain draft', async () => {
    const { run, stored } = setup();
    const { messageId, deliveries } = await run({});
    expect(messageId).toMatch(/^msg_[0-9a-z]{20}$/);
    expect(deliveries).toEqual([
      {
        message: {
          messageId,
          provider: 'generic',
          event: 'order.created',
          method: 'POST',
          headers: [['Content-Type', 'application/json']],
          bodyHash: createHash('sha256').update('{"a":1}').digest('hex'),
          bodySize: 7,
          signature: 'fresh',
        },
        targetId: null,
        url: 'http://127.0.0.1:3000/in',
        secretName: 'oneoff_1',
        schedule: 'quick',
        speed: 1,
      },
    ]);
    expect(stored).toEqual(['body {"a":1}', 'secret one-off generic']);
  });

  it.each([
    [{ urls: ['ftp://x/'] }, 'SEND_INVALID_URL'],
    [{ urls: ['http://u:p@x/'] }, 'SEND_INVALID_URL'],
    [{ headers: [['X-A', 'a\nb']] as const }, 'SEND_INVALID_HEADER'],
    [{ method: 'CONNECT' }, 'SEND_INVALID_METHOD'],
    [{ provider: 'nobody' }, 'CONFIG_UNKNOWN_PROVIDER'],
    [{ scheme: 'nothing' }, 'CONFIG_INVALID'],
    [{ schedule: 'never' }, 'CONFIG_INVALID'],
    [{ urls: [] }, 'SEND_NO_TARGET'],
    [{ urls: [], targetIds: ['nope'] }, 'SEND_NO_TARGET'],
    [{ secret: { name: 'unknown' } }, 'SECRET_UNAVAILABLE'],
    [{ provider: 'standard-webhooks', secret: { value: 'whsec_%%%' } }, 'SECRET_MALFORMED'],
    [{ event: 'a\r\nX: y' }, 'SEND_INVALID_HEADER'],
    [{ messageId: 'a\r\nX: y' }, 'SEND_INVALID_HEADER'],
    [{ replayOf: 'req_gone' }, 'STORE_NOT_FOUND'],
  ] as [Partial<Draft>, string][])('%o is %s and stores nothing', async (change, code) => {
    const { run, stored } = setup();
    await expect(run(change)).rejects.toMatchObject({ code });
    expect(stored).toEqual([]);
  });

  it('fills variables once: every delivery has the same bytes and id', async () => {
    const { run, stored } = setup();
    const body = bytes('{"id":"{{uuid}}","t":{{unix}},"x":"{{other}}"}');
    const { deliveries } = await run({ body, variables: true, urls: ['http://a.test/', 'http://b.test/'] });
    expect(deliveries).toHaveLength(2);
    expect(new Set(deliveries.map(({ message }) => message.bodyHash)).size).toBe(1);
    expect(new Set(deliveries.map(({ message }) => message.messageId)).size).toBe(1);
    expect(stored[0]).toMatch(/^body \{"id":"[0-9a-f-]{36}","t":1767225600,"x":"\{\{other\}\}"\}$/);
  });

  it('takes the id from the body where the provider carries it there', async () => {
    const { run, stored } = setup();
    const body = bytes('{ "id": "evt_{{unix}}", "type": "x", "n": 1.0 }');
    const read = await run({ provider: 'stripe', body, variables: true });
    expect(read.messageId).toBe('evt_1767225600');
    const written = await run({ provider: 'stripe', body, messageId: 'evt_mine' });
    expect(written.messageId).toBe('evt_mine');
    expect(stored.at(-2)).toBe('body { "id": "evt_mine", "type": "x", "n": 1.0 }');
  });

  it('takes the id from a header that the person gave', async () => {
    const { run } = setup();
    const { messageId } = await run({ headers: [['x-webhook-delivery', 'mine']] });
    expect(messageId).toBe('mine');
  });

  it('drops framing fields', async () => {
    const { run } = setup();
    const { deliveries } = await run({
      headers: [
        ['Content-Length', '999'],
        ['X-A', '1'],
        ['TE', 'trailers'],
      ],
    });
    expect(deliveries[0]?.message.headers).toEqual([['X-A', '1']]);
  });

  it('an unsigned message refers to no secret', async () => {
    const { run, stored } = setup();
    const { deliveries } = await run({ signature: 'none' });
    expect(deliveries[0]?.secretName).toBeNull();
    expect(stored).toHaveLength(1);
  });
});

describe('fan-out', () => {
  const targets = [
    target('all', {
      secretName: 'known',
      headers: [
        ['X-Team', 'a'],
        ['Content-Type', 'text/plain'],
      ],
    }),
    target('orders', { events: ['order.*'], provider: 'stripe' }),
    target('users', { events: ['user.created'] }),
    target('off', { state: 'paused' }),
    target('gone', { state: 'parked' }),
  ];

  it('goes to every active target whose filter matches', async () => {
    const { run } = setup(targets);
    const { deliveries } = await run({ urls: [], secret: null, schedule: '' });
    const seen = deliveries.map(({ targetId, url, secretName, schedule, message }) => [
      targetId,
      url,
      secretName,
      schedule,
      message.provider,
    ]);
    expect(seen).toEqual([
      ['all', 'http://all.test/hook', 'known', 'svix', 'generic'],
      ['orders', 'http://orders.test/hook', null, 'svix', 'stripe'],
    ]);
    expect(deliveries[0]?.message.headers).toEqual([
      ['Content-Type', 'application/json'],
      ['X-Team', 'a'],
    ]);
  });

  it('names the filters when none matches', async () => {
    const { run } = setup(targets.slice(1));
    await expect(run({ urls: [], event: 'invoice.paid' })).rejects.toThrow(
      'No active target takes the event “invoice.paid”. Filters: Target orders: order.* (active); Target users: user.created (active); Target off: * (paused); Target gone: * (parked)',
    );
    await expect(run({ urls: [], event: null })).rejects.toThrow('a message without an event');
  });

  it('takes targets by id or name, once each, whatever their filter', async () => {
    const { run } = setup(targets);
    const { deliveries } = await run({ urls: [], targetIds: ['users', 'Target users', 'all'] });
    expect(deliveries.map(({ targetId, secretName }) => [targetId, secretName])).toEqual([
      ['users', 'oneoff_1'],
      ['all', 'oneoff_1'],
    ]);
  });
});

describe('a dispatch with a target that is badly set up @sending 1', () => {
  const good = target('good');
  it.each([
    ['a secret that is not stored', { secretName: 'unknown' }, 'SECRET_UNAVAILABLE'],
    ['another one not stored', { secretName: 'known', alsoSecretNames: ['unknown'] }, 'SECRET_UNAVAILABLE'],
    ['a malformed secret', { provider: 'standard-webhooks', secretName: 'known' }, 'SECRET_MALFORMED'],
    ['an unknown provider', { provider: 'nobody' }, 'CONFIG_UNKNOWN_PROVIDER'],
    ['an unknown schedule', { schedule: 'own-gone' }, 'CONFIG_INVALID'],
    ['an address that nothing may be sent to', { url: 'http://user:pass@bad.test/' }, 'SEND_INVALID_URL'],
    ['a header that cannot be sent', { headers: [['X-A', 'a\nb']] }, 'SEND_INVALID_HEADER'],
  ] as [string, Partial<Target>, string][])('%s: others get theirs, it gets its own', async (_name, change, code) => {
    const bad = target('bad', change);
    const all = { urls: [], secret: null, schedule: '' };
    const { deliveries } = await setup([bad, good]).run(all);
    expect(deliveries.map(({ targetId }) => targetId)).toEqual(['bad', 'good']);
    expect(deliveries.map(({ message }) => message.provider)).toEqual([bad.provider, 'generic']);
    await expect(setup([bad]).run(all)).rejects.toMatchObject({ code });
    const named = { ...all, targetIds: ['bad', 'good'] };
    await expect(setup([bad, good]).run(named)).rejects.toMatchObject({ code });
    const { deps } = setup([bad, good]);
    expect(preview({ ...draft, ...all }, deps).url).toBe('http://good.test/hook');
  });
});

describe('a target with more than one secret', () => {
  const both = target('t', { provider: 'standard-webhooks', secretName: 'a', alsoSecretNames: ['b', 'a'] });
  const values: Record<string, string> = {
    a: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    b: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
  };
  const given = (targets: readonly Target[]) => ({
    ...setup(targets).deps,
    secretValue: (name: string) => (name in values ? { name, value: values[name] as string } : null),
  });

  it('is signed with each, once', () => {
    const deps = given([both]);
    const shown = preview({ ...draft, urls: [], targetIds: ['t'], secret: null, schedule: '' }, deps);
    expect(headerValue(shown.headers, 'webhook-signature')?.split(' ')).toHaveLength(2);
    for (const [name, value] of Object.entries(values)) {
      const verdict = verify({
        ...shown,
        provider: 'standard-webhooks',
        secrets: [{ name, value }],
        now: deps.clock.now(),
      });
      expect(verdict.status).toBe('valid');
    }
  });

  it('a draft with a secret of its own is signed with that alone', () => {
    const own = { provider: 'standard-webhooks', secret: { name: 'b' }, urls: [], targetIds: ['t'], schedule: '' };
    const shown = preview({ ...draft, ...own }, given([both]));
    expect(headerValue(shown.headers, 'webhook-signature')?.split(' ')).toHaveLength(1);
  });
});

describe('schedules and time', () => {
  const own = { id: 'own-fast', name: 'Fast', waitsMs: [10], deadlineMs: null };

  it('takes a schedule that a person made, and only while it exists', async () => {
    const { deps } = setup();
    const shown = preview({ ...draft, schedule: 'own-fast' }, { ...deps, ownSchedules: [own] });
    expect(shown.url).toBe('http://127.0.0.1:3000/in');
    expect(() => preview({ ...draft, schedule: 'own-fast' }, deps)).toThrow(/own-fast/);
  });

  it('the choice of time goes with the delivery', async () => {
    const { run } = setup();
    expect((await run({ time: 'simulated' })).deliveries[0]).toMatchObject({ time: 'simulated' });
    expect((await run({})).deliveries[0]).not.toHaveProperty('time');
  });
});

describe('preview', () => {
  it('is exactly what would be sent, signed now, and verifies', () => {
    const { deps, stored } = setup();
    const secret = { value: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
    const shown = preview({ ...draft, provider: 'standard-webhooks', secret, messageId: 'msg_1' }, deps);
    expect(stored).toEqual([]);
    expect(shown.url).toBe('http://127.0.0.1:3000/in');
    expect(shown.headers[0]).toEqual(['Host', '127.0.0.1:3000']);
    expect(headerValue(shown.headers, 'webhook-id')).toBe('msg_1');
    expect(headerValue(shown.headers, 'content-length')).toBe('7');
    const verdict = verify({
      ...shown,
      provider: 'standard-webhooks',
      secrets: [{ name: 's', ...secret }],
      now: deps.clock.now(),
    });
    expect(verdict.status).toBe('valid');
  });

  it('a tampered body shows as it will be sent', () => {
    const { deps } = setup();
    const shown = preview({ ...draft, signature: 'tampered' }, deps);
    expect(text(shown.body)).not.toBe('{"a":1}');
    expect(headerValues(shown.headers, 'content-length')).toEqual([String(shown.body.length)]);
  });
});
