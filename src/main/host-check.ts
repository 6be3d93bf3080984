// The handlers for checking a webhook handler: runs the scripted deliveries against a stored target or an address, tells
// each case as it ends, and keeps the last reports in memory. Nothing of a check is stored.

import { writeFile } from 'node:fs/promises';
import type { CommandHandlers, CommandName, CommandParsed } from '../shared/contract.ts';
import type { Change } from '../shared/news.ts';
import { AppError } from '../shared/errors.ts';
import { headerValue } from '../shared/headers.ts';
import type { CheckRun } from '../shared/trials.ts';
import type { Target } from '../shared/workspace.ts';
import { caseNames, runHandlerCheck } from './handler-check/handler-check.ts';
import { toJUnit } from './handler-check/junit.ts';
import type { HandlerCheckOptions } from './handler-check/options.ts';
import type { CheckReport } from './handler-check/result.ts';
import type { HostOptions } from './host-options.ts';
import type { Parts } from './host-parts.ts';
import { attempt } from './sender/wire.ts';
import type { SecretValue } from './signatures/verify.ts';

/** What the handlers work on. */
interface CheckContext {
  readonly parts: Parts;
  readonly options: Pick<HostOptions, 'random' | 'desktop'>;
  readonly emit: (change: Change) => void;
}

/** The checks of a host. */
export interface Checks {
  readonly handlers: Pick<CommandHandlers, Extract<CommandName, `check.${string}`>>;
  /** Ends what runs and waits for it. */
  stop(): Promise<void>;
}

/** What is checked, and how it is signed to. */
type Subject = Pick<
  HandlerCheckOptions,
  'url' | 'provider' | 'definition' | 'secrets' | 'totalMs' | 'attempt' | 'rules'
>;

interface Check {
  run: CheckRun;
  /** Null while it runs. */
  report: CheckReport | null;
  readonly controller: AbortController;
}

/** Reports that are kept. */
const mostReports = 20;

/** Builds the handlers. `check.run` answers when the check has ended, stopped or not; news tell each case before. */
export function createChecks({ parts, options, emit }: CheckContext): Checks {
  const checks = new Map<string, Check>();
  const running = new Set<Promise<unknown>>();
  let stopping = false;

  async function run(input: CommandParsed<'check.run'>): Promise<CheckRun> {
    const { runId, idempotency } = input;
    if (stopping || checks.get(runId)?.report === null) {
      throw new AppError('CONFIG_INVALID', `The check ${runId} is going on.`, { field: 'runId' });
    }
    const subject = subjectOf(parts, input);
    const { url, provider } = subject;
    const check: Check = {
      run: {
        id: runId,
        url,
        provider,
        startedAt: parts.clock.now(),
        done: false,
        cases: [],
        total: caseNames.length,
      },
      report: null,
      controller: new AbortController(),
    };
    const before = checks.get(runId);
    checks.delete(runId);
    checks.set(runId, check);
    const tell = (changes: Partial<CheckRun>): void => {
      check.run = { ...check.run, ...changes };
      emit({ type: 'check', run: check.run });
    };
    try {
      check.report = await runHandlerCheck({
        ...subject,
        clock: parts.clock,
        random: options.random,
        idempotency: idempotency ?? undefined,
        signal: check.controller.signal,
        onCase: (result) => tell({ cases: [...check.run.cases, result] }),
      });
    } catch (error) {
      checks.delete(runId);
      if (before) checks.set(runId, before);
      else if (check.run.cases.length > 0) tell({ done: true });
      throw error;
    }
    tell({ done: true, cases: check.report.results });
    forgetOldest(checks);
    return check.run;
  }

  return {
    handlers: {
      'check.run'(input) {
        const ended = run(input).finally(() => running.delete(ended));
        running.add(ended);
        return ended;
      },
      'check.stop'({ runId }) {
        checks.get(runId)?.controller.abort();
        return null;
      },
      async 'check.save'({ runId }) {
        const check = checks.get(runId);
        if (!check?.report) {
          const why = check ? 'is still going on' : 'is not kept any more; run it again';
          throw new AppError('STORE_NOT_FOUND', `The check ${runId} ${why}.`);
        }
        const path = (await options.desktop?.chooseSaveFile('hookbench-handler-check.xml')) ?? null;
        if (path === null) return null;
        const { provider, url } = check.run;
        await writeText(path, toJUnit(check.report, `Hookbench handler check: ${provider} to ${originOf(url)}`));
        return { path };
      },
    },
    async stop() {
      stopping = true;
      for (const { controller } of checks.values()) controller.abort();
      await Promise.allSettled(running);
    },
  };
}

