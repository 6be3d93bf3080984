// The two sample handlers under the whole check: the right ones pass every case, and a handler with one classic fault is
// told that fault and no other.

import { describe, expect, it } from 'vitest';
import { runHandlerCheck } from '../../../src/main/handler-check/handler-check.ts';
import type { HandlerCheckOptions } from '../../../src/main/handler-check/options.ts';
import type { CheckReport } from '../../../src/main/handler-check/result.ts';
import { systemClock, systemRandom } from '../../../src/main/system.ts';
import { startExpressHandler } from '../../fixtures/handlers/express.mjs';
import { startFastifyHandler } from '../../fixtures/handlers/fastify.mjs';
import { handlerFaults } from '../../fixtures/handlers/work.mjs';

type Settings = Parameters<typeof startExpressHandler>[0];
type Fault = (typeof handlerFaults)[number];

const secrets = {
  stripe: 'whsec_test_example_not_real_0000',
  'standard-webhooks': `whsec_${Buffer.from('example-key-that-is-not-real-000').toString('base64')}`,
};
const workMs = 1_000;
const slowMs = 700;

const frameworks = {
  express: { start: startExpressHandler, scheme: 'stripe' },
  fastify: { start: startFastifyHandler, scheme: 'standard-webhooks' },
} as const;

async function check(
  start: typeof startExpressHandler,
  settings: Omit<Settings, 'secret'>,
  changes: (handler: { readonly countUrl: string }) => Partial<HandlerCheckOptions> = ({ countUrl }) => ({
    idempotency: { url: countUrl },
  }),
): Promise<CheckReport> {
  const secret = secrets[settings.scheme];
  const handler = await start({ ...settings, secret, slowMs: workMs });
  try {
    return await runHandlerCheck({
      url: handler.url,
      provider: settings.scheme,
      secrets: [{ name: 'test', value: secret }],
      clock: systemClock,
      random: systemRandom,
      slowMs,
      ...changes(handler),
    });
  } finally {
    await handler.close();
  }
}

const failures = ({ results }: CheckReport) => results.filter(({ pass, skipped }) => !pass && skipped === undefined);
const namesOf = (rows: CheckReport['results']) => rows.map(({ name }) => name);
const skips = ({ results }: CheckReport) => results.filter(({ skipped }) => skipped !== undefined);

/** In which cases each fault must show, and no other. */
const shownIn: Readonly<Record<Fault, readonly string[]>> = {
  'parses-before-verifying': ['unicode-body', 'crlf-body', 'unusual-json'],
  'no-time-check': ['old-timestamp', 'future-timestamp'],
  'not-idempotent': ['same-id-again', 'same-id-other-body', 'twenty-at-once'],
  'compares-loosely': ['signature-empty', 'signature-cut'],
  // Where nothing is worked on, nothing is worked on once.
  'answers-before-work': ['work-done', 'same-id-again', 'same-id-other-body', 'twenty-at-once'],
  'trusts-event-type': ['unknown-event', 'inherited-event'],
  'no-size-limit': ['huge-body'],
  slow: ['answer-time'],
};

/** Cases that say nothing about a scheme: Stripe's library looks at age only, and hexadecimal digits have no case. */
const left = { stripe: ['signature-other-case', 'future-timestamp'], 'standard-webhooks': [] as string[] };

/** Every handler with every fault; the ones that take longest first, as a few run at once. */
const runs = [...handlerFaults.toReversed(), null].flatMap((fault) => [
  ['express', fault] as const,
  ['fastify', fault] as const,
]);

describe.concurrent('a sample handler', () => {
  it.concurrent.each(runs)('%s, fault: %s', { timeout: 60_000 }, async (name, fault) => {
    const { start, scheme } = frameworks[name];
    const report = await check(start, { scheme, faults: fault === null ? [] : [fault] });
    const failed = failures(report);
    expect(namesOf(skips(report))).toEqual(left[scheme]);
    expect(namesOf(failed)).toEqual(fault === null ? [] : shownIn[fault].filter((one) => !left[scheme].includes(one)));
    expect(new Set(failed.map((result) => result.fault))).toEqual(new Set(fault === null ? [] : [fault]));
    expect(report).toMatchObject({
      failed: failed.length,
      skipped: left[scheme].length,
      passed: report.results.length - failed.length - left[scheme].length,
    });
  });
});

