// Which reply is chosen, in which order, and what is said about it.

import { describe, expect, it } from 'vitest';
import { createReplyChooser } from '../../../../src/main/receiver/rules.ts';
import type { ReplyDecision, ReplyFacts } from '../../../../src/main/receiver/rules-contract.ts';
import { openAccess } from '../../../../src/shared/access.ts';
import type { Forward } from '../../../../src/shared/forwards.ts';
import { defaultEndpoint } from '../../../../src/shared/workspace.ts';
import type { Endpoint } from '../../../../src/shared/workspace.ts';
import { answerOf, factsOf, options, replyOf, ruleOf, verdictOf } from './reply-facts.ts';

const endpointOf = (changed: Partial<Endpoint>): Endpoint => ({ ...defaultEndpoint, reply: replyOf(200), ...changed });

const forwardOf = (changed: Partial<Forward> = {}): Forward => ({
  id: 'f',
  url: 'http://127.0.0.1:3000/hook',
  mode: 'answer',
  active: true,
  appendPath: false,
  events: ['*'],
  verdicts: [],
  duplicates: [],
  keepHost: false,
  timeoutMs: 30_000,
  schedule: 'quick',
  ...changed,
});

/** Status (or `forward`) and the sentence. */
function told(decision: ReplyDecision): readonly [number | 'forward', string] {
  return [decision.kind === 'answer' ? decision.plan.status : 'forward', decision.why];
}

const choose = (endpoint: Partial<Endpoint>, facts: Partial<ReplyFacts> = {}) =>
  createReplyChooser(options).choose(factsOf({ ...facts, endpoint: endpointOf(endpoint) }));

/** Statuses of so many requests to one endpoint. */
function statuses(count: number, endpoint: Endpoint, facts: (n: number) => Partial<ReplyFacts> = () => ({})) {
  const chooser = createReplyChooser(options);
  return Array.from({ length: count }, (_, i) => told(chooser.choose(factsOf({ ...facts(i + 1), endpoint })))[0]);
}

