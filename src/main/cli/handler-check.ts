// `handler-check`: sends a handler the good, the bad and the odd, and says for each case whether it did what a right
// handler does. Nothing of a check is stored; only a stored target needs the data folder.

import { writeFileSync } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import { makeId } from '../../shared/id.ts';
import type { CheckCase } from '../../shared/trials.ts';
import { caseNames, runHandlerCheck, toJUnit } from '../host-offline.ts';
import type { CheckReport, IdempotencyView } from '../host-offline.ts';
import { escapeControls } from '../system.ts';
import { callHost } from './call-host.ts';
import { addSecretOptions, collect, list, text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { readDuration } from './durations.ts';
import { readInput, readSecrets, secretOption } from './inputs.ts';
import { stopAsked, withHost } from './open-host.ts';
import { paint } from './output.ts';
import type { Output } from './output.ts';
import { addProviderHelp, addSchemeFileOption, checkSchemeOption, requireProvider } from './provider-option.ts';
import { findTarget } from './targets.ts';

/** Options that go with an address only: a stored target is checked by its own settings. */
const addressOnly = {
  provider: '--provider',
  scheme: '--scheme',
  schemeFile: '--scheme-file',
  secret: '--secret',
  secretEnv: '--secret-env',
  secretFile: '--secret-file',
  secrets: '--secrets',
  case: '--case',
  body: '--body',
  event: '--event',
  slow: '--slow',
} as const;

/** Registers `handler-check`. */
export function addHandlerCheck({ command }: CliContext): void {
  command(
    'handler-check',
    'send a handler good and deliberately bad deliveries, and score what it does',
    (options) => {
      addSecretOptions(options);
      addSchemeFileOption(options);
      options
        .option('--to <url or target>', 'address of the handler, or a stored target with its secret, headers and rules')
        .option('--target <name>', 'a stored target, also one whose name looks like an address')
        .option('--provider <id>', 'provider whose rules the handler follows')
        .option('--scheme <id>', 'signature scheme (default: the first that the secret fits)')
        .option('--body <file>', "an event that the handler knows (default: the provider's first sample)")
        .option('--event <name>', 'type of that event, where a header carries it')
        .option('--idempotency-url <url>', 'answers GET with the number of events worked on so far')
        .option('--idempotency-header <name>', 'header of its answers: true for a repeat, or times worked on')
        .option('--slow <time>', 'an answer that takes longer is slow (default: what the provider waits, else 10s)')
        .option('--case <name>', 'run this case, repeatable (default: all)', collect)
        .option('--junit <file>', 'write the report as JUnit XML');
      addProviderHelp(options);
      options.addHelpText('after', `\nCases: ${caseNames.join(', ')}.`);
    },
    check,
  );
}

async function check(run: CommandRun): Promise<number> {
  const { output } = run;
  const [to, named] = [text(run, 'to'), text(run, 'target')];
  if ((to === undefined) === (named === undefined)) {
    throw new AppError('CONFIG_INVALID', 'Give --to with the address of the handler, or --target with a stored one.');
  }
  const url = to !== undefined && isAddress(to) ? to : undefined;
  const target = url === undefined ? (named ?? to ?? '') : '';
  const idempotency = readIdempotency(run);
  const controller = new AbortController();
  void stopAsked(run).then(() => controller.abort());
  const report =
    url === undefined
      ? await checkTarget(run, target, idempotency, controller.signal)
      : await checkAddress(run, url, idempotency, controller.signal);
  const { passed, failed, skipped } = report;
  output.line({ type: 'summary', passed, failed, skipped }, () => {
    const sums = `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} not judged`}`;
    return paint(output, failed === 0 ? 'green' : 'red', sums);
  });
  const junit = text(run, 'junit');
  if (junit !== undefined) writeReport(junit, report, `Hookbench handler check: ${text(run, 'provider') ?? target}`);
  if (controller.signal.aborted) return 1;
  // Where nothing was judged, nothing is known to be right.
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function checkAddress(
  run: CommandRun,
  url: string,
  idempotency: IdempotencyView | undefined,
  signal: AbortSignal,
): Promise<CheckReport> {
  const { id, definition } = requireProvider(run);
  checkSchemeOption(run, definition);
  const secrets = readSecrets(run.options, run.env);
  if (secrets.length === 0) {
    throw new AppError('CONFIG_INVALID', '--secret is needed (or --secret-env, --secret-file, --secrets): the handler must know it too.'); // prettier-ignore
  }
  const unknown = list(run, 'case').find((name) => !caseNames.includes(name));
  if (unknown !== undefined) {
    throw new AppError('CONFIG_INVALID', `--case: "${unknown}" is not one of ${caseNames.join(', ')}.`);
  }
  const [body, slow] = [text(run, 'body'), text(run, 'slow')];
  try {
    return await runHandlerCheck({
      url,
      provider: id,
      definition,
      scheme: text(run, 'scheme'),
      secrets,
      clock: run.clock,
      random: run.random,
      body: body === undefined ? undefined : readInput('--body', body),
      event: text(run, 'event'),
      slowMs: slow === undefined ? undefined : readDuration('--slow', slow, 1, 600_000),
      idempotency,
      cases: list(run, 'case').length === 0 ? undefined : list(run, 'case'),
      signal,
      onCase: (result) => printCase(run.output, result),
    });
  } catch (error) {
    throw withOption(error, run, url);
  }
}

/** What the engine complains about, with the option that gave it. */
function withOption(error: unknown, run: CommandRun, url: string): unknown {
  if (!(error instanceof AppError)) return error;
  const { code, message } = error;
  if (code === 'SECRET_MALFORMED') return new AppError(code, `${secretOption(run.options)}: ${message}`);
  if (code !== 'SEND_INVALID_URL') return error;
  return new AppError(code, `${message.includes(JSON.stringify(url)) ? '--to' : '--idempotency-url'}: ${message}.`);
}

/** As `send --to` tells an address from a target's name. */
function isAddress(to: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(to);
}

/** Goes through the host, which knows the target's secrets and rules. */
async function checkTarget(
  run: CommandRun,
  target: string,
  idempotency: IdempotencyView | undefined,
  signal: AbortSignal,
): Promise<CheckReport> {
  for (const [name, option] of Object.entries(addressOnly)) {
    if (run.options[name] === undefined) continue;
    throw new AppError(
      'CONFIG_INVALID',
      `${option}: goes with --to and an address; the stored target "${target}" has its own settings.`,
    );
  }
  const cases: CheckCase[] = [];
  await withHost(async (_run, host) => {
    const runId = makeId('chk', run.random);
    const targetId = findTarget(host, target).id;
    host.onChange((change) => {
      if (change.type !== 'check' || change.run.id !== runId) return;
      for (const result of change.run.cases.slice(cases.length)) {
        cases.push(result);
        printCase(run.output, result);
      }
    });
    signal.addEventListener('abort', () => void callHost(host, 'check.stop', { runId }));
    await callHost(host, 'check.run', { runId, targetId, idempotency: idempotency ?? null }, { idempotency: '--idempotency-url' }); // prettier-ignore
    return 0;
  })(run);
  return reportOf(cases);
}

function reportOf(cases: readonly CheckCase[]): CheckReport {
  const skipped = cases.filter((one) => one.skipped !== undefined).length;
  const passed = cases.filter(({ pass }) => pass).length;
  return { results: cases as CheckReport['results'], passed, failed: cases.length - passed - skipped, skipped };
}

function readIdempotency(run: CommandRun): IdempotencyView | undefined {
  const [url, header] = [text(run, 'idempotencyUrl'), text(run, 'idempotencyHeader')];
  if (url !== undefined && header !== undefined) {
    throw new AppError('CONFIG_INVALID', 'Give one of --idempotency-url and --idempotency-header.');
  }
  if (url !== undefined) return { url };
  return header === undefined ? undefined : { header };
}

const words = { accept: 'accept', reject: 'reject', 'accept-once': 'accept once', answer: 'any answer' } as const;

function printCase(output: Output, result: CheckCase): void {
  const { name, title, sent, expected, status, ms, pass, skipped, message, fault } = result;
  const line = { type: 'case', name, title, sent, expected, status, ms: Math.round(ms), pass, message };
  const more = { ...(skipped === undefined ? {} : { skipped }), ...(fault === undefined ? {} : { fault }) };
  output.line({ ...line, ...more }, () => {
    const mark = pass ? 'pass' : skipped === undefined ? 'FAIL' : 'skip';
    const tone = pass ? 'green' : skipped === undefined ? 'red' : 'yellow';
    const answer = skipped === undefined ? `${status ?? 'none'}`.padEnd(5) : '-'.padEnd(5);
    const row = `${paint(output, tone, mark)}  ${name.padEnd(24)} ${words[expected].padEnd(12)} ${answer} ${String(Math.round(ms)).padStart(6)} ms`;
    return pass ? row : `${row}\n      ${escapeControls(message)}`;
  });
  output.flush();
}

function writeReport(path: string, report: CheckReport, suiteName: string): void {
  try {
    writeFileSync(path, toJUnit(report, suiteName));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new AppError('CONFIG_INVALID', `--junit: cannot write ${path} (${why}).`);
  }
}
