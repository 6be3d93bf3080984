// From what each test runner reports to the one line that `npm test` ends with.
// Pure: reads no files and starts nothing.

/** @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts */

/**
 * @typedef {object} VitestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} [numTodoTests]
 * @property {{ status: string, assertionResults: { status: string }[] }[]} testResults
 */

/** @typedef {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} PlaywrightReport */

/**
 * @param {Counts} counts
 * @param {number | null} exitCode
 * @returns {Counts} never without a failure where the runner saw one, or where nothing ran
 */
function withOutcome(counts, exitCode) {
  const nothingRan = counts.passed + counts.failed === 0;
  const unexplained = exitCode !== 0 && counts.failed === 0;
  return nothingRan || unexplained ? { ...counts, failed: 1 } : counts;
}

/**
 * A file that cannot even be loaded has no tests to count: it counts as one.
 * @param {VitestReport | undefined} report
 * @param {number | null} exitCode
 */
export function countVitest(report, exitCode) {
  if (!report) return withOutcome({ passed: 0, failed: 0, skipped: 0 }, exitCode);
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return withOutcome(
    {
      passed: report.numPassedTests,
      failed: report.numFailedTests + brokenFiles.length,
      skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    },
    exitCode,
  );
}

/**
 * @param {PlaywrightReport | undefined} report
 * @param {number | null} exitCode
 */
export function countPlaywright(report, exitCode) {
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report?.stats ?? {};
  return withOutcome({ passed: expected + flaky, failed: unexpected, skipped }, exitCode);
}

/**
 * A command that is one test by itself.
 * @param {number | null} exitCode
 * @returns {Counts}
 */
export function countCommand(exitCode) {
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
}

/**
 * @param {readonly Counts[]} all
 * @returns {{ counts: Counts, line: string, exitCode: number }}
 */
export function sumUp(all) {
  const counts = all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return {
    counts,
    line: `${counts.passed} passed, ${counts.failed} failed${skipped}`,
    exitCode: counts.failed > 0 || counts.passed === 0 ? 1 : 0,
  };
}