describe('mode strict', () => {
  it.each([
    ['invalid', 401, 'strict: the signature is invalid'],
    ['missing', 401, 'strict: the signature is missing'],
    ['malformed', 401, 'strict: the signature cannot be read'],
    ['unsupported', 401, 'strict: the signature is of a kind that is not allowed'],
    ['expired', 400, 'strict: the signed time is too old'],
    ['future', 400, 'strict: the signed time is too far ahead'],
    ['valid', 418, 'rule "teapot"'],
    ['unverified', 418, 'rule "teapot"; strict, but nothing was checked'],
  ] as const)('answers %s with %i, before any rule or forward', (status, code, why) => {
    const endpoint = { mode: 'strict' as const, rules: [ruleOf('teapot')], forwards: [forwardOf()] };
    const decision = choose(endpoint, { verdict: verdictOf(status) });
    expect(told(decision)).toEqual([code, why]);
    expect(decision).toMatchObject({ by: code === 418 ? 'rule' : 'strict' });
  });

  it('lets nothing unchecked through where secrets are configured', () => {
    const endpoint = { mode: 'strict' as const };
    const expectsSignature = () => true;
    const unchecked = (reason: string) => ({ ...verdictOf('unverified'), reason });
    const unnamed = choose(endpoint, { verdict: unchecked('no-provider'), expectsSignature });
    expect(told(unnamed)).toEqual([401, 'strict: nothing shows which provider signed it, so nothing was checked']);
    // Our own trouble: the sender shall try again.
    for (const reason of ['secret-unavailable', 'check-failed']) {
      const decision = choose(endpoint, { verdict: unchecked(reason), expectsSignature });
      expect(told(decision)).toEqual([503, 'strict: the signature could not be checked']);
    }
    expect(choose({ mode: 'capture' }, { verdict: unchecked('x'), expectsSignature })).toMatchObject({
      by: 'endpoint',
    });
  });

  it('asks to try again where the secrets that are named cannot be read', () => {
    const verdict = { ...verdictOf('unverified'), reason: 'no-secret' };
    const expectsSignature = () => true;
    const named = { mode: 'strict' as const, secretNames: ['gone'] };
    const decision = choose(named, { verdict, expectsSignature, secretsReadable: () => false });
    expect(told(decision)).toEqual([503, 'strict: the signature could not be checked']);
    expect(decision).toMatchObject({ plan: { headers: expect.arrayContaining([['Retry-After', '60']]) } });
    expect(told(choose(named, { verdict, expectsSignature, secretsReadable: () => true }))[0]).toBe(401);
    const unnamed = { ...named, secretNames: [] };
    expect(told(choose(unnamed, { verdict, expectsSignature, secretsReadable: () => false }))[0]).toBe(401);
  });

  it('takes nothing where something in here throws', () => {
    const wasProcessed = () => {
      throw new Error('bug');
    };
    const decision = choose({ mode: 'strict' }, { wasProcessed });
    expect(told(decision)).toEqual([503, 'strict: the request could not be judged because of a fault in Hookbench']);
    expect(decision).toMatchObject({
      by: 'strict',
      plan: { headers: expect.arrayContaining([['Retry-After', '60']]) },
    });
    expect(told(choose({ mode: 'capture' }, { wasProcessed }))[0]).toBe(200);
  });

  it('answers a delivery that was processed before, unless its signature is refused', () => {
    const endpoint = { mode: 'strict' as const, rules: [ruleOf('teapot')] };
    const wasProcessed = () => true;
    const decision = choose(endpoint, { verdict: verdictOf('valid'), wasProcessed });
    expect(told(decision)).toEqual([200, 'strict: an earlier one of this delivery was processed']);
    expect(told(choose(endpoint, { verdict: verdictOf('invalid'), wasProcessed }))[0]).toBe(401);
    expect(told(choose({ ...endpoint, mode: 'capture' }, { wasProcessed }))[0]).toBe(418);
  });

  it('is off by itself; the timestamp check alone refuses old and early ones only', () => {
    const access = { ...openAccess, refuseStale: true };
    for (const status of ['invalid', 'missing', 'malformed', 'unsupported', 'valid', 'unverified'] as const) {
      expect(told(choose({ access }, { verdict: verdictOf(status) }))).toEqual([200, "the endpoint's answer"]);
    }
    expect(told(choose({}, { verdict: verdictOf('expired') }))).toEqual([200, "the endpoint's answer"]);
    const stale = choose({ access }, { verdict: verdictOf('expired') });
    expect(told(stale)).toEqual([400, 'timestamp check: the signed time is too old']);
    expect(stale).toMatchObject({ by: 'strict' });
    expect(told(choose({ access }, { verdict: verdictOf('future') }))[0]).toBe(400);
  });
});

describe('rules', () => {
  const get = { field: 'method', name: '', op: 'is', value: 'GET' } as const;
  const stripe = { field: 'provider', name: '', op: 'is', value: 'stripe' } as const;

  it('are tried in order; the first active one whose conditions all hold decides', () => {
    const rules = [
      ruleOf('off', { active: false }),
      ruleOf('get', { when: [stripe, get] }),
      ruleOf('yes', { name: 'Teapot', when: [stripe], reply: replyOf(404) }),
      ruleOf('later'),
    ];
    expect(told(choose({ rules }))).toEqual([404, 'rule "Teapot"']);
    expect(choose({ rules })).toMatchObject({ kind: 'answer', by: 'rule' });
    expect(told(choose({ rules: rules.slice(0, 2) }))).toEqual([200, "the endpoint's answer"]);
  });

  it('answer in the place of the app behind a forward, unless one is an exception', () => {
    const forwards = [forwardOf()];
    expect(told(choose({ rules: [ruleOf('a')], forwards }))).toEqual([418, 'rule "a"']);
    expect(told(choose({ rules: [ruleOf('free', { reply: null }), ruleOf('a')], forwards }))).toEqual([
      'forward',
      'the forwarded app\'s answer; rule "free" is an exception',
    ]);
    expect(told(choose({ rules: [ruleOf('free', { reply: null }), ruleOf('a')] }))).toEqual([
      200,
      'the endpoint\'s answer; rule "free" is an exception',
    ]);
  });

  it('without a name are told by their id', () => {
    expect(choose({ rules: [ruleOf('r1', { name: '' })] }).why).toBe('rule "r1"');
  });
});

