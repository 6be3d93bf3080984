// The providers' own packages as judges, both ways: they take what Hookbench signs, Hookbench takes what they sign, and
// both refuse the same requests. Nothing about the packages is replaced but the clock that they read.

import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { allOracles } from '../../../../support/oracles-all.ts';
import {
  bodyOf,
  judgedByThem,
  judgedByUs,
  keysOf,
  now,
  signedByThem,
  signedByUs,
  tamperedBody,
} from '../../../../support/oracles.ts';
import type { BodyName, Judge, Keys, Oracle, Wire } from '../../../../support/oracles.ts';

beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The oracles whose tests passed, by direction. */
const passed = { judges: new Set<Oracle>(), signs: new Set<Oracle>() };

function titleOf({ provider, scheme, package: name, sample, own }: Oracle): string {
  const variant = sample ?? (own === undefined ? undefined : 'own message');
  return `${provider} ${scheme}, judged by ${name}${variant === undefined ? '' : `, ${variant}`}`;
}

describe.each(allOracles.map((oracle) => [titleOf(oracle), oracle] as const))('%s', (_title, oracle) => {
  let judge: Judge;
  let keys: Keys;
  let others: Keys;
  const forms: readonly BodyName[] = ['sample', ...oracle.bodies];
  const { limit } = oracle;
  // A secret that is sent as it is protects nothing else.
  const unprotected = oracle.token === true;

  beforeAll(async () => {
    // The packages are large, so each is loaded where it is first needed.
    judge = await oracle.load();
    keys = await keysOf(oracle, 1);
    others = await keysOf(oracle, 2);
  }, 60_000);

  async function expectBoth(request: Wire, held: Keys, valid: boolean, what: string): Promise<void> {
    expect(await judgedByThem(judge, request, held), `${what}: the package`).toBe(valid);
    const verdict = judgedByUs(oracle, request, held);
    expect(verdict, `${what}: Hookbench`).toMatchObject({
      status: valid ? 'valid' : 'invalid',
      scheme: oracle.scheme,
    });
  }

  it.each(forms)('the package takes what Hookbench signs, and nothing else: %s', async (form) => {
    const request = signedByUs(oracle, keys, bodyOf(oracle, form));
    await expectBoth(request, keys, true, 'as signed');
    await expectBoth({ ...request, body: tamperedBody(oracle, request.body) }, keys, unprotected, 'tampered with');
    await expectBoth(request, others, false, 'another secret');
    passed.judges.add(oracle);
  });

  it.each(forms)(`Hookbench takes what ${oracle.maker} signs, and nothing else: %s`, async (form) => {
    const request = await signedByThem(oracle, judge, keys, bodyOf(oracle, form));
    await expectBoth(request, keys, true, 'as signed');
    await expectBoth({ ...request, body: tamperedBody(oracle, request.body) }, keys, unprotected, 'tampered with');
    await expectBoth(request, others, false, 'another secret');
    passed.signs.add(oracle);
  });

  it('the package refuses what is signed badly on purpose', async () => {
    const body = bodyOf(oracle, 'sample');
    const wrong = signedByUs(oracle, keys, body, { mode: 'wrong-secret' });
    expect(await judgedByThem(judge, wrong, keys), 'wrong-secret').toBe(false);
    const changed = signedByUs(oracle, keys, body, { mode: 'tampered' });
    // Where the changed byte is not signed, the app says so, and a right judge takes the request.
    const unnoticed = judgedByUs(oracle, changed, keys).status === 'valid';
    if (parses(changed.body)) expect(await judgedByThem(judge, changed, keys), 'tampered').toBe(unnoticed);
    if (typeof limit === 'number') {
      const old = signedByUs(oracle, keys, body, { mode: 'expired' });
      expect(await judgedByThem(judge, old, keys), 'expired').toBe(false);
      expect(judgedByUs(oracle, old, keys).status).toBe('expired');
    }
  });

  if (limit === undefined) return;

  it('both allow the same age', async () => {
    const request = signedByUs(oracle, keys, bodyOf(oracle, 'sample'));
    const judgedAt = async (seconds: number): Promise<readonly [boolean, string]> => {
      vi.setSystemTime(now + seconds * 1_000);
      return [await judgedByThem(judge, request, keys), judgedByUs(oracle, request, keys, Date.now()).status];
    };
    if (limit === null) {
      expect(await judgedAt(2 * 86_400), 'two days old').toEqual([true, 'valid']);
      return;
    }
    const last = oracle.exclusive ? limit - 1 : limit;
    expect(await judgedAt(last), `${last} s old`).toEqual([true, 'valid']);
    expect(await judgedAt(last + 1), `${last + 1} s old`).toEqual([false, 'expired']);

    const [near, farther] = [await judgedAt(-limit), await judgedAt(-limit - 1)];
    const accepts = oracle.future === 'accepts';
    if (oracle.futureDiffers === undefined) {
      expect(near, `dated ${limit} s ahead`).toEqual([true, 'valid']);
      expect(farther, `dated ${limit + 1} s ahead`).toEqual(accepts ? [true, 'valid'] : [false, 'future']);
    } else {
      expect(farther, oracle.futureDiffers).toEqual(accepts ? [true, 'future'] : [false, 'valid']);
    }
  });
});

