import { describe, expect, it } from 'vitest';
import { passageThrough } from '../../../../src/main/tunnels/passage.ts';
import type { OpenTunnel } from '../../../../src/main/tunnels/passage.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';

const open = (publicUrl: string, more: Partial<OpenTunnel> = {}): OpenTunnel => ({
  id: 't1',
  kind: 'ngrok',
  publicUrl,
  delivers: null,
  ...more,
});
const head = (headers: readonly HeaderPair[], remoteAddress = '127.0.0.1') => ({
  method: 'POST',
  target: '/',
  headers,
  remoteAddress,
});
const ngrok = open('https://x.ngrok.app');

it('knows a request by its public host', () => {
  const sender = (headers: readonly HeaderPair[], address?: string) => passageThrough(head(headers, address), [ngrok]);
  const passed = { tunnelId: 't1', sender: null, trusted: true, named: true };
  expect(sender([['Host', 'x.ngrok.app']])).toEqual(passed);
  expect(sender([['host', 'X.ngrok.app:443']], '::ffff:127.0.0.1')).toEqual(passed);
  expect(sender([['Host', 'x.ngrok.app.:8443']], '::1')).toEqual(passed);
  expect(sender([['Host', 'localhost:4100']])).toBeNull();
  expect(sender([['Host', 'y.x.ngrok.app']])).toBeNull();
  expect(sender([['Host', 'x.ngrok.app']], '192.0.2.1')).toBeNull();
  expect(passageThrough(head([['Host', 'x.ngrok.app']]), [])).toBeNull();
});

it('believes only the address that the tunnel appended', () => {
  const sender = (value: string, tunnel = ngrok) =>
    passageThrough(
      head([
        ['Host', new URL(tunnel.publicUrl ?? '').host],
        ['X-Forwarded-For', value],
      ]),
      [tunnel],
    )?.sender;
  expect(sender('10.0.0.1, 203.0.113.9')).toBe('203.0.113.9');
  expect(sender('203.0.113.9:5123')).toBe('203.0.113.9');
  expect(sender('2001:db8::1')).toBe('2001:db8::1');
  expect(sender('[2001:db8::1]:99')).toBe('2001:db8::1');
  expect(sender('unknown')).toBeNull();
  expect(sender('203.0.113.9, evil')).toBeNull();
  // Nothing stands before a plain forward: the header is the sender's own word.
  expect(sender('203.0.113.9', open('http://198.51.100.7:8080', { kind: 'ssh' }))).toBeNull();
  expect(sender('203.0.113.9', open('https://c.example.com', { kind: 'cloudflared' }))).toBeNull();
  const cloudflare = head([
    ['Host', 'c.example.com'],
    ['CF-Connecting-IP', '203.0.113.9'],
    ['X-Forwarded-For', '1.1.1.1'],
  ]);
  expect(passageThrough(cloudflare, [open('https://c.example.com', { kind: 'cloudflared' })])?.sender).toBe(
    '203.0.113.9',
  );
});

it('knows what a channel hands over by the request itself', () => {
  const request = head([
    ['Host', 'smee.io'],
    ['X-Forwarded-For', '203.0.113.9'],
  ]);
  const one = open('https://smee.io/one', { id: 'one', kind: 'smee', delivers: () => false });
  const two = open('https://smee.io/two', { id: 'two', kind: 'smee', delivers: (given) => given === request });
  expect(passageThrough(request, [one, two])).toEqual({
    tunnelId: 'two',
    sender: null,
    trusted: false,
    named: true,
  });
  expect(passageThrough({ ...request }, [one, two])).toBeNull();
});

it('takes a forwarded host only from an agent that may have written the host anew', () => {
  const request = head([
    ['Host', 'localhost:4100'],
    ['X-Forwarded-Host', 'x.ngrok.app'],
    ['X-Forwarded-For', '203.0.113.9'],
  ]);
  const attached = open('https://x.ngrok.app', { kind: 'attach' });
  expect(passageThrough(request, [attached])).toMatchObject({ sender: '203.0.113.9', trusted: true });
  const others = (['ngrok', 'cloudflared'] as const).map((kind) => open('https://x.ngrok.app', { kind }));
  expect(others.map((tunnel) => passageThrough(request, [tunnel]))).toEqual([null, null]);
  // It stands in front of the other one, too, where the sender wrote it.
  const forged = head([
    ['Host', 'x.ngrok.app'],
    ['X-Forwarded-Host', 'c.example.com'],
    ['CF-Connecting-IP', '192.0.2.1'],
    ['X-Forwarded-For', '203.0.113.9'],
  ]);
  const cloudflare = open('https://c.example.com', { id: 'cf', kind: 'cloudflared' });
  expect(passageThrough(forged, [cloudflare, ngrok])).toMatchObject({ tunnelId: 't1', sender: '203.0.113.9' });
});

describe.each(['ssh', 'command'] as const)('while a raw tunnel (%s) runs', (kind) => {
  const raw = open('http://198.51.100.7:8080', { id: 'raw', kind });
  const outside = { tunnelId: 'raw', sender: null, trusted: false };

  it.each(['localhost', '127.0.0.1:4100', 'x.ngrok.example', ''])(
    'a stranger who writes the host "%s" is one',
    (host) => {
      const request = head([
        ['Host', host],
        ['X-Forwarded-For', '127.0.0.1'],
      ]);
      expect(passageThrough(request, [raw])).toMatchObject(outside);
      expect(passageThrough(request, [{ ...raw, publicUrl: null }])).toMatchObject({ ...outside, named: false });
      expect(passageThrough({ ...request, remoteAddress: '192.0.2.1' }, [raw])).toBeNull();
    },
  );

  it('what a request says of its sender is believed of no tunnel', () => {
    const cloudflare = open('https://c.example.com', { id: 'cf', kind: 'cloudflared' });
    const forged = head([
      ['Host', 'c.example.com'],
      ['CF-Connecting-IP', '192.0.2.1'],
    ]);
    const believed = { tunnelId: 'cf', sender: '192.0.2.1', trusted: true };
    expect(passageThrough(forged, [cloudflare])).toMatchObject(believed);
    for (const all of [
      [cloudflare, raw],
      [{ ...raw, publicUrl: null }, cloudflare],
    ]) {
      expect(passageThrough(forged, all)).toMatchObject({ ...believed, sender: null, trusted: false });
    }
  });

  it('a request that names it is its own', () => {
    expect(passageThrough(head([['Host', '198.51.100.7:8080']]), [raw])).toEqual({ ...outside, named: true });
  });
});
