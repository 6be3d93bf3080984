import { describe, expect, it } from 'vitest';
import { leadsInwards, reachOf } from '../../../../src/main/sender/address.ts';
import { findAddresses } from '../../../../src/main/sender/connect.ts';
import { nextHop } from '../../../../src/main/sender/redirects.ts';
import type { Hop } from '../../../../src/main/sender/redirects.ts';

const hop = (more: Partial<Hop> = {}): Hop => ({
  url: new URL('http://a.test/in'),
  method: 'POST',
  headers: [
    ['Content-Type', 'application/json'],
    ['Authorization', 'Bearer x'],
    ['webhook-signature', 'v1,x'],
    ['User-Agent', 'me'],
    ['Accept', '*/*'],
  ],
  body: new Uint8Array([1, 2]),
  ...more,
});

const next = (from: Hop, status: number, location: string, secretHeaders?: readonly string[]) =>
  nextHop(from, status, [['location', location]], { seen: [from], secretHeaders });

function followed(result: ReturnType<typeof nextHop>) {
  if (result.kind === 'stop') throw new Error(result.why);
  const { hop: made, carries } = result;
  return {
    url: made.url.href,
    method: made.method,
    names: made.headers.map(([name]) => name),
    size: made.body.length,
    carries,
  };
}

describe('within the origin @sending 3', () => {
  it.each([307, 308])('%d keeps the whole message', (status) => {
    expect(followed(next(hop(), status, '/other?x=1#part'))).toEqual({
      url: 'http://a.test/other?x=1',
      method: 'POST',
      names: ['Content-Type', 'Authorization', 'webhook-signature', 'User-Agent', 'Accept'],
      size: 2,
      carries: true,
    });
  });

  it.each([
    [301, 'POST', 'GET', false],
    [302, 'POST', 'GET', false],
    [303, 'POST', 'GET', true],
    [303, 'PUT', 'GET', true],
    [301, 'PUT', 'PUT', true],
    [302, 'DELETE', 'DELETE', true],
    [303, 'GET', 'GET', true],
  ])('%d to a %s asks for a %s; carries the message: %s', (status, method, then, carries) => {
    const made = followed(next(hop({ method }), status, '/other'));
    expect(made).toMatchObject({ method: then, carries });
    expect(made.names.includes('Content-Type')).toBe(then === method);
  });
});

describe('to another origin @sending 3', () => {
  it.each(['http://b.test/', 'http://a.test:81/', 'https://a.test/', '//b.test/x'])('%s', (location) => {
    expect(followed(next(hop(), 307, location))).toMatchObject({
      method: 'POST',
      names: ['User-Agent', 'Accept'],
      size: 0,
      carries: false,
    });
  });

  it('fields that are named as secret stay behind whatever they are', () => {
    expect(followed(next(hop(), 307, 'http://b.test/', ['user-agent'])).names).toEqual(['Accept']);
  });

  it('what was dropped does not come back', () => {
    const away = next(hop(), 307, 'http://b.test/');
    if (away.kind === 'stop') throw new Error(away.why);
    const back = nextHop(away.hop, 307, [['Location', 'http://a.test/again']], { seen: [hop(), away.hop] });
    expect(followed(back)).toMatchObject({ url: 'http://a.test/again', size: 0, names: ['User-Agent', 'Accept'] });
  });
});

describe('what is not followed @sending 3', () => {
  it.each([
    ['file:///etc/passwd', /not an address/],
    ['ftp://b.test/', /not an address/],
    ['javascript:alert(1)', /not an address/],
    ['http://user:pass@b.test/', /not an address/],
    ['http://', /not an address/],
    ['/in', /circle/],
    ['#part', /circle/],
  ])('%s', (location, why) => {
    const result = next(hop(), 307, location);
    expect(result.kind === 'stop' ? result.why : '').toMatch(why);
  });

  it('https to http, no Location, more than five', () => {
    const secure = hop({ url: new URL('https://a.test/in') });
    expect(next(secure, 308, 'http://a.test/in')).toMatchObject({ kind: 'stop' });
    expect(nextHop(hop(), 302, [], { seen: [hop()] })).toMatchObject({ kind: 'stop' });
    const seen = [1, 2, 3, 4, 5].map((n) => hop({ url: new URL(`http://a.test/${n}`) }));
    const fifth = nextHop(hop(), 307, [['Location', '/new']], { seen });
    expect(fifth.kind).toBe('follow');
    const sixth = nextHop(hop(), 307, [['Location', '/new']], { seen: [...seen, hop()] });
    expect(sixth).toMatchObject({ kind: 'stop', why: 'at most 5 are followed' });
  });
});

describe('how far inside an address lies', () => {
  it.each([
    ['127.0.0.1', 'this machine'],
    ['0.0.0.0', 'this machine'],
    ['::1', 'this machine'],
    ['::', 'this machine'],
    ['::ffff:127.0.0.1', 'this machine'],
    ['10.1.2.3', 'a private network'],
    ['172.31.0.1', 'a private network'],
    ['192.168.1.1', 'a private network'],
    ['100.64.1.1', 'a private network'],
    ['fd12::1', 'a private network'],
    ['fe80::1%eth0', 'a private network'],
    ['8.8.8.8', 'the internet'],
    ['172.32.0.1', 'the internet'],
    ['2606:4700::1111', 'the internet'],
  ])('%s: %s', (address, reach) => {
    expect(reachOf(address)).toBe(reach);
  });

  it('a redirect may lead outwards or stay, never inwards', async () => {
    expect(leadsInwards('the internet', 'a private network')).toBe(true);
    expect(leadsInwards('this machine', 'the internet')).toBe(false);
    const at = (address: string) => async () => [{ address, family: 4 as const }];
    const go = (address: string, redirectedFrom: Parameters<typeof leadsInwards>[0]) =>
      findAddresses(new URL('http://b.test/'), at(address), { redirectedFrom });
    expect(await go('127.0.0.1', 'this machine')).toHaveLength(1);
    expect(await go('8.8.8.8', 'a private network')).toHaveLength(1);
    expect(await go('127.0.0.1', 'a private network')).toMatchObject({ outcome: 'blocked-address' });
    expect(await go('10.0.0.1', 'the internet')).toMatchObject({
      outcome: 'blocked-address',
      message: 'nothing is sent to b.test: a redirect from the internet may not lead to a private network',
    });
  });

  it('link-local and metadata addresses: only where a person allowed them', async () => {
    for (const address of ['169.254.169.254', '100.100.100.200', '168.63.129.16']) {
      const url = new URL(`http://${address}/`);
      expect(await findAddresses(url)).toMatchObject({
        outcome: 'blocked-address',
        message: expect.stringContaining('allow link-local and metadata addresses at the target') as string,
      });
      expect(await findAddresses(url, undefined, { allowLinkLocal: true })).toEqual([{ address, family: 4 }]);
    }
    const odd = async () => [{ address: 'nonsense', family: 4 as const }];
    const url = new URL('http://b.test/');
    expect(await findAddresses(url, odd, { allowLinkLocal: true })).toMatchObject({ outcome: 'blocked-address' });
  });
});