function forgetOldest(checks: Map<string, Check>): void {
  for (const [id, { report }] of checks) {
    if (checks.size <= mostReports) return;
    if (report !== null) checks.delete(id);
  }
}

function subjectOf(parts: Parts, input: CommandParsed<'check.run'>): Subject {
  if (input.targetId !== undefined) return ofTarget(parts, storedTarget(parts, input.targetId));
  const { url, provider, secret } = input;
  if (url === undefined || url === '') {
    throw new AppError('SEND_NO_TARGET', 'Choose a target, or give the address of the handler.', { field: 'url' });
  }
  if (provider === undefined) {
    throw new AppError('CONFIG_UNKNOWN_PROVIDER', 'Choose the provider whose rules the handler follows.', {
      field: 'provider',
    });
  }
  const value = secret === undefined || secret === null ? null : secretOf(parts, secret);
  return { url, provider, definition: parts.definition(provider), secrets: value ? [value] : [] };
}

/** The check goes by the target's own rules, and takes its headers along. */
function ofTarget(parts: Parts, target: Target): Subject {
  const { url, provider, secretName, alsoSecretNames, connectTimeoutMs, totalTimeoutMs } = target;
  const names = secretName === null ? [] : [secretName, ...alsoSecretNames];
  const { allowLinkLocal, skipTlsCheck, followRedirects } = target;
  return {
    url,
    provider,
    definition: parts.definition(provider),
    secrets: names.map((name) => secretOf(parts, { name })),
    totalMs: totalTimeoutMs ?? undefined,
    rules: { headers: target.headers, allowLinkLocal, skipTlsCheck },
    attempt(wire) {
      const added = target.headers.filter(([name]) => headerValue(wire.headers, name) === undefined);
      // The handler's own address and the one that counts its work may be two: only the first gets the headers.
      const headers = wire.url === url ? [...wire.headers, ...added] : wire.headers;
      const connectMs = connectTimeoutMs ?? undefined;
      // What a person allowed for the target they allowed for no other origin.
      const own = new URL(wire.url).origin === new URL(url).origin;
      const trust = own ? { allowLinkLocal, skipTlsCheck, followRedirects } : {};
      return attempt({
        ...wire,
        headers,
        connectMs,
        ...trust,
        secretHeaders: target.headers.map(([name]) => name.toLowerCase()),
      });
    },
  };
}

function storedTarget(parts: Parts, id: string): Target {
  const target = parts.workspace.data.targets.find((one) => one.id === id);
  if (target) return target;
  throw new AppError('SEND_NO_TARGET', `There is no target ${id}.`, { field: 'targetId' });
}

function secretOf(parts: Parts, choice: { readonly name: string } | { readonly value: string }): SecretValue {
  if ('value' in choice) return { name: 'the given secret', value: choice.value };
  const secret = parts.secretValue(choice.name);
  if (secret) return secret;
  throw new AppError('SECRET_UNAVAILABLE', `There is no secret named "${choice.name}", or it cannot be opened here.`, {
    field: 'secret',
  });
}

/** Queries may hold tokens, so they stay out of what leaves the machine. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}

async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (error) {
    throw new AppError(
      'STORE_FAULT',
      `Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