describe('a forward that answers', () => {
  it('is chosen where its filter takes the request', () => {
    const forwards = [forwardOf({ id: 'copy', mode: 'copy' }), forwardOf({ active: false }), forwardOf({ id: 'app' })];
    expect(choose({ forwards })).toEqual({
      kind: 'forward',
      forward: forwards[2],
      why: "the forwarded app's answer",
    });
  });

  it.each([
    [{ events: ['order.*'] }, 200],
    [{ events: ['invoice.*'] }, 'forward'],
    [{ verdicts: ['invalid'] }, 200],
    [{ verdicts: ['invalid', 'valid'] }, 'forward'],
    [{ duplicates: ['retry'] }, 200],
    [{ duplicates: ['first'] }, 'forward'],
    [{ mode: 'copy' }, 200],
    [{ active: false }, 200],
  ] as const)('%j: %s', (filter, expected) => {
    expect(told(choose({ forwards: [forwardOf(filter as Partial<Forward>)] }))[0]).toBe(expected);
  });

  it.each([
    [['first'], 'retry', 'evt_1', false, 'forward'],
    [['first'], 'retry', 'evt_1', true, 200],
    [['first'], 'conflict', 'evt_1', false, 'forward'],
    [['first'], 'conflict', 'evt_1', true, 200],
    [['first'], 'same-body', null, false, 'forward'],
    [['first'], 'same-body', null, true, 200],
    [['first'], 'same-body', 'evt_2', false, 200],
    [['conflict'], 'retry', 'evt_1', false, 200],
    [['retry'], 'retry', 'evt_1', false, 'forward'],
    [['retry'], 'retry', 'evt_1', true, 'forward'],
  ] as const)(
    'takes %j, given %s of %s, success before: %s: %s',
    (duplicates, kind, deliveryId, processed, expected) => {
      const duplicate = { kind, of: 'req_1', n: 2 } as const;
      const forwards = [forwardOf({ duplicates: [...duplicates] })];
      const decision = choose({ forwards }, { duplicate, deliveryId, wasProcessed: () => processed });
      expect(told(decision)[0]).toBe(expected);
    },
  );
});

describe('a sequence', () => {
  const flaky = (changed: object = {}) =>
    replyOf(299, {
      sequence: {
        answers: [answerOf(500), answerOf(503), answerOf(200)],
        atEnd: 'stay',
        per: 'endpoint',
        ...changed,
      },
    });

  it('stays at its last answer, or begins again', () => {
    expect(statuses(5, endpointOf({ reply: flaky() }))).toEqual([500, 503, 200, 200, 200]);
    expect(statuses(5, endpointOf({ reply: flaky({ atEnd: 'repeat' }) }))).toEqual([500, 503, 200, 500, 503]);
  });

  it('says which answer it was', () => {
    const chooser = createReplyChooser(options);
    const byRule = factsOf({ endpoint: endpointOf({ rules: [ruleOf('f', { name: 'Flaky', reply: flaky() })] }) });
    chooser.choose(byRule);
    expect(chooser.choose(byRule).why).toBe('rule "Flaky", answer 2 of 3');
    const byEndpoint = chooser.choose(factsOf({ endpoint: endpointOf({ reply: flaky() }) }));
    expect(byEndpoint.why).toBe('the endpoint, answer 1 of 3');
  });

  it('of a delivery counts its arrivals, whatever arrives between', () => {
    const endpoint = endpointOf({ reply: flaky({ per: 'delivery', atEnd: 'repeat' }) });
    const arrival = (n: number) => ({ arrival: () => n });
    expect([1, 2, 3, 4, 5].map((n) => told(choose(endpoint, arrival(n)))[0])).toEqual([500, 503, 200, 500, 503]);
    // Other deliveries in between change nothing.
    expect(told(choose(endpoint, arrival(1)))[0]).toBe(500);
  });

  it('is counted for each rule and endpoint, and begins anew when the reply was edited, not when anything else was', () => {
    const chooser = createReplyChooser(options);
    const reply = flaky();
    const next = (endpoint: Endpoint) => told(chooser.choose(factsOf({ endpoint })))[0];
    const endpoint = endpointOf({ reply });
    expect([next(endpoint), next({ ...endpoint, name: 'renamed' })]).toEqual([500, 503]);
    expect(next({ ...endpoint, id: 'other' })).toBe(500);
    expect(next({ ...endpoint, rules: [ruleOf('a', { reply })] })).toBe(500);
    expect(next({ ...endpoint, rules: [ruleOf('b', { reply })] })).toBe(500);
    expect(next({ ...endpoint, rules: [ruleOf('a', { reply })] })).toBe(503);
    expect(next({ ...endpoint, reply: { ...reply } })).toBe(500);
  });
});

