// What a machine can do to the host, in short: a full disk, no descriptors, a port or a folder in other hands, a slow
// disk. `npm run faults -- --only F4,F6,F7,F13` is the long form.

import { expect, test } from 'vitest';
import { expectQuickPass, runFaults } from './run-faults.ts';

test('F4: a full disk is said, loses nothing and heals by itself', { timeout: 60_000 }, async (context) => {
  const { trials, documents } = await expectQuickPass('F4', context);
  expect(trials).toMatchObject([{ name: 'disk full', acceptedWhileFull: 0 }, { name: 'file limit' }]);
  expect(documents).toMatchObject({ broken: 0, undelivered: 0 });
});

test('F6: without descriptors those who are connected are served', { timeout: 60_000 }, async (context) => {
  const result = await expectQuickPass('F6', context);
  expect(result['turnedAway']).toBeGreaterThan(0);
});

test('F7: a port or a folder in other hands is said, and never shared', { timeout: 60_000 }, async (context) => {
  const { stale, queue } = await expectQuickPass('F7', context);
  expect(stale).toMatchObject({ takenOver: 4, turnedAway: 12 });
  expect(queue).toMatchObject({ runners: 1, lost: 0 });
});

test('F13: a slow disk still takes 100 requests a second', { timeout: 60_000 }, async (context) => {
  const result = await expectQuickPass('F13', context);
  expect(result['acked']).toBe(result.sent);
});

test('the harness sees through programs that get these wrong', { timeout: 180_000 }, async () => {
  const { code, output, report } = await runFaults(['--self-test', '--only', 'F4,F6,F7,F13']);
  if (!report.pass) console.error(output);
  expect(report.results.map(({ fault }) => fault)).toEqual(['F4', 'F6', 'F7', 'F13']);
  expect(report.results.flatMap(({ skipped, unseen }) => (skipped === undefined ? unseen : []))).toEqual([]);
  expect(code).toBe(0);
});
