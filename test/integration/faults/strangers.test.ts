// What strangers can send to the host, in short, against endpoints with rules, access rules and forwards: the hostile
// raw cases, mutations of them, sockets that only hold on, and web pages. `npm run faults -- --only B5,B6,B7,B8` is the
// long form.

import { expect, test } from 'vitest';
import { expectQuickPass, runFaults } from './run-faults.ts';

test('B5: every hostile raw case ends in its class', { timeout: 60_000 }, async (context) => {
  const { passes } = await expectQuickPass('B5', context);
  expect(passes).toMatchObject([
    { forward: 'copy', wrong: 0 },
    { forward: 'answer', wrong: 0 },
  ]);
});

test('B6: 1,500 mutations stop, hang and leak nothing', { timeout: 60_000 }, async (context) => {
  expect(await expectQuickPass('B6', context)).toMatchObject({ sent: 1_500, hung: 0 });
});

test('B7: sockets that only hold on slow nobody down', { timeout: 60_000 }, async (context) => {
  expect(await expectQuickPass('B7', context)).toMatchObject({ attackers: { mostOpen: 230 } });
});

test('B8: a web page learns nothing and is marked', { timeout: 60_000 }, async (context) => {
  expect(await expectQuickPass('B8', context)).toMatchObject({
    guessedPaths: 500,
    leaks: 0,
    grants: 0,
    versions: 0,
    unbadged: 0,
  });
});

test('the harness sees through a receiver that gets these wrong', { timeout: 120_000 }, async () => {
  const { code, output, report } = await runFaults(['--self-test', '--only', 'B5,B6,B7,B8']);
  if (!report.pass) console.error(output);
  expect(report.results.map(({ fault }) => fault)).toEqual(['B6', 'B7', 'B8']);
  expect(report.results.flatMap(({ unseen }) => unseen)).toEqual([]);
  expect(report.blindSpots).toEqual([]);
  expect(code).toBe(0);
});