describe('shares', () => {
  /** A small generator with a seed (mulberry32). */
  function seeded(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    };
  }
  const shares = [
    { percent: 20, answer: answerOf(503) },
    { percent: 5, answer: answerOf(429) },
  ];
  const sequence = { answers: [answerOf(500), answerOf(200)], atEnd: 'repeat', per: 'endpoint' } as const;

  it('come as often as they say', () => {
    const chooser = createReplyChooser({ ...options, random01: seeded(7) });
    const endpoint = endpointOf({ reply: replyOf(200, { shares }) });
    const counts = new Map<number | 'forward', number>();
    for (let i = 0; i < 20_000; i += 1) {
      const [status] = told(chooser.choose(factsOf({ endpoint })));
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    expect(Math.abs((counts.get(503) ?? 0) - 4_000)).toBeLessThan(200);
    expect(Math.abs((counts.get(429) ?? 0) - 1_000)).toBeLessThan(100);
    expect(new Set(counts.keys())).toEqual(new Set([200, 429, 503]));
  });

  it.each([
    [0, 503, 'the endpoint, by chance (20 %)'],
    [0.199_999, 503, 'the endpoint, by chance (20 %)'],
    [0.2, 429, 'the endpoint, by chance (5 %)'],
    [0.25, 500, 'the endpoint, answer 1 of 2'],
    [0.999, 500, 'the endpoint, answer 1 of 2'],
  ])('are drawn before the sequence: %d', (drawn, status, why) => {
    const chooser = createReplyChooser({ ...options, random01: () => drawn });
    const endpoint = endpointOf({ reply: replyOf(200, { shares, sequence: { ...sequence, answers: [...sequence.answers] } }) }); // prettier-ignore
    expect(told(chooser.choose(factsOf({ endpoint })))).toEqual([status, why]);
  });

  it('of 100 % always come, of 0 % never', () => {
    const of = (percent: number, drawn: number) =>
      told(
        createReplyChooser({ ...options, random01: () => drawn }).choose(
          factsOf({ endpoint: endpointOf({ reply: replyOf(200, { shares: [{ percent, answer: answerOf(503) }] }) }) }),
        ),
      )[0];
    expect([of(100, 0.999_999), of(0, 0)]).toEqual([503, 200]);
  });
});

describe('the chooser', () => {
  it('gives the same objects for the same fixed answer', () => {
    const chooser = createReplyChooser(options);
    const first = chooser.choose(factsOf());
    expect(chooser.choose(factsOf({}, { body: 'other' }))).toBe(first);
    expect(first).toMatchObject({ kind: 'answer', by: 'endpoint', why: "the endpoint's answer" });
    const reply = replyOf(500, { delayMs: 5, fault: 'cut', body: 'x', headers: [['A', 'b']] });
    const decision = chooser.choose(factsOf({ endpoint: endpointOf({ reply }) }));
    expect(decision).toMatchObject({
      plan: { status: 500, delayMs: 5, fault: 'cut', body: 'x', headers: [['A', 'b']] },
    });
  });

  it('answers with the endpoint’s status when something in it throws', () => {
    const chooser = createReplyChooser({
      ...options,
      makeUuid: () => {
        throw new Error('bug');
      },
    });
    const decision = chooser.choose(factsOf({ endpoint: endpointOf({ reply: replyOf(202, { body: '{{uuid}}' }) }) }));
    expect(decision).toMatchObject({ kind: 'answer', plan: { status: 202, body: '' } });
    expect(decision.why).toContain('fault in Hookbench');
  });
});
