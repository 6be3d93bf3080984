// Rows for the tests of formats.
import { createHash } from 'node:crypto';
import type { ExportRequest, ExportRow } from '../../../../src/main/formats/export-row.ts';

export function makeRow(change: Partial<ExportRequest> = {}, body: Uint8Array | string = ''): ExportRow {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const request: ExportRequest = {
    id: 'req_0123456789abcdefghjk',
    seq: 1,
    receivedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    method: 'POST',
    target: '/in/stripe?x=1',
    endpoint: 'default',
    provider: 'stripe',
    event: 'invoice.paid',
    deliveryId: 'evt_1',
    remoteAddress: '127.0.0.1',
    size: bytes.byteLength,
    truncated: false,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    verdict: { status: 'valid', reason: 'ok', message: 'The signature is right.', warnings: [], diagnosis: [] },
    duplicate: { kind: 'first', of: null, n: 1 },
    reply: { status: 200, challenge: false, ms: 4 },
    httpVersion: '1.1',
    headers: [
      ['Host', '127.0.0.1:4100'],
      ['Content-Type', 'application/json'],
      ['Content-Length', String(bytes.byteLength)],
    ],
    trailers: [],
    storedSize: bytes.byteLength,
    ...change,
  };
  return { request, body: bytes };
}
