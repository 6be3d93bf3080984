// The check against a handler that is right by construction: Hookbench's own verifier and a set of delivery ids, for
// every provider and scheme. It must never be told a fault; and one that takes everything must be told in every case.

import { describe, expect, it } from 'vitest';
import { createValueReader } from '../../../../src/shared/providers/read-value.ts';
import { caseNames, runHandlerCheck } from '../../../../src/main/handler-check/handler-check.ts';
import type { HandlerCheckOptions } from '../../../../src/main/handler-check/options.ts';
import type { CheckReport } from '../../../../src/main/handler-check/result.ts';
import type { Clock } from '../../../../src/main/ports.ts';
import type { WireOptions, WireOutcome } from '../../../../src/main/sender/wire.ts';
import { systemClock, systemRandom } from '../../../../src/main/system.ts';
import { verifyCase, schemeCases } from '../signatures/cases.ts';
import type { SchemeCase } from '../signatures/cases.ts';

/** Cases that need a real connection, or a body whose size says nothing new here. */
const cases = caseNames.filter((name) => !['slow-client', 'huge-body', 'truncated-body', 'large-body'].includes(name));
/** What no scheme is spared. */
const always = [
  'valid',
  'answer-time',
  'work-done',
  'wrong-secret',
  'no-signature',
  'signature-empty',
  'signature-cut',
  'signature-longer',
  'out-of-order',
  'unicode-body',
  'crlf-body',
];
const url = 'https://handler.example.test/in?team=7';
const countUrl = 'https://handler.example.test/count';

/** Waits pass fifty times as fast; signatures still see the real time. */
const hasty: Clock = {
  now: systemClock.now,
  monotonic: () => systemClock.monotonic() * 50,
  after: (ms, run) => systemClock.after(ms / 50, run),
};

/** A handler in memory. `judges`: refuses what the verifier refuses. */
function createHandler(item: SchemeCase, judges: boolean): NonNullable<HandlerCheckOptions['attempt']> {
  const seen = new Set<string>();
  let processed = 0;
  let known: string | null | undefined;
  const answer = ({ url, method, headers }: WireOptions, status: number, body = ''): WireOutcome => ({
    at: systemClock.now(),
    outcome: status < 300 ? 'delivered' : 'http-status',
    status,
    ms: 1,
    message: `HTTP ${status}`,
    request: { method, url, headers },
    response: { status, headers: [], body: Buffer.from(body), bodyCut: false },
    timings: { total: 1 },
  });
  return (sent) => {
    if (sent.url === countUrl) return Promise.resolve(answer(sent, 200, JSON.stringify({ count: processed })));
    const { status } = verifyCase(item, sent, { now: systemClock.now() });
    if (judges && status !== 'valid') return Promise.resolve(answer(sent, status === 'malformed' ? 400 : 401));
    const read = createValueReader(sent.headers, () => Buffer.from(sent.body).toString(), sent.url);
    const type = read(item.provider.eventType);
    known ??= type;
    const id = read(item.provider.deliveryId) ?? `none ${processed}`;
    if (type === known && !seen.has(id)) {
      seen.add(id);
      processed += 1;
    }
    return Promise.resolve(answer(sent, 204));
  };
}

function check(item: SchemeCase, judges: boolean): Promise<CheckReport> {
  const sample = item.provider.samples[0];
  // The first sample may be of a form that this scheme does not sign; then the case's own body is sent.
  const own = sample !== undefined && sample.contentType === item.contentType ? {} : { contentType: item.contentType };
  return runHandlerCheck({
    url,
    provider: item.provider.id,
    scheme: item.scheme.id,
    secrets: [item.signing, ...item.beside],
    clock: hasty,
    random: systemRandom,
    cases,
    idempotency: { url: countUrl },
    attempt: createHandler(item, judges),
    body: item.body,
    event: sample?.name ?? null,
    ...own,
  });
}

const failures = ({ results }: CheckReport) => results.filter(({ pass, skipped }) => !pass && skipped === undefined);

describe.concurrent.each(schemeCases)('$title', (item) => {
  it('a right handler passes', async () => {
    const report = await check(item, true);
    expect(failures(report).map(({ name, message }) => `${name}: ${message}`)).toEqual([]);
    const passed = report.results.filter(({ pass }) => pass).map(({ name }) => name);
    const unsigned = report.results.filter(({ skipped }) => skipped?.startsWith('Hookbench cannot sign') === true);
    // Its signature needs the fields of a form.
    expect(unsigned.map(({ name }) => name)).toEqual(item.scheme.id === 'twilio-form' ? ['wrong-content-type'] : []);
    expect(passed).toEqual(expect.arrayContaining(always));
  });

  it('a handler that takes everything is told in every case that refuses', async () => {
    const report = await check(item, false);
    const rejects = report.results.filter(({ expected, skipped }) => expected === 'reject' && skipped === undefined);
    expect(rejects.length).toBeGreaterThan(1);
    for (const row of rejects) expect(row, row.name).toMatchObject({ pass: false, fault: 'no-signature-check' });
    for (const row of report.results) {
      // Skipped cases say why, in a sentence.
      expect(row.skipped ?? 'Judged.', row.name).toMatch(/^[A-Z“].*[.]$/);
      expect(row.message).not.toContain(item.signing.value);
    }
  });
});
