// The engine: which cases run, what stops them, and what is refused before anything is sent. Handlers are in memory.

import { describe, expect, it } from 'vitest';
import { customProvider, newCustomScheme } from '../../../../src/shared/custom-scheme.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import { headerValue } from '../../../../src/shared/headers.ts';
import { handlerCases } from '../../../../src/main/handler-check/cases.ts';
import { caseNames, runHandlerCheck } from '../../../../src/main/handler-check/handler-check.ts';
import type { HandlerCheckOptions } from '../../../../src/main/handler-check/options.ts';
import type { CaseResult } from '../../../../src/main/handler-check/result.ts';
import type { WireOptions, WireOutcome } from '../../../../src/main/sender/wire.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import { systemClock, systemRandom } from '../../../../src/main/system.ts';

const secret = 'whsec_test_example_not_real_0000';

type Reply = number | null | { readonly status: number; readonly ms: number };

/** An `attempt` that answers what `reply` says, and keeps what was sent. */
function handler(reply: (sent: WireOptions, n: number) => Reply) {
  const sent: WireOptions[] = [];
  const attempt = (options: WireOptions): Promise<WireOutcome> => {
    sent.push(options);
    const said = reply(options, sent.length);
    const { status, ms } = typeof said === 'object' && said !== null ? said : { status: said, ms: 5 };
    return Promise.resolve({
      at: 0,
      outcome: status === null ? 'reset' : status < 300 ? 'delivered' : 'http-status',
      status,
      ms,
      message: status === null ? 'the target closed the connection without a reply' : `HTTP ${status}`,
      request: { method: options.method, url: options.url, headers: options.headers },
      response: status === null ? null : { status, headers: [], body: new Uint8Array(), bodyCut: false },
      timings: { total: ms },
    });
  };
  return { sent, attempt };
}

const options = (changes: Partial<HandlerCheckOptions>): HandlerCheckOptions => ({
  url: 'http://handler.example.test/in',
  provider: 'stripe',
  secrets: [{ name: 'test', value: secret }],
  clock: systemClock,
  random: systemRandom,
  ...changes,
});
const check = (changes: Partial<HandlerCheckOptions>) => runHandlerCheck(options(changes));
const codeOf = (changes: Partial<HandlerCheckOptions>): Promise<string> =>
  check(changes).then(
    () => 'none',
    (error: unknown) => (error instanceof AppError ? `${error.code}: ${error.message}` : 'another error'),
  );
const textOf = ({ body }: WireOptions) => Buffer.from(body).toString();
const judge = ({ headers, body, url }: WireOptions) =>
  verify({ provider: 'stripe', method: 'POST', url, headers, body, secrets: [{ name: 't', value: secret }], now: systemClock.now() }); // prettier-ignore
/** Right about signatures. */
const right = (sent: WireOptions): Reply => (judge(sent).status === 'valid' ? 200 : 401);

