// Which fields reach the app, and which come back.

import { describe, expect, it } from 'vitest';
import { forwardHeaders, replyHeaders } from '../../../../src/main/sender/forward-headers.ts';
import { customProvider, newCustomScheme } from '../../../../src/shared/custom-scheme.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';

const options = { host: '127.0.0.1:3000', keepHost: false, trusted: false };

function headersOf(
  headers: readonly HeaderPair[],
  more: Partial<typeof options> & Pick<Parameters<typeof forwardHeaders>[1], 'signers'> = {},
  request: Partial<Parameters<typeof forwardHeaders>[0]> = {},
) {
  return forwardHeaders(
    { id: 'req_1', method: 'POST', headers, remoteAddress: '203.0.113.7', body: new Uint8Array(3), ...request },
    { ...options, ...more },
  );
}

const added = (host: string | null, from = '203.0.113.7'): HeaderPair[] => [
  ['X-Forwarded-For', from],
  ...(host === null ? [] : [['X-Forwarded-Host', host] as const]),
  ['X-Forwarded-Proto', 'http'],
  ['X-Hookbench-Request', 'req_1'],
];

describe('forwardHeaders', () => {
  it('keeps order, case and repeats, and writes Host and length in their places', () => {
    const fields = headersOf([
      ['b', '2'],
      ['hOsT', 'example.com'],
      ['A', ''],
      ['CONTENT-length', '99'],
      ['B', '1'],
    ]);
    expect(fields).toEqual([
      ['b', '2'],
      ['hOsT', '127.0.0.1:3000'],
      ['A', ''],
      ['CONTENT-length', '3'],
      ['B', '1'],
      ...added('example.com'),
    ]);
  });

  it('puts a missing Host in front and a missing length behind', () => {
    const fields = headersOf([['Transfer-Encoding', 'chunked'], ['A', '1']]); // prettier-ignore
    expect(fields).toEqual([['Host', '127.0.0.1:3000'], ['A', '1'], ['Content-Length', '3'], ...added(null)]);
  });

  it.each([
    ['GET', false],
    ['HEAD', false],
    ['DELETE', false],
    ['OPTIONS', false],
    ['POST', true],
    ['PROPFIND', true],
  ])('%s without a body gets a length: %s', (method, expected) => {
    const fields = headersOf([['Host', 'a']], {}, { method, body: new Uint8Array() });
    expect(fields.some(([name, value]) => name === 'Content-Length' && value === '0')).toBe(expected);
  });

  it('sends one Host, as received where that is asked for', () => {
    const twice: HeaderPair[] = [
      ['Host', 'one'],
      ['host', 'two'],
    ];
    expect(headersOf(twice).slice(0, 2)).toEqual([['Host', '127.0.0.1:3000'], ['Content-Length', '3']]); // prettier-ignore
    expect(headersOf(twice, { keepHost: true }).slice(0, 2)).toEqual([['Host', 'one'], ['Content-Length', '3']]); // prettier-ignore
  });

  it('drops what belongs to the connection, and what Connection lists but for signatures', () => {
    const fields = headersOf([
      ['Host', 'a'],
      ['Connection', 'close, X-Own ,stripe-signature'],
      ['CONNECTION', 'webhook-id'],
      ['x-own', '1'],
      ['Stripe-Signature', 't=1'],
      ['Webhook-Id', 'msg_1'],
      ['Keep-Alive', '1'],
      ['Proxy-Connection', 'x'],
      ['Proxy-Authorization', 'Basic x'],
      ['proxy-authenticate', 'x'],
      ['TE', 'trailers'],
      ['Trailer', 'X'],
      ['Transfer-Encoding', 'chunked'],
      ['Upgrade', 'h2c'],
      ['HTTP2-Settings', 'x'],
      ['Expect', '100-continue'],
      ['Authorization', 'Bearer kept'],
      ['Cookie', 'kept=1'],
    ]);
    expect(fields.map(([name]) => name)).toEqual([
      'Host',
      'Stripe-Signature',
      'Webhook-Id',
      'Authorization',
      'Cookie',
      'Content-Length',
      ...added('a').map(([name]) => name),
    ]);
  });

  it('knows the signature fields of a person’s own scheme', () => {
    const scheme = { ...newCustomScheme, signatureHeader: 'X-Acme-Sig' };
    const headers: HeaderPair[] = [
      ['Host', 'a'],
      ['Connection', 'X-Acme-Sig'],
      ['X-Acme-Sig', '1'],
    ];
    const names = (list: readonly HeaderPair[]) => list.map(([name]) => name);
    expect(names(headersOf(headers))).not.toContain('X-Acme-Sig');
    expect(names(headersOf(headers, { signers: [customProvider(scheme)] }))).toContain('X-Acme-Sig');
  });

  it('believes X-Forwarded fields only from a tunnel on this machine', () => {
    const headers: HeaderPair[] = [
      ['X-Forwarded-Host', 'tunnel.example'],
      ['Host', 'localhost:4100'],
      ['x-forwarded-proto', 'https'],
      ['X-Forwarded-For', '198.51.100.1'],
      ['x-forwarded-for', '198.51.100.2'],
      ['X-Hookbench-Request', 'req_old'],
    ];
    const rest: HeaderPair[] = [
      ['Host', '127.0.0.1:3000'],
      ['Content-Length', '3'],
    ];
    expect(headersOf(headers)).toEqual([...rest, ...added('localhost:4100')]);
    expect(headersOf(headers, { trusted: true }, { remoteAddress: '::ffff:127.0.0.1' })).toEqual([
      ['X-Forwarded-Host', 'tunnel.example'],
      ['Host', '127.0.0.1:3000'],
      ['x-forwarded-proto', 'https'],
      ['Content-Length', '3'],
      ['X-Forwarded-For', '198.51.100.1, 198.51.100.2, 127.0.0.1'],
      ['X-Hookbench-Request', 'req_1'],
    ]);
    expect(headersOf([['Host', 'h']], { trusted: true })).toEqual([...rest, ...added('h')]);
  });
});

describe('replyHeaders', () => {
  it('keeps end-to-end fields as they came', () => {
    const kept: HeaderPair[] = [
      ['set-cookie', 'a'],
      ['Set-Cookie', 'b'],
      ['Content-Length', '2'],
      ['Location', '/x'],
    ];
    const gone: HeaderPair[] = [
      ['Connection', 'keep-alive, X-Hop'],
      ['X-Hop', '1'],
      ['Keep-Alive', 'timeout=5'],
      ['Transfer-Encoding', 'chunked'],
      ['Trailer', 'X'],
      ['Upgrade', 'x'],
      ['Proxy-Authenticate', 'x'],
    ];
    expect(replyHeaders([...gone, ...kept])).toEqual(kept);
  });
});
