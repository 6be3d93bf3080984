// Runs the fault harness as a person would, and reads its report.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TestContext } from 'vitest';

/** What every fault tells; each adds its figures. */
export interface FaultResult {
  readonly fault: string;
  readonly pass: boolean;
  /** Why this machine cannot do it. */
  readonly skipped?: string;
  readonly kills: number;
  readonly sent: number;
  readonly lost: readonly string[];
  readonly problems: readonly string[];
  /** Self-test: what should have been seen and was not. */
  readonly unseen: readonly string[];
  readonly summary: string;
  readonly [figure: string]: unknown;
}

/** The harness's report. */
export interface FaultReport {
  readonly pass: boolean;
  readonly blindSpots: readonly string[];
  readonly results: readonly FaultResult[];
}

/** A run's exit code, its output and its report. Rejects where it gave none. */
export function runFaults(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string; readonly report: FaultReport }> {
  const script = join(import.meta.dirname, '..', '..', 'faults', 'run.mjs');
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-faults-'));
  const reportFile = join(folder, 'report.json');
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [script, ...args, '--report', reportFile], (_error, stdout, stderr) => {
      const output = stdout + stderr;
      try {
        const report = JSON.parse(readFileSync(reportFile, 'utf8')) as FaultReport;
        resolve({ code: child.exitCode, output, report });
      } catch {
        reject(new Error(`the harness gave no report:\n${output}`));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}

/** Expects the short form of `fault` to find nothing wrong, and gives its figures; skips what this machine cannot do. */
export async function expectQuickPass(fault: string, { skip }: Pick<TestContext, 'skip'>): Promise<FaultResult> {
  const { code, output, report } = await runFaults(['--only', fault, '--quick']);
  const [result] = report.results;
  if (!result) throw new Error(`no result of ${fault}:\n${output}`);
  if (result.skipped !== undefined) skip(result.skipped);
  if (!report.pass) console.error(output);
  expect(result.problems).toEqual([]);
  expect(result).toMatchObject({ fault, pass: true, lost: [] });
  expect(code).toBe(0);
  return result;
}
