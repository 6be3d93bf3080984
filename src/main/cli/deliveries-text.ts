// How deliveries and attempts are printed, for every command that shows them.

import type { Attempt, Delivery } from '../../shared/delivery.ts';
import { attemptLine, deliveryLine } from '../host-offline.ts';
import { escapeControls } from '../system.ts';
import { formatTime, paint } from './output.ts';
import type { Output } from './output.ts';

const tones = { delivered: 'green', dead: 'red', parked: 'yellow', waiting: 'dim', sending: 'dim' } as const;

/** Prints one `delivery` line. */
export function printDelivery(output: Output, delivery: Delivery): void {
  output.line(deliveryLine(delivery), () => {
    const next =
      delivery.state === 'waiting' && delivery.nextAt !== null && delivery.attempts.length > 0
        ? `  next ${formatTime(delivery.nextAt)}`
        : '';
    const reason = delivery.parkedReason === undefined ? '' : ` (${delivery.parkedReason})`;
    return `${paint(output, tones[delivery.state], delivery.state + reason)}  ${delivery.id}  ${escapeControls(delivery.message.event ?? delivery.message.messageId)} -> ${escapeControls(delivery.url)}  ${delivery.attempts.length} attempts${next}`;
  });
}

/** Prints one `attempt` line. */
export function printAttempt(output: Output, deliveryId: string, attempt: Attempt): void {
  output.line(attemptLine(deliveryId, attempt), () => {
    const tone = attempt.outcome === 'delivered' ? 'green' : 'red';
    return `  ${formatTime(attempt.at)}  attempt ${attempt.n}  ${paint(output, tone, attempt.status === null ? attempt.outcome : String(attempt.status))}  ${attempt.ms} ms  ${escapeControls(attempt.message)}`;
  });
}
