// Requests as nobody would write them by hand, made from a seed: binary and empty bodies, repeated and odd headers,
// unicode, control characters, strange targets. What the formats must carry or say that they do not.

import { createHash } from 'node:crypto';
import type { ExportRequest, ExportRow } from '../../src/main/formats/export-row.ts';
import type { HeaderPair } from '../../src/shared/headers.ts';

/** A small generator of pseudo-random numbers in [0, 1) (mulberry32): the same seed gives the same rows everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `count` odd rows. */
export function oddRows(count: number, seed = 1): ExportRow[] {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const bodies: readonly (() => Uint8Array)[] = [
    () => new Uint8Array(0),
    () => Uint8Array.from({ length: below(400) }, () => below(256)),
    () => text(JSON.stringify({ id: `evt_${below(1e6)}`, n: below(1e9), list: [1, 2.5, null, 'ü'], __proto: {} })),
    () => text('{"__proto__":{"polluted":true},"big":12345678901234567890,"a":1,"a":2}'),
    () => text(`line\r\nline\n\tend ${'x'.repeat(below(2_000))}\n`),
    () => text('### not a separator\n< ./file\n# comment {{variable}} <%= x %>'),
    () => text('a=1&a=2&payload=%7B%22x%22%3A1%7D&empty='),
    () => text('it\'s "quoted" `ticks` $HOME $(id) \\ back\u0000slash \u001b[31m \u202e \u2028 \ufeff 😀'),
    () => text('@/etc/passwd'),
    () => text('=1+1'),
    () => text('\ufeff{"bom":true}'),
    () => text(`"${'é'.repeat(below(30_000))}"`),
  ];
  const types = [
    'application/json',
    'text/xml',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    '',
    'x',
  ];
  const targets = [
    '/',
    '/in/stripe?x=1&x=2',
    '/a b',
    '/%ff/%zz',
    "/it's?q=%22",
    '*',
    '/..//./x',
    '/\u00e9',
    '/{{id}}',
    'http://h/p',
  ];
  return Array.from({ length: count }, (_, n) => {
    const body = one(bodies)();
    const headers: HeaderPair[] = [
      ['Host', one(['127.0.0.1:4100', 'example.test', '[::1]:80', 'bad host'])],
      ['Content-Length', String(body.byteLength)],
      ['X-Repeat', 'one'],
      ['x-repeat', 'two'],
      ['X-Empty', ''],
      ['X-Latin', '\u00e9\u00ff'],
      ['X-Odd', one(['=cmd', '«', 'a;b', '"q"', "it's", '%s %n', '{{x}}', '\t tab'])],
    ];
    const type = one(types);
    if (type !== '') headers.push(['Content-Type', type]);
    const request: ExportRequest = {
      id: `req_${String(n).padStart(20, '0')}`,
      seq: n + 1,
      receivedAt: Date.UTC(2026, 0, 1) + n * 1_000,
      method: one(['POST', 'PUT', 'GET', 'DELETE', 'QUERY', 'PATCH']),
      target: one(targets),
      endpoint: 'default',
      provider: one(['stripe', 'github', null]),
      event: one(['invoice.paid', 'push', null, '=1+1', '<b>', '日本']),
      deliveryId: one([`evt_${n}`, null, '+1', '-']),
      remoteAddress: '127.0.0.1',
      size: body.byteLength,
      truncated: false,
      sha256: createHash('sha256').update(body).digest('hex'),
      verdict: { status: 'unverified', reason: 'no-secret', message: 'No secret is set.', warnings: [], diagnosis: [] },
      duplicate: { kind: 'first', of: null, n: 1 },
      reply: { status: one([200, 503, null]), challenge: false, ms: below(50) },
      httpVersion: '1.1',
      headers,
      trailers: [],
      storedSize: body.byteLength,
      ...(below(4) === 0 && { note: one(['=note', 'a "b"', '日本\n']) }),
    };
    return { request, body };
  });
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
