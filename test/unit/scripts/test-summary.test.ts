import { describe, expect, it } from 'vitest';
import { countCommand, countPlaywright, countVitest, sumUp } from '../../../scripts/test-summary.mjs';

const vitestReport = { numPassedTests: 4, numFailedTests: 0, numPendingTests: 0, testResults: [] };

describe('the sum line of npm test', () => {
  it('adds up all runners and succeeds when nothing failed', () => {
    const sum = sumUp([countCommand(0), { passed: 10, failed: 0, skipped: 0 }]);
    expect(sum.line).toBe('11 passed, 0 failed');
    expect(sum.exitCode).toBe(0);
  });

  it('names skipped tests only when there are some, and fails on one failure', () => {
    const sum = sumUp([
      { passed: 3, failed: 1, skipped: 2 },
      { passed: 1, failed: 0, skipped: 1 },
    ]);
    expect(sum.line).toBe('4 passed, 1 failed, 3 skipped');
    expect(sum.exitCode).toBe(1);
  });

  it('does not succeed when nothing ran', () => {
    expect(sumUp([]).exitCode).toBe(1);
  });

  it('counts a command as one test', () => {
    expect(countCommand(0)).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(countCommand(2)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(countCommand(null)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('the counts of the unit tests', () => {
  it('are those of the report', () => {
    const report = { ...vitestReport, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 };
    expect(countVitest(report, 1)).toEqual({ passed: 4, failed: 2, skipped: 2 });
  });

  it('count a file that could not be loaded as one failure', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
    ];
    expect(countVitest({ ...vitestReport, numFailedTests: 1, testResults }, 1).failed).toBe(2);
  });

  it('hold a failure when the runner failed without naming a test', () => {
    expect(countVitest(vitestReport, 1)).toEqual({ passed: 4, failed: 1, skipped: 0 });
  });

  it('hold a failure when there is no report, or no test ran', () => {
    expect(countVitest(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(countVitest({ ...vitestReport, numPassedTests: 0, numPendingTests: 3 }, 0)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 3,
    });
  });
});

describe('the counts of the end-to-end tests', () => {
  it('are those of the report, a flaky test being one that passed', () => {
    const stats = { expected: 5, unexpected: 2, flaky: 1, skipped: 3 };
    expect(countPlaywright({ stats }, 1)).toEqual({ passed: 6, failed: 2, skipped: 3 });
  });

  it('hold a failure when the runner failed, wrote nothing, or found no tests', () => {
    const stats = { expected: 5, unexpected: 0, flaky: 0, skipped: 0 };
    expect(countPlaywright({ stats }, 1).failed).toBe(1);
    expect(countPlaywright(undefined, null).failed).toBe(1);
    expect(countPlaywright({ stats: { ...stats, expected: 0 } }, 0).failed).toBe(1);
  });
});