describe('the list of cases', () => {
  it('has names that stay, and says in sentences what is sent', () => {
    expect(new Set(caseNames).size).toBe(caseNames.length);
    expect(caseNames[0]).toBe('valid');
    for (const one of handlerCases) {
      expect(one.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(one.sent).toMatch(/^[A-Z].*\.$/);
      expect(one.title).not.toMatch(/\.$/);
    }
  });

  it('covers what the check promises', () => {
    for (const name of [
      'valid',
      'same-id-again',
      'same-id-other-body',
      'tampered-body',
      'wrong-secret',
      'no-signature',
      'old-timestamp',
      'future-timestamp',
      'unknown-event',
      'wrong-content-type',
      'truncated-body',
      'large-body',
      'unicode-body',
      'crlf-body',
      'twenty-at-once',
      'out-of-order',
      'slow-client',
    ])
      // prettier-ignore
      expect(caseNames).toContain(name);
  });
});

describe('choosing cases', () => {
  it('runs those that are named, in the order of the list, and tells each one as it ends', async () => {
    const { attempt } = handler(right);
    const told: CaseResult[] = [];
    const report = await check({
      attempt,
      cases: ['tampered-body', 'valid'],
      onCase: (result) => void told.push(result),
    });
    expect(told.map(({ name }) => name)).toEqual(['valid', 'tampered-body']);
    expect(report.results).toEqual(told);
    expect(report).toMatchObject({ passed: 2, failed: 0, skipped: 0 });
  });

  it('makes sure that a valid request is accepted even when that case is left out', async () => {
    const { attempt, sent } = handler(() => 401);
    const report = await check({ attempt, cases: ['tampered-body', 'no-signature'] });
    expect(report).toMatchObject({ passed: 0, failed: 0, skipped: 2 });
    expect(report.results[0]?.skipped).toBe('Not sent: the handler does not accept a valid request (HTTP 401).');
    expect(sent).toHaveLength(1);
  });

  it('sends nothing for an empty list', async () => {
    const { attempt, sent } = handler(right);
    expect(await check({ attempt, cases: [] })).toEqual({ results: [], passed: 0, failed: 0, skipped: 0 });
    expect(sent).toEqual([]);
  });
});

describe('what is sent', () => {
  it('has another delivery id each time, but the same in a repeat', async () => {
    const { attempt, sent } = handler(right);
    await check({
      attempt,
      cases: ['valid', 'tampered-body', 'same-id-again', 'same-id-other-body', 'twenty-at-once'],
    });
    const ids = sent.map((one) => (JSON.parse(textOf(one)) as { id: string }).id);
    expect(ids).toHaveLength(26);
    expect(new Set(ids).size).toBe(5);
    expect(ids[2]).toBe(ids[3]);
    expect(ids[4]).toBe(ids[5]);
    expect(textOf(sent[4] as WireOptions)).not.toBe(textOf(sent[5] as WireOptions));
    expect(new Set(ids.slice(6)).size).toBe(1);
    for (const id of ids) expect(id).toMatch(/^evt_/);
  });

  it('is the event that was given, with a new id and compact, and nothing else changed', async () => {
    const { attempt, sent } = handler(right);
    const body = Buffer.from('{ "id": "evt_mine_1",\n "type": "order.paid", "big": 12345678901234567890, "n": 1.0 }');
    await check({ attempt, body, event: 'order.paid', contentType: 'application/vnd.mine+json', cases: ['valid'] });
    const [first] = sent as [WireOptions];
    expect(textOf(first)).toMatch(
      /^\{"id":"evt_[0-9a-z]{20}","type":"order\.paid","big":12345678901234567890,"n":1\.0\}$/,
    );
    expect(headerValue(first.headers, 'content-type')).toBe('application/vnd.mine+json');
    expect(judge(first).status).toBe('valid');
  });

  it('is a body without JSON as it is', async () => {
    const { attempt, sent } = handler(right);
    const report = await check({ attempt, body: Buffer.from([0xff, 0x00, 0x7b]), cases: ['valid', 'unicode-body', 'same-id-again', 'unknown-event'] }); // prettier-ignore
    expect([...(sent[0]?.body ?? [])]).toEqual([0xff, 0x00, 0x7b]);
    expect(report).toMatchObject({ passed: 1, failed: 0, skipped: 3 });
  });

  it('is signed by a person’s own scheme', async () => {
    const definition = customProvider({ ...newCustomScheme, id: 'custom-mine' });
    const secrets = [{ name: 'test', value: 'a text that is not real' }];
    const { attempt } = handler(({ headers, body, url }) => {
      const { status } = verify({ provider: 'custom-mine', definition, method: 'POST', url, headers, body, secrets, now: systemClock.now() }); // prettier-ignore
      return status === 'valid' ? 200 : 401;
    });
    const cases = ['valid', 'wrong-secret', 'no-signature', 'tampered-body', 'signature-cut', 'unicode-body'];
    expect(await check({ attempt, provider: 'custom-mine', definition, secrets, cases })).toMatchObject({ passed: 6 });
  });

  it('lies beyond the tolerance where time is judged', async () => {
    const { attempt, sent } = handler(right);
    await check({ attempt, cases: ['valid', 'old-timestamp'] });
    const at = Number(/t=(\d+)/.exec(headerValue(sent[1]?.headers ?? [], 'stripe-signature') ?? '')?.[1]);
    expect(systemClock.now() / 1_000 - at).toBeGreaterThan(300);
    expect(judge(sent[1] as WireOptions).status).toBe('expired');
  });
});

describe('judging', () => {
  it('a handler that is slow only once is not slow', async () => {
    const { attempt } = handler((_sent, n) => ({ status: 200, ms: n === 2 ? 900 : 40 }));
    const report = await check({ attempt, cases: ['valid', 'answer-time'], slowMs: 500 });
    expect(report.results[1]).toMatchObject({ pass: true, ms: 40 });
  });

  it('a handler that is always slow is, by the provider’s own patience unless told otherwise', async () => {
    const { attempt } = handler(() => ({ status: 200, ms: 4_000 }));
    expect((await check({ attempt, cases: ['valid', 'answer-time'] })).failed).toBe(0);
    const secrets = [{ name: 'test', value: 'slack secret that is not real' }];
    const report = await check({ attempt, provider: 'slack', secrets, cases: ['valid', 'answer-time'] });
    expect(report.results[1]).toMatchObject({ pass: false, fault: 'slow', ms: 4_000 });
    expect(report.results[1]?.message).toContain('more than 3000 ms');
  });

  it.each([
    [500, 'no-clean-answer'],
    [302, 'no-clean-answer'],
    [200, 'no-signature-check'],
  ])('a bad request that gets %i points to %s', async (status, fault) => {
    const { attempt } = handler((sent) => (judge(sent).status === 'valid' ? 200 : status));
    const report = await check({ attempt, cases: ['valid', 'no-signature'] });
    expect(report.results[1]).toMatchObject({ pass: false, fault, status });
  });

  it('a rate limit points to nothing', async () => {
    const { attempt } = handler((sent) => (judge(sent).status === 'valid' ? 200 : 429));
    const [, second] = (await check({ attempt, cases: ['valid', 'no-signature'] })).results;
    expect(second).toMatchObject({ pass: false, status: 429 });
    expect(second?.fault).toBeUndefined();
    expect(second?.message).toContain('a rate limit answered');
  });

  it.each([
    [409, true],
    [200, true],
    [500, false],
    [401, false],
  ])('a repeat that gets %i: %s', async (status, pass) => {
    const ids = new Set<string>();
    const { attempt } = handler((sent) => {
      const { id } = JSON.parse(textOf(sent)) as { id: string };
      if (ids.has(id)) return status;
      ids.add(id);
      return 200;
    });
    const report = await check({ attempt, cases: ['valid', 'same-id-again', 'twenty-at-once'] });
    for (const row of report.results.slice(1)) expect(row.pass, row.name).toBe(pass);
    if (!pass) expect(report.results[1]).toMatchObject({ fault: 'not-idempotent', status });
  });

  it('an older event that is refused', async () => {
    const { attempt } = handler((_sent, n) => (n === 3 ? 400 : 200));
    const report = await check({ attempt, cases: ['valid', 'out-of-order'] });
    expect(report.results[1]).toMatchObject({ pass: false, fault: 'refuses-out-of-order' });
  });

  it('one signature of several', async () => {
    const { attempt } = handler((sent) => {
      const one = headerValue(sent.headers, 'stripe-signature')?.split(',v1=').slice(0, 2).join(',v1=') ?? '';
      return right({ ...sent, headers: [['Stripe-Signature', one]] });
    });
    const report = await check({ attempt, cases: ['valid', 'several-signatures'] });
    expect(report.results[1]).toMatchObject({ pass: false, fault: 'reads-one-signature' });
  });

  it('a handler that breaks on a content type', async () => {
    const { attempt } = handler((sent) => (headerValue(sent.headers, 'content-type') === 'text/plain' ? 500 : 200));
    const report = await check({ attempt, cases: ['valid', 'wrong-content-type'] });
    expect(report.results[1]).toMatchObject({ pass: false, fault: 'no-clean-answer' });
  });
});

describe('before anything is sent', () => {
  const { attempt, sent } = handler(() => 200);
  it.each([
    [{ url: 'not a url' }, 'SEND_INVALID_URL'],
    [{ url: 'http://user:pass@x.test/' }, 'SEND_INVALID_URL'],
    [{ idempotency: { url: 'ftp://x.test/' } }, 'SEND_INVALID_URL'],
    [{ provider: 'nobody' }, 'CONFIG_UNKNOWN_PROVIDER'],
    [{ secrets: [] }, 'CONFIG_INVALID: A secret is needed'],
    [{ scheme: 'stripe-v9' }, 'CONFIG_INVALID'],
    [{ cases: ['valid', 'nothing'] }, 'CONFIG_INVALID: There is no case “nothing”; the cases are valid, '],
    [{ provider: 'standard-webhooks', secrets: [{ name: 'mine', value: '!' }] }, 'SECRET_MALFORMED'],
    [{ provider: 'github', body: Buffer.from('{}'), event: 'a\nb' }, 'SEND_INVALID_HEADER'],
  ] as [Partial<HandlerCheckOptions>, string][])('%j is refused', async (changes, code) => {
    expect(await codeOf({ attempt, ...changes })).toContain(code);
    expect(sent).toEqual([]);
  });
});

it('a fault of the program is not hidden as a result', async () => {
  const attempt = () => Promise.reject(new TypeError('a bug'));
  expect(await codeOf({ attempt })).toBe('another error');
});
