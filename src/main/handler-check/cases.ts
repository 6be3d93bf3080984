// Every case, in the order in which they run: the handler's manners first, then bad requests, repeats, odd bodies, and
// last what might take it down. A new case is a line here.

import { crlfAddition, spellingAddition, unicodeAddition } from './bodies.ts';
import {
  answerTime,
  hugeBody,
  largeBody,
  manyAtOnce,
  otherBody,
  outOfOrder,
  sameAgain,
  slowClient,
  strangeType,
  truncatedBody,
  workDone,
} from './long-steps.ts';
import type { Expectation } from './result.ts';
import { emptied, halved, lengthened } from './signature-text.ts';
import {
  accepts,
  answers,
  futureTimestamp,
  oldTimestamp,
  otherVersion,
  refuses,
  severalSignatures,
  signatureInOtherLetters,
  signed,
  withBody,
  withSignature,
  wrongContentType,
} from './steps.ts';
import type { Run } from './steps.ts';

/** One case. */
export interface HandlerCase {
  readonly name: string;
  readonly title: string;
  /** What is sent, a sentence. */
  readonly sent: string;
  readonly expected: Expectation;
  readonly run: Run;
}

/** Name of the case without which no other says anything. */
export const firstCase = 'valid';

/** The list. */
export const handlerCases: readonly HandlerCase[] = [
  {
    name: firstCase,
    title: 'Valid request',
    sent: 'A new event, rightly signed.',
    expected: 'accept',
    run: accepts(signed(), 'refuses-valid'),
  },
  {
    name: 'answer-time',
    title: 'Time to answer',
    sent: 'A new event, rightly signed, and its answer timed; up to three if the first takes too long.',
    expected: 'accept',
    run: answerTime,
  },
  {
    name: 'work-done',
    title: 'Work behind the answer',
    sent: 'A new event, rightly signed, with a look at the idempotency URL before and after.',
    expected: 'accept-once',
    run: workDone,
  },
  {
    name: 'wrong-secret',
    title: 'Wrong secret',
    sent: 'A new event, signed with another secret.',
    expected: 'reject',
    run: refuses(signed({ mode: 'wrong-secret' }), 'no-signature-check'),
  },
  {
    name: 'no-signature',
    title: 'No signature',
    sent: 'A new event without any signature.',
    expected: 'reject',
    run: refuses(signed({ mode: 'none' }), 'no-signature-check'),
  },
  {
    name: 'tampered-body',
    title: 'Tampered body',
    sent: 'A rightly signed event of which one byte was changed afterwards.',
    expected: 'reject',
    run: refuses(signed({ mode: 'tampered' }), 'no-signature-check'),
  },
  {
    name: 'signature-empty',
    title: 'Empty signature',
    sent: 'A new event with an empty text where the signature should be.',
    expected: 'reject',
    run: refuses(withSignature(emptied), 'compares-loosely'),
  },
  {
    name: 'signature-cut',
    title: 'Half a signature',
    sent: 'A new event with the first half of the right signature.',
    expected: 'reject',
    run: refuses(withSignature(halved), 'compares-loosely'),
  },
  {
    name: 'signature-longer',
    title: 'Signature with more beside it',
    sent: 'A new event with the right signature and a few more characters.',
    expected: 'reject',
    run: refuses(withSignature(lengthened), 'compares-loosely'),
  },
  {
    name: 'signature-other-case',
    title: 'Signature in other letters',
    sent: 'A new event with the right signature, capital and small letters exchanged.',
    expected: 'reject',
    run: refuses(signatureInOtherLetters, 'compares-loosely'),
  },
  {
    name: 'signature-other-version',
    title: 'Signature of another version',
    sent: 'A new event with the right signature under the name of another version.',
    expected: 'reject',
    run: refuses(otherVersion, 'accepts-other-version'),
  },
  {
    name: 'several-signatures',
    title: 'Several signatures',
    sent: 'A new event with a wrong signature and then the right one, as while a secret is changed.',
    expected: 'accept',
    run: accepts(severalSignatures, 'reads-one-signature'),
  },
  {
    name: 'old-timestamp',
    title: 'Old time stamp',
    sent: 'An event rightly signed, a minute older than the provider’s tolerance.',
    expected: 'reject',
    run: refuses(oldTimestamp, 'no-time-check'),
  },
  {
    name: 'future-timestamp',
    title: 'Future time stamp',
    sent: 'An event rightly signed, a minute further in the future than the provider’s tolerance.',
    expected: 'reject',
    run: refuses(futureTimestamp, 'no-time-check'),
  },
  {
    name: 'same-id-again',
    title: 'Same delivery again',
    sent: 'The same event twice, signed anew as a provider’s retry is.',
    expected: 'accept-once',
    run: sameAgain,
  },
  {
    name: 'same-id-other-body',
    title: 'Same id, other body',
    sent: 'Two events with one delivery id and different bodies.',
    expected: 'accept-once',
    run: otherBody,
  },
  {
    name: 'twenty-at-once',
    title: 'Twenty at once',
    sent: 'The same request twenty times in the same moment.',
    expected: 'accept-once',
    run: manyAtOnce,
  },
  {
    name: 'out-of-order',
    title: 'Out of order',
    sent: 'Two events, the newer one first.',
    expected: 'accept',
    run: outOfOrder,
  },
  {
    name: 'unknown-event',
    title: 'Unknown event type',
    sent: 'A rightly signed event of the type “hookbench.unknown”.',
    expected: 'answer',
    run: strangeType('hookbench.unknown'),
  },
  {
    name: 'inherited-event',
    title: 'Event type that every object has',
    sent: 'A rightly signed event of the type “constructor”, which a look-up in a plain object finds.',
    expected: 'answer',
    run: strangeType('constructor'),
  },
  {
    name: 'wrong-content-type',
    title: 'Wrong content type',
    sent: 'A rightly signed event with the content type text/plain.',
    expected: 'answer',
    run: answers(wrongContentType, 'no-clean-answer'),
  },
  {
    name: 'unicode-body',
    title: 'Unicode',
    sent: 'A rightly signed body with letters of several scripts, raw and as escapes.',
    expected: 'accept',
    run: accepts(withBody(unicodeAddition), 'parses-before-verifying'),
  },
  {
    name: 'crlf-body',
    title: 'CRLF line ends',
    sent: 'A rightly signed body with CRLF between its members and at its end.',
    expected: 'accept',
    run: accepts(withBody(crlfAddition), 'parses-before-verifying'),
  },
  {
    name: 'unusual-json',
    title: 'Unusual spelling of JSON',
    sent: 'A rightly signed body with 1.0, a number of twenty digits, and a member that stands twice.',
    expected: 'accept',
    run: accepts(withBody(spellingAddition), 'parses-before-verifying'),
  },
  {
    name: 'large-body',
    title: 'Large body',
    sent: 'A rightly signed body of 5 MB; 413 is a right answer too.',
    expected: 'answer',
    run: largeBody,
  },
  {
    name: 'slow-client',
    title: 'Slow client',
    sent: 'A rightly signed body in eight pieces over two seconds.',
    expected: 'accept',
    run: slowClient,
  },
  {
    name: 'huge-body',
    title: 'Huge body',
    sent: 'A body of 30 MB with a wrong signature; its end is held back for a second.',
    expected: 'reject',
    run: hugeBody,
  },
  {
    name: 'truncated-body',
    title: 'Truncated body',
    sent: 'Half of the body that Content-Length announces, then a closed connection, then a valid request.',
    expected: 'answer',
    run: truncatedBody,
  },
];