function parses(body: Buffer): boolean {
  try {
    JSON.parse(body.toString());
    return true;
  } catch {
    return false;
  }
}

describe('what the tests above have shown', () => {
  const bothWays = (): readonly Oracle[] =>
    allOracles.filter((oracle) => passed.judges.has(oracle) && passed.signs.has(oracle));
  const providersOf = (oracles: readonly Oracle[]): readonly string[] => [
    ...new Set(oracles.map(({ provider }) => provider)),
  ];

  it('at least 20 providers are judged both ways by a package that they publish themselves', () => {
    expect(providersOf(bothWays().filter(({ by }) => by === 'provider')).length).toBeGreaterThanOrEqual(20);
  });

  it('of at least 20 providers a package makes the whole signature, not only its MAC', () => {
    expect(providersOf(bothWays().filter(({ bare, token }) => !bare && !token)).length).toBeGreaterThanOrEqual(20);
  });

  it('who judges what Hookbench signs, and who signs what Hookbench judges', () => {
    const lines = bothWays().map(({ provider, package: name, by, maker, bare }) => {
      const author = by === 'provider' ? 'its own' : 'not its own';
      return `${provider}: ${name} (${author}) judges, ${maker} ${bare ? 'gives the bare signature' : 'signs'}`;
    });
    expect([...new Set(lines)].toSorted()).toMatchInlineSnapshot(`
      [
        "adyen: @adyen/api-library (its own) judges, @adyen/api-library signs",
        "asana: @hookflo/tern (not its own) judges, x-hub-signature gives the bare signature",
        "aws-sns: sns-payload-validator (not its own) judges, http-message-signatures gives the bare signature",
        "aws-sns: sns-validator (its own) judges, http-message-signatures gives the bare signature",
        "bitbucket: x-hub-signature (not its own) judges, x-hub-signature signs",
        "calendly: stripe (not its own) judges, stripe signs",
        "clerk: @clerk/backend (its own) judges, svix signs",
        "coinbase-commerce: coinbase-commerce-node (its own) judges, coinbase-commerce-node signs",
        "contentful: @contentful/node-apps-toolkit (its own) judges, @contentful/node-apps-toolkit signs",
        "discord: discord-interactions (its own) judges, http-message-signatures gives the bare signature",
        "generic: @hookflo/tern (not its own) judges, x-hub-signature gives the bare signature",
        "github: @octokit/webhooks-methods (its own) judges, @octokit/webhooks-methods signs",
        "github: x-hub-signature (not its own) judges, x-hub-signature signs",
        "gitlab: @hookflo/tern (not its own) judges, nobody signs",
        "gitlab: standardwebhooks (not its own) judges, standardwebhooks signs",
        "grafana: @hookflo/tern (not its own) judges, x-hub-signature gives the bare signature",
        "hubspot: @hubspot/api-client (its own) judges, @hubspot/api-client signs",
        "intercom: x-hub-signature (not its own) judges, x-hub-signature signs",
        "lemonsqueezy: @hookflo/tern (not its own) judges, x-hub-signature gives the bare signature",
        "line: @line/bot-sdk (its own) judges, x-hub-signature gives the bare signature",
        "linear: @linear/sdk (its own) judges, x-hub-signature gives the bare signature",
        "meta: x-hub-signature (not its own) judges, x-hub-signature signs",
        "mux: @mux/mux-node (its own) judges, stripe signs",
        "notion: @notionhq/client (its own) judges, @notionhq/client signs",
        "openai: openai (its own) judges, standardwebhooks signs",
        "paddle: @paddle/paddle-node-sdk (its own) judges, x-hub-signature gives the bare signature",
        "plaid: jose (not its own) judges, jose signs",
        "polar: @polar-sh/sdk (its own) judges, standardwebhooks signs",
        "razorpay: razorpay (its own) judges, x-hub-signature gives the bare signature",
        "resend: resend (its own) judges, svix signs",
        "rfc9421: http-message-signatures (not its own) judges, http-message-signatures signs",
        "sanity: @sanity/webhook (its own) judges, @sanity/webhook signs",
        "sendgrid: @sendgrid/eventwebhook (its own) judges, starkbank-ecdsa gives the bare signature",
        "sentry: @hookflo/tern (not its own) judges, x-hub-signature gives the bare signature",
        "shopify: @shopify/shopify-api (its own) judges, x-hub-signature gives the bare signature",
        "slack: @slack/bolt (its own) judges, x-hub-signature gives the bare signature",
        "square: square (its own) judges, x-hub-signature gives the bare signature",
        "standard-webhooks: discord-interactions (not its own) judges, http-message-signatures gives the bare signature",
        "standard-webhooks: standardwebhooks (its own) judges, standardwebhooks signs",
        "stripe: stripe (its own) judges, stripe signs",
        "supabase-auth: standardwebhooks (not its own) judges, standardwebhooks signs",
        "svix: svix (its own) judges, svix signs",
        "telegram: grammy (not its own) judges, nobody signs",
        "twilio: twilio (its own) judges, twilio signs",
        "woocommerce: @hookflo/tern (not its own) judges, x-hub-signature gives the bare signature",
        "workos: @workos-inc/node (its own) judges, @workos-inc/node signs",
        "xero: @hookflo/tern (not its own) judges, x-hub-signature gives the bare signature",
      ]
    `);
  });
});
