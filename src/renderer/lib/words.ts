// The words for verdicts, duplicates and outcomes. Colour only repeats what a word says.

import type { AttemptOutcome, Delivery } from '../../shared/delivery.ts';
import type { DuplicateKind, ExchangeSummary, VerdictStatus } from '../../shared/exchange.ts';
import { pathOf } from './format.ts';
import { visibleText } from './visible-text.ts';

/** Colour family of a state. */
export type Tone = 'ok' | 'bad' | 'warn' | 'none';

/** Tone of a verdict. */
export function verdictTone(status: VerdictStatus): Tone {
  switch (status) {
    case 'valid':
      return 'ok';
    case 'expired':
    case 'future':
    case 'unsupported':
      return 'warn';
    case 'unverified':
      return 'none';
    case 'invalid':
    case 'missing':
    case 'malformed':
      return 'bad';
  }
}

/** Verdict as a title: `Valid`, `Signature missing`. */
export const verdictTitles: Readonly<Record<VerdictStatus, string>> = {
  valid: 'Valid',
  invalid: 'Invalid',
  missing: 'Signature missing',
  expired: 'Expired',
  future: 'Signed in the future',
  malformed: 'Malformed signature',
  unsupported: 'Unsupported signature',
  unverified: 'Not verified',
};

const duplicateWords: Readonly<Record<DuplicateKind, string>> = {
  first: 'first',
  retry: 'retry',
  conflict: 'conflict',
  'same-body': 'same body',
};

/** `first`, `retry`, `conflict` or `same body`. */
export function duplicateWord(kind: DuplicateKind): string {
  return duplicateWords[kind];
}

/** Event type, or the path where there is none. */
export function titleOf(request: Pick<ExchangeSummary, 'event' | 'target'>): string {
  return visibleText(request.event ?? pathOf(request.target));
}

/** Accessible name of a request's row: `POST invoice.paid, valid, first`. */
export function rowName(request: ExchangeSummary): string {
  const method = visibleText(request.method);
  const pulled = request.pulled === true ? ', pulled' : request.imported === true ? ', imported' : '';
  const pinned = request.pinned === true ? ', pinned' : '';
  const { verdict, duplicate } = request;
  return `${method} ${titleOf(request)}, ${verdict.status}, ${duplicateWord(duplicate.kind)}${pulled}${pinned}`;
}

const outcomeWords: Readonly<Record<AttemptOutcome, string>> = {
  delivered: 'delivered',
  'http-status': 'answered',
  refused: 'refused',
  dns: 'unknown host',
  reset: 'reset',
  tls: 'TLS',
  'timeout-connect': 'timeout',
  'timeout-response': 'timeout',
  'bad-response': 'bad reply',
  'blocked-address': 'blocked',
  interrupted: 'interrupted',
};

/** What an attempt came to, in a word or as its status: `200`, `refused`. */
export function outcomeWord(attempt: { readonly outcome: AttemptOutcome; readonly status: number | null }): string {
  return attempt.status === null ? outcomeWords[attempt.outcome] : String(attempt.status);
}

/** Tone of an attempt. */
export function outcomeTone(outcome: AttemptOutcome): Tone {
  if (outcome === 'delivered') return 'ok';
  return outcome === 'timeout-connect' || outcome === 'timeout-response' || outcome === 'interrupted' ? 'warn' : 'bad';
}

/** State of a delivery in words: `waiting`, `paused`, `dead`. */
export function stateWords(delivery: Pick<Delivery, 'state' | 'parkedReason'>): string {
  if (delivery.state !== 'parked') return delivery.state;
  if (delivery.parkedReason === 'secret-unavailable') return 'parked: its secret is gone';
  if (delivery.parkedReason === 'gone') return 'parked: target answered 410 Gone';
  if (delivery.parkedReason === 'target-paused') return 'parked: its target is paused';
  if (delivery.parkedReason === 'target-parked') return 'parked: its target is parked';
  return delivery.parkedReason === undefined ? 'parked' : delivery.parkedReason.replaceAll('-', ' ');
}

/** Attempts in words, for assistive technology: `2 failed, then delivered`. */
export function attemptsInWords(delivery: Pick<Delivery, 'state' | 'attempts'>): string {
  const failed = delivery.attempts.filter((attempt) => attempt.outcome !== 'delivered').length;
  const tail = { delivered: 'delivered', waiting: 'waiting', sending: 'sending', dead: 'given up', parked: 'parked' }[
    delivery.state
  ];
  return failed === 0 ? tail : `${failed} failed, ${tail}`;
}
