// How deliveries and attempts are printed, for every command that shows them.

import { Buffer } from 'node:buffer';
import type { Attempt, AttemptRecord, Delivery } from '../../shared/delivery.ts';
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

/** Prints a delivery with its attempts as they are kept: their timings, and in full what was sent and answered. */
export function printRecords(
  output: Output,
  delivery: Delivery,
  records: readonly AttemptRecord[],
  isFull: boolean,
): void {
  const line = deliveryLine(delivery);
  const { schedule, speed, time = 'real' } = delivery;
  const attempts = line.attempts.map((attempt) => {
    const record = records.find(({ n }) => n === attempt.n);
    if (!record) return attempt;
    const { timings, request, response } = record;
    return isFull
      ? { ...attempt, timings, request, response: response && responseFields(response) }
      : { ...attempt, timings };
  });
  if (output.json) return output.line({ ...line, attempts, schedule, speed, time }, () => null);
  printDelivery(output, delivery);
  for (const attempt of delivery.attempts) {
    printAttempt(output, delivery.id, attempt);
    const record = records.find(({ n }) => n === attempt.n);
    if (record) output.line({}, () => recordText(record, isFull));
  }
}

function responseFields({ status, headers, body, bodyCut }: NonNullable<AttemptRecord['response']>) {
  return { status, headers, bodyBase64: Buffer.from(body).toString('base64'), bodyCut };
}

const phases = ['dns', 'connect', 'tls', 'firstByte', 'total'] as const;
const phaseNames = { dns: 'dns', connect: 'connected', tls: 'tls', firstByte: 'first byte', total: 'end' } as const;

function recordText({ timings, request, response }: AttemptRecord, isFull: boolean): string {
  const reached = phases.flatMap((phase) => {
    const ms = timings[phase];
    return ms === undefined ? [] : [`${phaseNames[phase]} ${Math.round(ms * 10) / 10} ms`];
  });
  const lines = [`after: ${reached.join(', ')}`];
  if (isFull) {
    lines.push(`${request.method} ${request.url}`, ...headerLines(request.headers));
    if (response)
      lines.push('', `HTTP ${response.status}`, ...headerLines(response.headers), '', ...bodyLines(response));
  }
  return lines.map((text) => `      ${escapeControls(text)}`.trimEnd()).join('\n');
}

function headerLines(headers: AttemptRecord['request']['headers']): string[] {
  return headers.map(([name, value]) => `${name}: ${value}`);
}

function bodyLines({ body, bodyCut }: NonNullable<AttemptRecord['response']>): string[] {
  const lines = body.length === 0 ? [] : Buffer.from(body).toString('utf8').split('\n');
  return bodyCut ? [...lines, '(the answer was longer than what is kept)'] : lines;
}
