// Who may come in, how often and how much, on a clock that the test moves; what the socket adds is tested with sockets.

import { beforeEach, describe, expect, it } from 'vitest';
import type { TunnelPassage } from '../../../../src/main/receiver/access-contract.ts';
import { createAccess } from '../../../../src/main/receiver/access.ts';
import type { Grant, Refusal } from '../../../../src/main/receiver/intake-contract.ts';
import { openAccess, tunnelQuotaBytes, tutorialRate } from '../../../../src/shared/access.ts';
import type { Access as AccessRules } from '../../../../src/shared/access.ts';
import type { RequestHead } from '../../../../src/shared/exchange.ts';
import { defaultEndpoint } from '../../../../src/shared/workspace.ts';
import type { Endpoint } from '../../../../src/shared/workspace.ts';

let endpoint: Endpoint | null;
let passage: TunnelPassage | null;
let stored: number;
let clock: number;
let asked: string[];
let access: ReturnType<typeof createAccess>;

beforeEach(() => {
  endpoint = defaultEndpoint;
  passage = null;
  stored = 0;
  clock = 5_000;
  asked = [];
  access = createAccess({
    monotonic: () => clock,
    bodyLimit: 1_048_576,
    endpointOf: () => endpoint,
    passageOf: () => (asked.push('passage'), passage),
    storedBytes: () => (asked.push('stored'), stored),
  });
});

const rules = (changed: Partial<AccessRules>) => {
  endpoint = { ...defaultEndpoint, access: { ...openAccess, ...changed } };
};
const from = (remoteAddress: string, length?: number): RequestHead => ({
  method: 'POST',
  target: '/',
  headers: length === undefined ? [] : [['content-LENGTH', String(length)]],
  remoteAddress,
});
const through = (sender: string | null, tunnelId = 't1') => {
  passage = { tunnelId, sender };
};
const refusalOf = (head = from('127.0.0.1')): Refusal | null => {
  const admitted = access.admit(head);
  return admitted && 'reason' in admitted ? admitted : null;
};
const reasonOf = (head = from('127.0.0.1')) => refusalOf(head)?.reason ?? null;
/** Lets a request in whose bytes are set aside. */
const grantOf = (head: RequestHead): Grant => {
  const admitted = access.admit(head);
  if (!admitted || 'reason' in admitted) throw new Error('expected a grant');
  return admitted;
};
/** Requests of `count` that are let in. */
const admitted = (count: number, head = from('127.0.0.1')) =>
  Array.from({ length: count }, () => refusalOf(head)).filter((refusal) => refusal === null).length;

describe('an endpoint that does not exist', () => {
  it('is 404 without content, the same whoever asks', () => {
    endpoint = null;
    expect(access.admit(from('192.0.2.1'))).toEqual({
      reason: 'no-endpoint',
      reply: { status: 404, headers: [], body: '' },
    });
  });
});

describe('the allow-list', () => {
  it('refuses others with 403, by the socket’s address', () => {
    rules({ allow: ['192.0.2.0/24', '2001:db8::/32'] });
    expect(reasonOf(from('192.0.2.9'))).toBeNull();
    expect(reasonOf(from('::ffff:192.0.2.9'))).toBeNull();
    expect(reasonOf(from('2001:db8::9'))).toBeNull();
    expect(access.admit(from('198.51.100.1'))).toMatchObject({ reason: 'access', reply: { status: 403 } });
    expect(reasonOf(from('127.0.0.1'))).toBe('access');
    expect(reasonOf(from(''))).toBe('access');
  });

  it('looks at the sender that the tunnel tells, never at the tunnel’s own address', () => {
    rules({ allow: ['192.0.2.0/24', '127.0.0.1', '::1'] });
    through('::FFFF:192.0.2.9');
    expect(reasonOf()).toBeNull();
    through('198.51.100.1');
    expect(reasonOf()).toBe('access');
    through(null);
    expect(reasonOf()).toBe('access');
    through('not an address');
    expect(reasonOf()).toBe('access');
  });

  it('that was changed holds at once', () => {
    rules({ allow: ['192.0.2.1'] });
    expect(reasonOf(from('192.0.2.2'))).toBe('access');
    rules({ allow: ['192.0.2.2'] });
    expect(reasonOf(from('192.0.2.2'))).toBeNull();
  });
});

