// Two secrets at once, while one replaces the other: what Hookbench signs with both, a receiver with either one takes,
// and so the other way round. Packages that look at one signature only are put down as such.

import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Stripe } from 'stripe';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ready } from '../../../../support/oracles-all.ts';
import { bodyOf, id, judgedByThem, judgedByUs, now, posted, signedByUs } from '../../../../support/oracles.ts';
import type { Keys, Oracle, Wire } from '../../../../support/oracles.ts';

beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function signedByBoth(oracle: Oracle, keys: Keys, others: Keys): Wire {
  return signedByUs(oracle, keys, bodyOf(oracle, 'compact'), { secrets: [keys.signing, others.signing] });
}

describe.each([
  'standard-webhooks',
  'svix',
  'clerk',
  'resend',
  'openai',
  'polar',
  'gitlab',
  'stripe',
  'calendly',
  'mux',
])('two secrets of %s', (provider) => {
  it('sign one request, which the package takes with either', async () => {
    const { oracle, judge, keys, others } = await ready(provider);
    const request = signedByBoth(oracle, keys, others);
    for (const held of [keys, others]) {
      expect(await judgedByThem(judge, request, held), held.checking.name).toBe(true);
      expect(judgedByUs(oracle, request, held)).toMatchObject({ status: 'valid', secretName: held.checking.name });
    }
  });
});

describe('quirk: the package looks at one of two signatures', () => {
  it.each([
    ['paddle', 'the last', [false, true]],
    ['workos', 'the first', [true, false]],
  ])('%s: at %s', async (provider, _which, theirs) => {
    const { oracle, judge, keys, others } = await ready(provider);
    const request = signedByBoth(oracle, keys, others);
    expect([await judgedByThem(judge, request, keys), await judgedByThem(judge, request, others)]).toEqual(theirs);
    for (const held of [keys, others]) expect(judgedByUs(oracle, request, held).status).toBe('valid');
  });
});

describe('two signatures that packages made', () => {
  it('stripe: Hookbench takes the header with either secret', async () => {
    const { oracle, keys, others } = await ready('stripe');
    const body = bodyOf(oracle, 'emoji');
    const { webhooks } = new Stripe('sk_test_not_used');
    const [first = '', second = ''] = [keys, others].map(({ shown }) =>
      webhooks.generateTestHeaderString({ payload: body.toString(), secret: shown }),
    );
    const header = `${first},${second.split(',')[1]}`;
    const request: Wire = { method: 'POST', url: '/', headers: [['stripe-signature', header]], body };
    for (const held of [keys, others]) expect(judgedByUs(oracle, request, held).status).toBe('valid');
  });

  it('standardwebhooks: Hookbench takes the header with either secret, and versions it does not know beside them', async () => {
    const { oracle, judge, keys, others } = await ready('standard-webhooks');
    const body = bodyOf(oracle, 'emoji');
    const signatures = [keys, others].map(({ shown }) => new StandardWebhook(shown).sign(id, new Date(now), body));
    const request = posted(
      { keys, body, url: 'https://hooks.example.test/in', now, id },
      {
        'webhook-id': id,
        'webhook-timestamp': `${now / 1_000}`,
        'webhook-signature': ['v9,AAAA', ...signatures].join(' '),
      },
    );
    for (const held of [keys, others]) {
      expect(await judgedByThem(judge, request, held)).toBe(true);
      expect(judgedByUs(oracle, request, held).status).toBe('valid');
    }
  });
});
