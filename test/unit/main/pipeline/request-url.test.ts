// Which URL a check uses, and how it is known.

import { describe, expect, it } from 'vitest';
import { requestUrl } from '../../../../src/main/pipeline/request-url.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';

const endpoint = { path: '/in/square', publicUrl: null, trustForwarded: false };
const plain = {
  target: '/in/square?a=1',
  headers: [['Host', 'localhost:4100']] as readonly HeaderPair[],
  remoteAddress: '127.0.0.1',
};
const forwarded: readonly HeaderPair[] = [
  ['Host', 'localhost:4100'],
  ['X-Forwarded-Host', 'abc.tunnel.example, inner'],
  ['X-Forwarded-Proto', 'HTTPS'],
];

describe('requestUrl', () => {
  it('takes the request as received where nothing else is known', () => {
    expect(requestUrl(plain, endpoint)).toEqual({ url: 'http://localhost:4100/in/square?a=1', source: 'received' });
    expect(requestUrl({ ...plain, target: 'http://other/in' }, endpoint).url).toBe('http://other/in');
    expect(requestUrl({ ...plain, headers: [] }, endpoint).url).toBe('http:///in/square?a=1');
  });

  it.each([
    ['https://t.example', 'https://t.example/in/square?a=1'],
    ['https://t.example/', 'https://t.example/in/square?a=1'],
    ['https://t.example:8443', 'https://t.example:8443/in/square?a=1'],
    ['https://t.example/hooks/sq', 'https://t.example/hooks/sq?a=1'],
    ['https://t.example/hooks/sq/', 'https://t.example/hooks/sq/?a=1'],
    ['https://t.example/hooks/sq?key=2', 'https://t.example/hooks/sq?a=1'],
  ])('puts what arrived under the configured URL %s', (publicUrl, url) => {
    expect(requestUrl(plain, { ...endpoint, publicUrl })).toEqual({ url, source: 'configured' });
  });

  it('keeps what follows the endpoint’s path', () => {
    const publicUrl = 'https://t.example/hooks/';
    expect(requestUrl({ ...plain, target: '/in/square/team/7' }, { ...endpoint, publicUrl }).url).toBe(
      'https://t.example/hooks/team/7',
    );
    expect(requestUrl({ ...plain, target: 'http://x/in/square/7' }, { ...endpoint, publicUrl }).url).toBe(
      'https://t.example/hooks/7',
    );
  });

  it('believes a forwarded host only where the endpoint trusts it and this machine sent it', () => {
    const request = { ...plain, headers: forwarded };
    const trusting = { ...endpoint, trustForwarded: true };
    expect(requestUrl(request, endpoint).source).toBe('received');
    expect(requestUrl({ ...request, remoteAddress: '192.0.2.7' }, trusting).source).toBe('received');
    for (const remoteAddress of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      expect(requestUrl({ ...request, remoteAddress }, trusting)).toEqual({
        url: 'https://abc.tunnel.example/in/square?a=1',
        source: 'forwarded',
      });
    }
  });

  it.each([
    ['evil.example/path?', 'https'],
    ['a b', 'https'],
    ['user@host', 'https'],
    ['ok.example', 'javascript'],
    ['ok.example', ''],
  ])('does not build a URL from the forwarded host %s and protocol %s', (host, protocol) => {
    const headers: HeaderPair[] = [
      ['Host', 'localhost'],
      ['X-Forwarded-Host', host],
      ['X-Forwarded-Proto', protocol],
    ];
    expect(requestUrl({ ...plain, headers }, { ...endpoint, trustForwarded: true }).source).toBe('received');
  });

  it('takes the Host header with a forwarded protocol alone', () => {
    const headers: HeaderPair[] = [
      ['Host', 'abc.tunnel.example'],
      ['X-Forwarded-Proto', 'https'],
    ];
    expect(requestUrl({ ...plain, headers }, { ...endpoint, trustForwarded: true })).toEqual({
      url: 'https://abc.tunnel.example/in/square?a=1',
      source: 'forwarded',
    });
  });

  it('takes the origin of our own tunnel, unless a public URL is set', () => {
    const tunnelOrigin = 'https://own.tunnel.example';
    const hints = { tunnelOrigin };
    expect(requestUrl(plain, endpoint, hints)).toEqual({
      url: 'https://own.tunnel.example/in/square?a=1',
      source: 'forwarded',
    });
    const configured = { ...endpoint, publicUrl: 'https://set.example' };
    expect(requestUrl(plain, configured, hints).source).toBe('configured');
  });

  it('goes by what an earlier check of the request knew', () => {
    const earlier = { url: 'https://gone.tunnel.example/in/square?a=1', urlSource: 'forwarded' } as const;
    expect(requestUrl(plain, endpoint, { earlier })).toEqual({ url: earlier.url, source: 'forwarded' });
    expect(requestUrl(plain, endpoint, { earlier: { ...earlier, urlSource: 'received' } }).source).toBe('received');
    expect(requestUrl(plain, { ...endpoint, publicUrl: 'https://set.example' }, { earlier }).source).toBe('configured');
  });
});
