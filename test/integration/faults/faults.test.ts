// The fault harness in short: kills at random moments lose nothing that was acknowledged, a standstill costs nothing,
// and the harness sees the losses of a composition that acknowledges too early. `npm run faults` is the long form.

import { expect, test } from 'vitest';
import { runFaults } from './run-faults.ts';

test('F1: five kills under load lose no acknowledged request', { timeout: 120_000 }, async () => {
  const { code, output, report } = await runFaults(['--only', 'F1', '--rounds', '5']);
  const [result] = report.results;
  if (!report.pass) console.error(output);
  expect(result?.problems).toEqual([]);
  expect(result).toMatchObject({ fault: 'F1', kills: 5, lost: [] });
  expect(code).toBe(0);
});

test('F12: five kills while sending lose no confirmed message', { timeout: 120_000 }, async () => {
  const { code, output, report } = await runFaults(['--only', 'F12', '--rounds', '5']);
  const [result] = report.results;
  if (!report.pass) console.error(output);
  expect(result?.problems).toEqual([]);
  expect(result).toMatchObject({ fault: 'F12', kills: 5, sent: 1_500, lost: [] });
  expect(code).toBe(0);
});

test('F9: a host that stood still blames nobody and keeps its pace', { timeout: 120_000 }, async () => {
  const { code, output, report } = await runFaults(['--only', 'F9', '--quick']);
  const [result] = report.results;
  if (!report.pass) console.error(output);
  expect(result?.problems).toEqual([]);
  expect(result).toMatchObject({ fault: 'F9', sent: 18, sentAgain: 10, cameDue: 8, lost: [], blamed: [] });
  expect(code).toBe(0);
});

test('the harness sees what a store that acknowledges too early loses', { timeout: 180_000 }, async () => {
  const { code, output, report } = await runFaults(['--self-test', '--only', 'F1,F12', '--rounds', '3']);
  const [underLoad, enqueuing, sending] = report.results;
  if (!report.pass) console.error(output);
  expect(underLoad?.lost.length).toBeGreaterThan(0);
  expect(enqueuing?.lost.length).toBeGreaterThan(0);
  expect(sending?.problems.join()).toMatch(/fewer attempts than before a kill/);
  expect(report.blindSpots).toEqual([]);
  expect(code).toBe(0);
});
