// The providers' own packages as judges: they accept what sign makes, and verify accepts what they make.

import { verify as verifyGithub, sign as signGithub } from '@octokit/webhooks-methods';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Stripe } from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { caseOf, headerOf, now, signCase, verifyCase } from './cases.ts';
import type { SchemeCase } from './cases.ts';

const texts: readonly string[] = [
  '{"id":"evt_1","type":"order.created"}',
  '{"text":"🪝 naïve – \u2028"}\r\n',
  '{\r\n  "a": 1,\r\n  "b": "ÄÖÜ"\r\n}',
];
const notText = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x80, 0x22, 0x7d]);
const { webhooks } = new Stripe('sk_test_not_used');

const stripe = caseOf('stripe-v1');
const github = caseOf('github-sha256');
const standard = caseOf('standard-webhooks-v1', 'standard-webhooks');
const svix = caseOf('standard-webhooks-v1', 'svix');

function envelope(request: ReturnType<typeof signCase>, family: 'webhook' | 'svix'): Record<string, string> {
  const names = ['id', 'timestamp', 'signature'].map((part) => `${family}-${part}`);
  return Object.fromEntries(names.map((name) => [name, headerOf(request, name)]));
}

function seconds(): string {
  return String(Math.floor(now / 1_000));
}

describe('the official packages', () => {
  // They read the real clock; nothing else about them is replaced.
  beforeEach(() => {
    vi.useFakeTimers({ now, toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  describe.each(texts)('with the body %j', (text) => {
    const body = Buffer.from(text);

    it('stripe accepts and makes', () => {
      const header = headerOf(signCase(stripe, { body }), 'Stripe-Signature');
      expect(webhooks.constructEvent(body, header, stripe.signing.value)).toEqual(JSON.parse(text));
      expect(() => webhooks.constructEvent(body, header, stripe.other.value)).toThrow(/signature/);

      const made = webhooks.generateTestHeaderString({ payload: text, secret: stripe.signing.value });
      expect(verifyCase(stripe, { headers: [['stripe-signature', made]], body }).status).toBe('valid');
    });

    it('standardwebhooks accepts and makes', () => {
      const judge = new StandardWebhook(standard.signing.value);
      const request = signCase(standard, { body });
      expect(judge.verify(text, envelope(request, 'webhook'))).toEqual(JSON.parse(text));
      expect(() => judge.verify(`${text} `, envelope(request, 'webhook'))).toThrow(/signature/);

      const headers = [
        ['webhook-id', 'msg_2'],
        ['webhook-timestamp', seconds()],
        ['webhook-signature', judge.sign('msg_2', new Date(now), text)],
      ] as const;
      expect(verifyCase(standard, { headers, body }).status).toBe('valid');
    });

    it('svix accepts and makes, in both header families', () => {
      const judge = new SvixWebhook(svix.signing.value);
      const request = signCase(svix, { body });
      expect(judge.verify(text, envelope(request, 'svix'))).toEqual(JSON.parse(text));

      for (const family of ['svix', 'webhook']) {
        const headers = [
          [`${family}-id`, 'msg_3'],
          [`${family}-timestamp`, seconds()],
          [`${family}-signature`, judge.sign('msg_3', new Date(now), text)],
        ] as const;
        expect(verifyCase(svix, { headers, body }).status, `family ${family}`).toBe('valid');
      }
    });

    it('@octokit/webhooks-methods accepts and makes', async () => {
      const header = headerOf(signCase(github, { body }), 'X-Hub-Signature-256');
      expect(await verifyGithub(github.signing.value, text, header)).toBe(true);
      expect(await verifyGithub(github.other.value, text, header)).toBe(false);

      const made = await signGithub(github.signing.value, text);
      expect(verifyCase(github, { headers: [['x-hub-signature-256', made]], body }).status).toBe('valid');
    });
  });

  it('agree on rotation: two secrets sign, either receiver accepts', () => {
    const body = Buffer.from('{}');
    for (const item of [standard, svix, stripe]) {
      const request = signCase(item, { body, secrets: [item.other, item.signing] });
      expect(verifyCase(item, request, { secrets: [item.signing] }).status).toBe('valid');
      expect(verifyCase(item, request, { secrets: [item.other] }).status).toBe('valid');
    }
    const request = signCase(standard, { body, secrets: [standard.other, standard.signing] });
    expect(new StandardWebhook(standard.signing.value).verify('{}', envelope(request, 'webhook'))).toEqual({});
    const both = headerOf(signCase(stripe, { body, secrets: [stripe.other, stripe.signing] }), 'Stripe-Signature');
    expect(webhooks.constructEvent(body, both, stripe.signing.value)).toEqual({});
  });

  it('agree on the limits of age', () => {
    const body = Buffer.from('{}');
    const request = signCase(standard, { body });
    const judge = new StandardWebhook(standard.signing.value);
    for (const shift of [-301, -300, 0, 300, 301]) {
      vi.setSystemTime(now + shift * 1_000);
      const theirs = attempt(() => judge.verify('{}', envelope(request, 'webhook')));
      const ours = verifyCase(standard, request, { now: now + shift * 1_000 }).status === 'valid';
      expect(ours, `${shift} s`).toBe(theirs);

      const header = signCase(stripe, { body });
      const stripeSays = attempt(() =>
        webhooks.constructEvent('{}', headerOf(header, 'Stripe-Signature'), stripe.signing.value),
      );
      expect(stripeSays).toBe(verifyCase(stripe, header, { now: now + shift * 1_000 }).status === 'valid');
    }
  });

  it('stripe and standardwebhooks accept an empty body', () => {
    const body = Buffer.alloc(0);
    const header = headerOf(signCase(stripe, { body }), 'Stripe-Signature');
    expect(webhooks.signature?.verifyHeader(body, header, stripe.signing.value)).toBe(true);
    const request = signCase(standard, { body });
    expect(attempt(() => new StandardWebhook(standard.signing.value).verify('', envelope(request, 'webhook')))).toBe(
      true,
    );
    const made = new StandardWebhook(standard.signing.value).sign('msg_4', new Date(now), '');
    const headers = [
      ['webhook-id', 'msg_4'],
      ['webhook-timestamp', seconds()],
      ['webhook-signature', made],
    ] as const;
    expect(verifyCase(standard, { headers, body }).status).toBe('valid');
  });

  it('record: svix and octokit refuse an empty body whose signature is right', async () => {
    const body = Buffer.alloc(0);
    const request = signCase(svix, { body });
    expect(() => new SvixWebhook(svix.signing.value).verify('', envelope(request, 'svix'))).toThrow('JSON');
    const header = headerOf(signCase(github, { body }), 'X-Hub-Signature-256');
    await expect(verifyGithub(github.signing.value, '', header)).rejects.toThrow(TypeError);
  });

  it('record: all four turn bodies into text, so bytes that are not UTF-8 are refused or mangled there', async () => {
    const valid = (item: SchemeCase): boolean => verifyCase(item, signCase(item, { body: notText })).status === 'valid';
    expect([stripe, standard, svix, github].map(valid)).toEqual([true, true, true, true]);

    const header = headerOf(signCase(stripe, { body: notText }), 'Stripe-Signature');
    expect(() => webhooks.signature?.verifyHeader(notText, header, stripe.signing.value)).toThrow(/signature/);
    for (const [judge, item, family] of [
      [new StandardWebhook(standard.signing.value), standard, 'webhook'],
      [new SvixWebhook(svix.signing.value), svix, 'svix'],
    ] as const) {
      const request = signCase(item, { body: notText });
      expect(() => judge.verify(notText, envelope(request, family))).toThrow(/signature/);
      // The same signature for two different bodies: both became U+FFFD.
      const other = Buffer.from([0x7b, 0x22, 0xfd, 0xfc, 0x81, 0x22, 0x7d]);
      expect(judge.sign('msg', new Date(now), notText)).toBe(judge.sign('msg', new Date(now), other));
    }
    const notAString = notText as unknown as string;
    await expect(verifyGithub(github.signing.value, notAString, 'sha256=00')).rejects.toThrow(TypeError);
  });
});

function attempt(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}