describe('rates', () => {
  it('are off by themselves, but for what comes through a tunnel', () => {
    expect(admitted(2_000)).toBe(2_000);
    through('192.0.2.1');
    expect(admitted(600)).toBe(500);
    clock += 1_000;
    expect(admitted(600)).toBe(50);
    passage = null;
    expect(admitted(600)).toBe(600);
  });

  it('say when to come again, in whole seconds and at least one', () => {
    rules({ senderRate: tutorialRate });
    expect(admitted(100)).toBe(100);
    clock += 1;
    const refusal = refusalOf();
    expect(refusal).toMatchObject({ reason: 'rate', reply: { status: 429 } });
    expect(refusal?.reply.headers).toContainEqual(['Retry-After', '9']);
    clock += 8_998;
    expect(refusalOf()?.reply.headers).toContainEqual(['Retry-After', '1']);
    clock += 1;
    expect(admitted(2)).toBe(1);
  });

  it('of a sender count each address apart, however it is written', () => {
    rules({ senderRate: { count: 1, periodSeconds: 60, burst: 2 } });
    expect(admitted(3, from('192.0.2.1'))).toBe(2);
    expect(admitted(3, from('::ffff:192.0.2.1'))).toBe(0);
    expect(admitted(3, from('192.0.2.2'))).toBe(2);
    through('192.0.2.3');
    expect(admitted(3)).toBe(2);
    through(null);
    expect(admitted(3)).toBe(2);
    through(null, 't2');
    expect(admitted(3)).toBe(2);
  });

  it('of an IPv6 sender count its whole /64', () => {
    rules({ senderRate: { count: 1, periodSeconds: 3_600, burst: 1 } });
    expect(admitted(2, from('2001:db8:0:7::1'))).toBe(1);
    for (let i = 2; i < 1_000; i += 1) expect(admitted(1, from(`2001:db8:0:7::${i.toString(16)}`))).toBe(0);
    expect(admitted(1, from('2001:DB8::7:ffff:0:0:1'))).toBe(0);
    expect(admitted(2, from('2001:db8:0:8::1'))).toBe(1);
    through('2001:db8:0:8::2');
    expect(admitted(1)).toBe(0);
  });

  it('are not washed away by very many senders', () => {
    rules({ senderRate: tutorialRate });
    expect(admitted(101, from('192.0.2.1'))).toBe(100);
    for (let i = 0; i < 10_002; i += 1) access.admit(from(`10.0.${i >> 8}.${i & 255}`));
    expect(reasonOf(from('192.0.2.1'))).toBe('rate');
  });

  it('of the endpoint count all senders together; who is refused takes nothing from the others', () => {
    rules({
      senderRate: { count: 1, periodSeconds: 60, burst: 2 },
      endpointRate: { count: 1, periodSeconds: 60, burst: 3 },
    });
    expect(admitted(10, from('192.0.2.1'))).toBe(2);
    expect(admitted(10, from('192.0.2.2'))).toBe(1);
    clock += 60_000;
    expect(admitted(10, from('192.0.2.2'))).toBe(1);
  });

  it('that are off stay off with a tunnel', () => {
    rules({ senderRate: 'off', endpointRate: 'off' });
    through('192.0.2.1');
    expect(admitted(2_000)).toBe(2_000);
  });

  it('count endpoints apart', () => {
    rules({ endpointRate: { count: 1, periodSeconds: 60, burst: 2 } });
    expect(admitted(3)).toBe(2);
    endpoint = endpoint && { ...endpoint, id: 'other' };
    expect(admitted(3)).toBe(2);
  });
});

describe('the quota', () => {
  it('refuses with 507 once it is used up, or would be', () => {
    rules({ quotaBytes: 1_000 });
    stored = 900;
    const grant = grantOf(from('::1', 100));
    grant.release();
    expect(access.admit(from('::1', 101))).toMatchObject({ reason: 'quota', reply: { status: 507 } });
    expect(reasonOf()).toBeNull();
    stored = 1_000;
    expect(reasonOf()).toBe('quota');
    expect(reasonOf(from('::1', Number.NaN))).toBe('quota');
  });

  it('counts what is announced until it is stored or will not be', () => {
    rules({ quotaBytes: 1_000 });
    const grants = [grantOf(from('::1', 400)), grantOf(from('::1', 500))];
    expect(reasonOf(from('::1', 101))).toBe('quota');
    const last = grantOf(from('::1', 100));
    expect(reasonOf()).toBe('quota');
    // Stored: it counts there from now on.
    stored = 400;
    grants[0]?.release();
    grants[0]?.release();
    expect(reasonOf()).toBe('quota');
    last.release();
    expect(reasonOf(from('::1', 101))).toBe('quota');
    grantOf(from('::1', 100)).release();
    // Broken off.
    grants[1]?.release();
    grantOf(from('::1', 600)).release();
    expect(reasonOf(from('::1', 601))).toBe('quota');
  });

  it('counts bodies of unknown length as they come, all of them together', () => {
    rules({ quotaBytes: 1_000 });
    const [first, second] = [grantOf(from('::1')), grantOf(from('::1'))];
    expect(first?.grow(600)).toBe(true);
    expect(second?.grow(400)).toBe(true);
    expect(second?.grow(401)).toBe(false);
    expect(first?.grow(500)).toBe(true);
    expect(second?.refusal).toMatchObject({ reason: 'quota', reply: { status: 507 } });
    first?.release();
    expect(second?.grow(1_000)).toBe(true);
    second?.release();
    expect(grantOf(from('::1')).grow(1_000)).toBe(true);
  });

  it('counts each endpoint apart', () => {
    rules({ quotaBytes: 1_000 });
    grantOf(from('::1', 1_000));
    expect(reasonOf()).toBe('quota');
    endpoint = endpoint && { ...endpoint, id: 'other' };
    expect(reasonOf(from('::1', 1_000))).toBeNull();
  });

  it('is off by itself, but for what comes through a tunnel', () => {
    stored = tunnelQuotaBytes;
    expect(reasonOf()).toBeNull();
    through('192.0.2.1');
    expect(reasonOf()).toBe('quota');
    rules({ quotaBytes: 'off' });
    expect(reasonOf()).toBeNull();
  });
});

describe('the order', () => {
  it('is endpoint, address, rate, quota', () => {
    rules({ allow: ['192.0.2.1'], senderRate: { count: 1, periodSeconds: 60, burst: 1 }, quotaBytes: 1 });
    stored = 1;
    expect(reasonOf(from('192.0.2.2'))).toBe('access');
    expect(reasonOf(from('192.0.2.1'))).toBe('quota');
    expect(reasonOf(from('192.0.2.1'))).toBe('rate');
    endpoint = null;
    expect(reasonOf(from('192.0.2.1'))).toBe('no-endpoint');
  });

  it('asks nothing where everything is off', () => {
    rules({ senderRate: 'off', endpointRate: 'off', quotaBytes: 'off' });
    expect(reasonOf()).toBeNull();
    expect(asked).toEqual([]);
  });
});
