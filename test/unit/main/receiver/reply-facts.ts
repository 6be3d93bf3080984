// Made-up judged requests, and answers, for the tests of rules and look-ups.

import type { ReplyChooserOptions, ReplyFacts } from '../../../../src/main/receiver/rules-contract.ts';
import type { CapturedRequest, Verdict } from '../../../../src/shared/exchange.ts';
import { lookAt } from '../../../../src/shared/providers/read-value.ts';
import type { Answer, Reply, ResponseRule } from '../../../../src/shared/replies.ts';
import { defaultEndpoint } from '../../../../src/shared/workspace.ts';

export const options: ReplyChooserOptions = {
  now: () => 1_700_000_000_123,
  random01: () => 0.5,
  makeUuid: () => '00000000-0000-4000-8000-000000000000',
};

const request: CapturedRequest = {
  id: 'req_00000000000000000000',
  seq: 1,
  receivedAt: 0,
  method: 'POST',
  target: '/in/shop?mode=Live&empty=&q=a%20b',
  httpVersion: '1.1',
  headers: [
    ['Content-Type', 'application/json'],
    ['X-Kind', 'Alpha'],
    ['x-kind', 'Beta'],
  ],
  trailers: [],
  remoteAddress: '127.0.0.1',
  body: new Uint8Array(),
  size: 0,
  truncated: false,
  sha256: '',
};

export const verdictOf = (status: Verdict['status']): Verdict => ({
  status,
  reason: 'made-up',
  message: 'Made up.',
  warnings: [],
  diagnosis: [],
});

/** Facts about a request with this body, and whatever else differs. */
export function factsOf(
  changed: Partial<Omit<ReplyFacts, 'request' | 'look'>> = {},
  sent: Partial<Omit<CapturedRequest, 'body'>> & { readonly body?: string } = {},
): ReplyFacts {
  const body = new TextEncoder().encode(sent.body ?? '');
  const captured = { ...request, ...sent, body, size: body.length };
  return {
    request: captured,
    look: lookAt(captured.headers, captured.target, () => new TextDecoder().decode(body)),
    endpoint: defaultEndpoint,
    provider: 'stripe',
    event: 'invoice.paid',
    deliveryId: 'evt_1',
    verdict: verdictOf('valid'),
    duplicate: { kind: 'first', of: null, n: 1 },
    wasProcessed: () => false,
    expectsSignature: () => false,
    secretsReadable: () => true,
    arrival: () => 1,
    ...changed,
  };
}

export const answerOf = (status: number, changed: Partial<Answer> = {}): Answer => ({
  status,
  headers: [],
  body: '',
  delayMs: 0,
  fault: null,
  ...changed,
});

export const replyOf = (status: number, changed: Partial<Reply> = {}): Reply => ({
  ...answerOf(status),
  sequence: null,
  shares: [],
  ...changed,
});

export const ruleOf = (id: string, changed: Partial<ResponseRule> = {}): ResponseRule => ({
  id,
  name: id,
  active: true,
  when: [],
  reply: replyOf(418),
  ...changed,
});
