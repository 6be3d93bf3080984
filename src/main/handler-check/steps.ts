// How the cases run whose requests are one signed request: make it, make sure that a right handler would judge it as
// expected, send it, judge the answer.

import type { SchemeDefinition } from '../../shared/providers/define.ts';
import { withAddition } from './bodies.ts';
import type { BodyAddition } from './bodies.ts';
import type { Check } from './check.ts';
import type { CheckRequest, SigningChanges } from './events.ts';
import type { FaultCode } from './faults.ts';
import { judgeAccepted, judgeAnswered, judgeRefused } from './judge.ts';
import type { Answer, Judged } from './judge.ts';
import { changeSignature, otherCase, withOtherVersion, withWrongFirst } from './signature-text.ts';
import type { SignatureChange } from './signature-text.ts';

/** Runs a case. */
export type Run = (check: Check) => Promise<Judged>;

/** A request, or why there can be none, a sentence. */
export type Made = CheckRequest | { readonly skipped: string };

type Make = (check: Check, scheme: SchemeDefinition) => Made;

/** The handler must accept the request; `fault` is that of one which does not. */
export function accepts(make: Make, fault: FaultCode): Run {
  return runOne(make, true, (answer) => judgeAccepted(answer, fault));
}

/** The handler must refuse the request; `fault` is that of one which does not. */
export function refuses(make: Make, fault: FaultCode): Run {
  return runOne(make, false, (answer) => judgeRefused(answer, fault));
}

/** The handler must answer somehow; `fault` is that of one which breaks. */
export function answers(make: Make, fault: FaultCode): Run {
  return runOne(make, true, (answer) => judgeAnswered(answer, fault));
}

/** A new event, signed this way. */
export function signed(changes: SigningChanges = {}): Make {
  return ({ events }) => events.sign(events.fresh(), changes);
}

/** A new event, well signed, with its signature changed afterwards. */
export function withSignature(change: SignatureChange): Make {
  return ({ events }, scheme) =>
    changeSignature(scheme, events.sign(events.fresh()), change) ?? {
      skipped: 'Hookbench does not know where this signature stands.',
    };
}

/** Capital and small letters exchanged, where they differ in meaning: many decode hexadecimal digits, and rightly so. */
export const signatureInOtherLetters: Make = (check, scheme) =>
  'encoding' in scheme && scheme.encoding === 'hex'
    ? { skipped: 'Hexadecimal digits mean the same in capital and small letters.' }
    : withSignature(otherCase)(check, scheme);

/** A new event with something in its body that a rewrite would lose. */
export function withBody(addition: BodyAddition): Make {
  return ({ events }) => {
    const event = withAddition(events.fresh(), addition);
    return event === null ? noRoom : events.sign(event);
  };
}

/** Said where a body can hold no addition. */
export const noRoom = { skipped: 'The body is of a form to which nothing can be added.' };

/** A right signature under the name of another version. */
export const otherVersion: Make = ({ events }, scheme) =>
  withOtherVersion(scheme, events.sign(events.fresh())) ?? { skipped: 'This scheme’s signatures name no version.' };

/** A wrong signature, then the right one. */
export const severalSignatures: Make = ({ events }, scheme) => {
  const event = events.fresh();
  const wrong = events.sign(event, { mode: 'wrong-secret' });
  return (
    withWrongFirst(scheme, events.sign(event), wrong) ?? {
      skipped: 'This provider is not known to send several signatures.',
    }
  );
};

/** As text/plain. */
export const wrongContentType: Make = ({ events }) => events.sign({ ...events.fresh(), contentType: 'text/plain' });

/** A time stamp beyond the tolerance, in the past. */
export const oldTimestamp: Make = (check, scheme) => {
  const rule = timeRule(scheme);
  if (rule === null) return noTimestamp;
  if (rule.toleranceSeconds === null) return noLimit;
  return check.events.sign(check.events.fresh(), { mode: 'expired' });
};

/** A time stamp beyond the tolerance, in the future. */
export const futureTimestamp: Make = (check, scheme) => {
  const rule = timeRule(scheme);
  if (rule === null) return noTimestamp;
  if (rule.ageOnly) {
    return { skipped: 'The provider’s own check looks at age only, so a time stamp from the future is accepted.' };
  }
  if (rule.toleranceSeconds === null) return noLimit;
  return signed({ at: check.now() + (rule.toleranceSeconds + 60) * 1_000 })(check, scheme);
};

const noTimestamp = { skipped: 'This scheme has no time stamp.' };
const noLimit = { skipped: 'The provider names no limit for the age of a request.' };

function timeRule(scheme: SchemeDefinition): {
  readonly toleranceSeconds: number | null;
  readonly ageOnly: boolean;
} | null {
  switch (scheme.kind) {
    case 'token':
      return null;
    case 'jwt':
      return scheme.toleranceSeconds === undefined
        ? null
        : { toleranceSeconds: scheme.toleranceSeconds, ageOnly: true };
    case 'message-signature':
      return { toleranceSeconds: null, ageOnly: false };
    default: {
      const rule = scheme.timestamp;
      return rule === undefined ? null : { toleranceSeconds: rule.toleranceSeconds, ageOnly: rule.direction === 'age' };
    }
  }
}

function runOne(make: Make, valid: boolean, judge: (answer: Answer) => Judged): Run {
  return async (check) => {
    const { scheme } = check;
    if (scheme === null) return unsignable(check);
    const request = make(check, scheme);
    if ('skipped' in request) return request;
    const problem = misjudged(check, request, valid);
    return problem ?? judge(await check.send(request));
  };
}

/** Why the request would not be judged as expected by a handler that is right; null when it would. */
export function misjudged(check: Check, request: CheckRequest, valid: boolean): { readonly skipped: string } | null {
  const { status } = check.events.judge(request);
  if ((status === 'valid') === valid) return null;
  if (valid) return unsignable(check);
  const name = check.events.provider.name;
  return { skipped: request.note ?? `By the rules of ${name} this is accepted too, so there is nothing to refuse.` };
}

/** Said where Hookbench’s own verifier does not accept what it should. */
function unsignable({ events }: Check): { readonly skipped: string } {
  return { skipped: `Hookbench cannot sign such a request by the rules of ${events.provider.name}.` };
}
