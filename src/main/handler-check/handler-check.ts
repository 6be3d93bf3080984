// Checks a handler of webhooks from outside: sends it the good, the bad and the odd, and says for each case whether it did
// what a right handler does. Targets are hostile: whatever they answer becomes a result.

import { setMaxListeners } from 'node:events';
import { AppError } from '../../shared/errors.ts';
import { isSuccess } from '../../shared/http-status.ts';
import { firstCase, handlerCases } from './cases.ts';
import type { HandlerCase } from './cases.ts';
import { createCheck } from './check.ts';
import type { Check } from './check.ts';
import { faultSentence } from './faults.ts';
import { isAccepted, say } from './judge.ts';
import type { Judged } from './judge.ts';
import type { HandlerCheckOptions } from './options.ts';
import type { CaseResult, CheckReport } from './result.ts';

/** Names of all cases, in the order in which they run. */
export const caseNames: readonly string[] = handlerCases.map(({ name }) => name);

/**
 * Runs the cases one after the other against a handler. Results hold neither secrets nor bodies. When the handler does
 * not accept a plain valid request, the other cases are skipped, as they would say nothing. Throws AppError before
 * anything is sent: SEND_INVALID_URL, SEND_INVALID_HEADER, CONFIG_UNKNOWN_PROVIDER, CONFIG_INVALID (no secret, no such
 * scheme or case) and SECRET_MALFORMED.
 */
export async function runHandlerCheck(options: HandlerCheckOptions): Promise<CheckReport> {
  const chosen = chooseCases(options.cases);
  const { signal } = options;
  // Many requests at once listen to it, which Node takes for a leak on the caller's own.
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const abort = (): void => stop.abort();
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort);
  try {
    return await runCases(chosen, { ...options, signal: stop.signal });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function runCases(chosen: readonly HandlerCase[], options: HandlerCheckOptions): Promise<CheckReport> {
  const check = createCheck(options);
  const stopped = (): boolean => options.signal?.aborted === true;
  const results: CaseResult[] = [];
  let ignoresSignatures = false;
  const [first] = chosen;
  let useless = first === undefined || first.name === firstCase ? unsignable(check) : await whyUseless(check);

  for (const one of chosen) {
    const judged = await judge(one, check, stopped, useless);
    const result = toResult(one, judged, ignoresSignatures);
    results.push(result);
    options.onCase?.(result);
    if (result.pass || result.skipped !== undefined) continue;
    ignoresSignatures ||= one.name === 'wrong-secret' && result.fault === 'no-signature-check';
    if (one.name === firstCase) useless = `Not sent: ${failure(result.status)}, so this would say nothing.`;
    else if (result.status === null && !stopped()) useless = await whyUseless(check);
  }
  return {
    results,
    passed: results.filter(({ pass }) => pass).length,
    failed: results.filter(({ pass, skipped }) => !pass && skipped === undefined).length,
    skipped: results.filter(({ skipped }) => skipped !== undefined).length,
  };
}

async function judge(one: HandlerCase, check: Check, stopped: () => boolean, useless: string | null): Promise<Judged> {
  if (stopped()) return { skipped: 'The check was stopped.' };
  if (useless !== null) return { skipped: useless };
  try {
    const judged = await one.run(check);
    return stopped() ? { skipped: 'The check was stopped.' } : judged;
  } catch (error) {
    // A person's event or scheme that one case cannot carry (a header value, for example) is no fault of the handler.
    if (error instanceof AppError) return { skipped: `Hookbench could not send this: ${error.message}` };
    throw error;
  }
}

/** Why the handler's answers would say nothing, or null when it accepts a valid request. */
async function whyUseless(check: Check): Promise<string | null> {
  const reason = unsignable(check);
  if (reason !== null) return reason;
  const answer = await check.sendValid();
  return isAccepted(answer) ? null : `Not sent: the handler does not accept a valid request (${say(answer)}).`;
}

function unsignable({ scheme, events }: Check): string | null {
  return scheme === null ? `Not sent: Hookbench cannot sign this event by the rules of ${events.provider.name}.` : null;
}

function failure(status: number | null): string {
  return status === null
    ? 'the handler did not answer the valid request'
    : `the handler answered even the valid request with HTTP ${status}`;
}

function toResult(one: HandlerCase, judged: Judged, ignoresSignatures: boolean): CaseResult {
  const { name, title, sent, expected } = one;
  const head = { name, title, sent, expected };
  if ('skipped' in judged) {
    const { skipped } = judged;
    return { ...head, status: null, ms: 0, pass: false, skipped, message: skipped };
  }
  const { pass, status, ms, message } = judged;
  // Where a wrong secret passes, every other bad request passes too, and that says nothing about comparing or time.
  const fault =
    ignoresSignatures && !pass && expected === 'reject' && isSuccess(status) ? 'no-signature-check' : judged.fault;
  if (fault === undefined) return { ...head, status, ms, pass, message };
  return { ...head, status, ms, pass, message: `${message} ${faultSentence(fault)}`, fault };
}

function chooseCases(names: readonly string[] | undefined): readonly HandlerCase[] {
  if (names === undefined) return handlerCases;
  const unknown = names.find((name) => !caseNames.includes(name));
  if (unknown !== undefined) {
    throw new AppError('CONFIG_INVALID', `There is no case “${unknown}”; the cases are ${caseNames.join(', ')}`);
  }
  return handlerCases.filter(({ name }) => names.includes(name));
}