describe.concurrent('other ways to compare loosely', () => {
  it.concurrent.each([
    ['contains', 'standard-webhooks', ['signature-longer'], 'compares-loosely'],
    ['contains', 'stripe', ['signature-longer'], 'compares-loosely'],
    ['letters', 'standard-webhooks', ['signature-other-case'], 'compares-loosely'],
    ['version', 'stripe', ['signature-other-version'], 'accepts-other-version'],
    ['version', 'standard-webhooks', ['signature-other-version'], 'accepts-other-version'],
  ] as const)('%s, %s', async (loose, scheme, names, fault) => {
    const cases = ['valid', 'signature-empty', 'signature-cut', 'signature-longer', 'signature-other-case', 'signature-other-version']; // prettier-ignore
    const report = await check(startExpressHandler, { scheme, faults: ['compares-loosely'], loose }, () => ({ cases }));
    expect(failures(report).map((result) => [result.name, result.fault])).toEqual(names.map((name) => [name, fault]));
  });

  it.concurrent('capital hexadecimal digits are no other signature', async ({ expect }) => {
    const report = await check(startExpressHandler, { scheme: 'stripe', faults: ['compares-loosely'], loose: 'letters' }, () => ({ cases: ['signature-other-case'] })); // prettier-ignore
    expect(report).toMatchObject({ passed: 0, failed: 0, skipped: 1 });
  });
});

describe.concurrent('idempotency without a count', () => {
  const cases = ['valid', 'work-done', 'same-id-again', 'same-id-other-body', 'twenty-at-once'];

  it.concurrent.each(['express', 'fastify'] as const)('a header of the %s handler shows it', async (name) => {
    const { start, scheme } = frameworks[name];
    const idempotency = { header: 'X-Idempotent-Replay' };
    const right = await check(start, { scheme }, () => ({ cases, idempotency }));
    expect(failures(right)).toEqual([]);
    expect(right.passed).toBe(4);
    const wrong = await check(start, { scheme, faults: ['not-idempotent'] }, () => ({ cases, idempotency }));
    expect(namesOf(failures(wrong))).toEqual(['same-id-again', 'same-id-other-body', 'twenty-at-once']);
    expect(new Set(failures(wrong).map(({ fault }) => fault))).toEqual(new Set(['not-idempotent']));
  });

  it.concurrent('without either, says that it cannot be seen and how to let it be seen', async ({ expect }) => {
    const report = await check(startFastifyHandler, { scheme: 'standard-webhooks', faults: ['not-idempotent'] }, () => ({ cases })); // prettier-ignore
    expect(report).toMatchObject({ failed: 0, skipped: 1, passed: 4 });
    for (const { message } of report.results.slice(2)) expect(message).toContain('cannot be seen. To let it be seen');
  });

  it.concurrent('fails where the URL that was named tells nothing', async ({ expect }) => {
    const report = await check(startFastifyHandler, { scheme: 'standard-webhooks' }, ({ countUrl }) => ({
      cases: [...cases, 'unknown-event'],
      idempotency: { url: `${countUrl}/nothing` },
    }));
    expect(namesOf(failures(report))).toEqual(['work-done', 'same-id-again', 'same-id-other-body', 'twenty-at-once', 'unknown-event']); // prettier-ignore
    for (const { message, fault } of failures(report)) {
      expect(message).toContain('The idempotency URL could not be read: HTTP 404.');
      expect(fault).toBeUndefined();
    }
  });
});

it('a handler with every fault is told all of them', { timeout: 60_000 }, async () => {
  const faults = handlerFaults.filter((fault) => fault !== 'answers-before-work' && fault !== 'slow');
  const report = await check(startExpressHandler, { scheme: 'standard-webhooks', faults });
  expect(new Set(failures(report).map(({ fault }) => fault))).toEqual(new Set(faults));
});
