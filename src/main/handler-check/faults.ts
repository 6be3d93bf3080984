// The faults that a failed case can point to. Each has one sentence on what is wrong and how to mend it, so that a
// result never only says “failed”.

/** A fault of a handler, seen from outside. */
export type FaultCode =
  | 'refuses-valid'
  | 'no-signature-check'
  | 'compares-loosely'
  | 'accepts-other-version'
  | 'reads-one-signature'
  | 'no-time-check'
  | 'parses-before-verifying'
  | 'not-idempotent'
  | 'refuses-out-of-order'
  | 'answers-before-work'
  | 'trusts-event-type'
  | 'no-size-limit'
  | 'refuses-slow-client'
  | 'slow'
  | 'no-clean-answer';

const sentences: Readonly<Record<FaultCode, string>> = {
  'refuses-valid':
    'It refuses what is rightly signed: check that it uses this secret and this URL, knows this event, and verifies the bytes as they arrived.',
  'no-signature-check':
    'It does not check the signature over these bytes: verify every request before anything else, and answer 401 when that fails.',
  'compares-loosely':
    'It compares signatures loosely: compare the whole value, of equal length and exact case, in constant time.',
  'accepts-other-version':
    'It takes a signature of a version that it should not know: read only signatures of the current version, and ignore the rest.',
  'reads-one-signature':
    'It looks at one signature only: while a secret is changed a request carries several, and one match is enough.',
  'no-time-check':
    'It does not check the time stamp: refuse requests whose signed time lies too far from now, or an old one can be sent again.',
  'parses-before-verifying':
    'It seems to verify a body that was parsed and written again: keep the raw bytes, verify those, and parse afterwards.',
  'not-idempotent':
    'It does not recognise a repeated delivery: store the delivery id before the work, in one step that only one request can win, and answer 2xx to repeats.',
  'refuses-out-of-order':
    'It relies on the order of events: providers do not keep it, so accept an older event after a newer one.',
  'answers-before-work':
    'It answers 2xx before the work is safe: finish the work, or store the event durably, and answer only then, so that a failure is repeated.',
  'trusts-event-type':
    'It trusts the event type: look it up among the known types only, answer 2xx to others, and do nothing for them.',
  'no-size-limit': 'It has no size limit: refuse bodies over a limit with 413 before reading them whole.',
  'refuses-slow-client': 'It gives up on a slow sender: allow some seconds for a body to arrive.',
  slow: 'It is slow: store the event, answer, and do the work afterwards from a queue.',
  'no-clean-answer':
    'It fails instead of answering: catch what goes wrong while reading and verifying, and answer with a 4xx status.',
};

/** What is wrong and how to mend it, one sentence. */
export function faultSentence(code: FaultCode): string {
  return sentences[code];
}
