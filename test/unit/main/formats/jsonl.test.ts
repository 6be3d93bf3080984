import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import {
  attemptLine,
  deliveryLine,
  jsonText,
  refusedLine,
  requestLine,
  rowLine,
  verdictObject,
} from '../../../../src/main/formats/jsonl.ts';
import { makeRow } from './rows.ts';

const requestFields = [
  'type',
  'id',
  'seq',
  'receivedAt',
  'method',
  'target',
  'endpoint',
  'provider',
  'event',
  'deliveryId',
  'remoteAddress',
  'size',
  'truncated',
  'sha256',
  'verdict',
  'duplicate',
  'reply',
];

const attempt = {
  n: 1,
  at: 5,
  outcome: 'http-status',
  status: 500,
  ms: 7,
  nextAt: 1_005,
  message: 'HTTP 500',
} as const;
const delivery: Delivery = {
  id: 'dlv_1',
  message: {
    messageId: 'msg_1',
    provider: 'generic',
    event: 'a.b',
    method: 'POST',
    headers: [],
    bodyHash: 'ff',
    bodySize: 0,
    signature: 'fresh',
  },
  targetId: 'shop',
  url: 'http://127.0.0.1:1/',
  state: 'waiting',
  attempts: [attempt],
  nextAt: 1_005,
  secretName: 'test key',
  schedule: 'quick',
  speed: 1,
  createdAt: 3,
};

describe('JSON lines', () => {
  it('prints a request with the published fields, in order, without headers and body', () => {
    const line = requestLine(makeRow({}, '{}').request);
    expect(Object.keys(line)).toEqual(requestFields);
    expect(line).toMatchObject({
      type: 'request',
      reply: { status: 200, challenge: false },
      duplicate: { kind: 'first', of: null },
    });
    expect(Object.keys(line.verdict)).toEqual(['status', 'reason', 'message', 'warnings', 'diagnosis']);
  });

  it('adds headers as pairs and the bytes as base64', () => {
    const row = makeRow(
      {
        headers: [
          ['A', '1'],
          ['a', '2'],
        ],
      },
      new Uint8Array([0, 255, 10]),
    );
    const line = JSON.parse(rowLine(row)) as Record<string, unknown>;
    expect(Object.keys(line)).toEqual([...requestFields, 'headers', 'bodyBase64']);
    expect(line['headers']).toEqual([
      ['A', '1'],
      ['a', '2'],
    ]);
    expect(line['bodyBase64']).toBe('AP8K');
  });

  it('marks a redacted row and keeps the hash of the original', () => {
    const row = makeRow({}, 'x');
    const line = JSON.parse(rowLine({ ...row, body: new Uint8Array([1]), redacted: true })) as Record<string, unknown>;
    expect(line).toMatchObject({ redacted: true, sha256: row.request.sha256 });
  });

  it('encodes only the view of a larger buffer', () => {
    const body = new Uint8Array([9, 9, 65, 66, 9]).subarray(2, 4);
    expect(requestLine(makeRow().request, { headers: [], body })).toMatchObject({ bodyBase64: 'QUI=' });
  });

  it('keeps what a verdict knows besides the five fields', () => {
    const verdict = { ...makeRow().request.verdict, scheme: 'stripe-v1', secretName: 'live' };
    expect(verdictObject(verdict)).toEqual(verdict);
  });

  it('prints deliveries, attempts and refusals', () => {
    expect(Object.keys(deliveryLine(delivery))).toEqual([
      'type',
      'id',
      'messageId',
      'target',
      'url',
      'event',
      'state',
      'attempts',
      'nextAt',
      'secretName',
      'createdAt',
    ]);
    expect(deliveryLine(delivery).attempts).toEqual([attempt]);
    expect(
      deliveryLine({ ...delivery, state: 'parked', parkedReason: 'gone', redriveOf: 'dlv_0', replayOf: 'req_1' }),
    ).toMatchObject({ reason: 'gone', redriveOf: 'dlv_0', replayOf: 'req_1' });
    expect(attemptLine('dlv_1', attempt)).toEqual({ type: 'attempt', delivery: 'dlv_1', ...attempt });
    const entry = {
      reason: 'busy',
      status: 503,
      at: 1,
      remoteAddress: '::1',
      bytes: 2,
      head: new Uint8Array([71, 69]),
    } as const;
    expect(refusedLine(entry)).toEqual({
      type: 'refused',
      reason: 'busy',
      status: 503,
      at: 1,
      remoteAddress: '::1',
      bytes: 2,
      headBase64: 'R0U=',
    });
  });

  it('leaves no control, bidi or invisible character in a line, and the text reads back the same', () => {
    const nasty = Array.from({ length: 0x3000 }, (_, i) => String.fromCharCode(i)).join('') + '\ufeff\ud800';
    const text = jsonText({ nasty });
    expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u);
    expect(JSON.parse(text)).toEqual({ nasty });
  });
});
