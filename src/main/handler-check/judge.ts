// From answers to judgements. A judgement is a sentence: what came back, and whether it is what a right handler does.

import type { AttemptOutcome } from '../../shared/delivery.ts';
import { isSuccess } from '../../shared/http-status.ts';
import type { FaultCode } from './faults.ts';

/** An answer, or why there is none. */
export interface Answer {
  readonly outcome: AttemptOutcome;
  readonly status: number | null;
  readonly ms: number;
  readonly message: string;
}

/** How a case was judged; `skipped` says why it could not be. */
export type Judged =
  | { readonly skipped: string }
  | {
      readonly pass: boolean;
      readonly status: number | null;
      readonly ms: number;
      readonly message: string;
      readonly fault?: FaultCode | undefined;
    };

/** 2xx. */
export function isAccepted({ status }: Answer): boolean {
  return isSuccess(status);
}

/** 4xx, but not the “later” of a rate limit, which says nothing about the request. */
export function isRefused({ status }: Answer): boolean {
  return status !== null && status >= 400 && status <= 499 && status !== 429;
}

/** What came back, without a full stop. */
export function say({ status, message }: Answer): string {
  if (status === null) return `No answer: ${message}`;
  if (status === 429) return 'HTTP 429: a rate limit answered, so switch it off for this check';
  return status >= 300 && status <= 399 ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`;
}

/** A case that went as it should. */
export function passed(answer: Answer, message: string, ms = answer.ms): Judged {
  return { pass: true, status: answer.status, ms, message };
}

/** A case that did not. `fault` is what an answer of this kind points to; that there is none may point to another one. */
export function failed(answer: Answer, message: string, fault?: FaultCode, ms = answer.ms): Judged {
  return { pass: false, status: answer.status, ms, message, fault: faultOf(answer, fault) };
}

function faultOf({ outcome, status }: Answer, fault: FaultCode | undefined): FaultCode | undefined {
  if (status !== null) return status === 429 ? undefined : fault;
  switch (outcome) {
    case 'timeout-response':
      return 'slow';
    case 'reset':
    case 'bad-response':
      return fault === 'refuses-slow-client' ? fault : 'no-clean-answer';
    default:
      // No connection: that is not the handler's doing.
      return undefined;
  }
}

/** The request must be answered with 2xx. */
export function judgeAccepted(answer: Answer, fault: FaultCode): Judged {
  if (isAccepted(answer)) return passed(answer, `HTTP ${answer.status}: accepted.`);
  return failed(answer, `${say(answer)} where it should be accepted.`, fault);
}

/** The request must be answered with 4xx; `fault` is that of a handler that accepts it. */
export function judgeRefused(answer: Answer, fault: FaultCode): Judged {
  if (isRefused(answer)) return passed(answer, `HTTP ${answer.status}: refused.`);
  if (isAccepted(answer)) return failed(answer, `HTTP ${answer.status}: accepted where it should be refused.`, fault);
  return failed(answer, `${say(answer)} where it should be refused with 4xx.`, 'no-clean-answer');
}

/** Any clean answer will do: 2xx or 4xx. */
export function judgeAnswered(answer: Answer, fault: FaultCode): Judged {
  if (isAccepted(answer) || isRefused(answer)) return passed(answer, `HTTP ${answer.status}: a clean answer.`);
  return failed(answer, `${say(answer)} where any 2xx or 4xx would do.`, fault);
}
