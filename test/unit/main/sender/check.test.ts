import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { reachOf, refusedAddress } from '../../../../src/main/sender/address.ts';
import { checkHeaders, checkMethod, checkTarget } from '../../../../src/main/sender/check.ts';
import { attempt } from '../../../../src/main/sender/wire.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

const codeOf = (run: () => unknown): [string, string] => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.message];
    throw error;
  }
  return ['none', ''];
};

describe('checkTarget', () => {
  it.each([
    ['', /scheme is missing/],
    ['localhost:3000', /must be http or https, not localhost/],
    ['127.0.0.1:3000/x', /scheme is missing/],
    ['ftp://a/', /not ftp/],
    ['file:///etc/passwd', /not file/],
    ['javascript:alert(1)', /not javascript/],
    ['http://user:pass@a/', /user name or password/],
    ['http://user@a/', /user name or password/],
    ['http://', /host or port/],
    ['http://a:99999/', /host or port/],
    ['http://a b/', /blank/],
    ['http://a/a b', /blank/],
    ['http://a/a\r\nX: y', /line break/],
    ['http://a/\tb', /blank/],
    ['http://a/\u0000', /control/],
    ['http://[::1', /host or port/],
    [`http://a/${'x'.repeat(9_000)}`, /8,192/],
  ])('%s', (url, message) => {
    const [code, text] = codeOf(() => checkTarget(url));
    expect(code).toBe('SEND_INVALID_URL');
    expect(text).toMatch(message);
  });

  it.each(['http://localhost:3000', 'https://a.example/x?y=1', 'HTTP://A/', 'http://[::1]:80/', 'http://10.0.0.1/é'])(
    '%s is fine',
    (url) => {
      expect(checkTarget(url)).toBeInstanceOf(URL);
    },
  );
});

describe('checkMethod', () => {
  it.each(['', 'GE T', 'GET\r\n', 'GÉT', 'a'.repeat(65), 'CONNECT', 'connect'])('%j is refused', (method) => {
    expect(codeOf(() => checkMethod(method))[0]).toBe('SEND_INVALID_METHOD');
  });
  it.each(['GET', 'post', 'PROPFIND', 'X-Y!'])('%s is fine', (method) => {
    expect(codeOf(() => checkMethod(method))[0]).toBe('none');
  });
});

describe('hostile edits', () => {
  interface Edit {
    readonly header?: [string, string];
    readonly method?: string;
    readonly path?: string;
  }
  const { edits } = JSON.parse(readFileSync('test/fixtures/hostile/edit/edit-crlf.json', 'utf8')) as { edits: Edit[] };

  it.each(edits.map((edit) => [JSON.stringify(edit), edit] as const))('%s names its field', async (_name, edit) => {
    const run = async () => {
      await attempt({
        method: edit.method ?? 'POST',
        // A connection attempt to this address would be a different outcome, not an error.
        url: `http://127.0.0.1:9${edit.path ?? '/'}`,
        headers: edit.header ? [edit.header] : [],
        body: new Uint8Array(),
        clock: createFakeClock(),
        totalMs: 1_000,
      });
    };
    const [code, field] = edit.header
      ? ['SEND_INVALID_HEADER', edit.header[0] === '' ? 'empty name' : JSON.stringify(edit.header[0])]
      : edit.method === undefined
        ? ['SEND_INVALID_URL', 'blank']
        : ['SEND_INVALID_METHOD', 'Method'];
    await expect(run()).rejects.toMatchObject({ code, message: expect.stringContaining(field) as string });
  });

  it('é is a byte and passes', () => {
    expect(codeOf(() => checkHeaders([['X-A', 'é\tÿ']]))[0]).toBe('none');
  });
});

describe('refusedAddress', () => {
  it.each([
    '169.254.0.1',
    '169.254.169.254',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'fd00:ec2::254',
    'fd20:ce::254',
    '::ffff:169.254.169.254',
    '64:ff9b::169.254.169.254',
    '2002:a9fe:a9fe::1',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    'not an address',
  ])('%s', (address) => {
    expect(refusedAddress(address)).not.toBeNull();
  });
  it.each([
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '192.168.1.1',
    '172.16.0.1',
    'fd00::1',
    'fc00::1',
    '8.8.8.8',
    '0.0.0.0',
    '169.253.1.1',
    'fec0::1',
    '::ffff:127.0.0.1',
  ])('%s is allowed', (address) => {
    expect(refusedAddress(address)).toBeNull();
  });
  // Node's own list, asked for each rule, as the measure: every address at, before and after each edge, in every form.
  it('agrees with the system at the edges of every range', () => {
    const refused = ['169.254.0.0/16', '168.63.129.16/32', '100.100.100.200/32', '192.0.0.192/32', 'fe80::/10', 'fd00:ec2::254/128', 'fd20:ce::254/128', '64:ff9b::a9fe:0/112', '2002:a9fe::/32']; // prettier-ignore
    const machine = ['127.0.0.0/8', '0.0.0.0/8', '::/127'];
    const near = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', '64:ff9b::/32', '2002::/16']; // prettier-ignore
    const [no, inside, private_] = [refused, machine, near].map((ranges) => {
      const list = new BlockList();
      for (const range of ranges) {
        const [network = '', prefix] = range.split('/');
        list.addSubnet(network, Number(prefix), isIP(network) === 4 ? 'ipv4' : 'ipv6');
      }
      return (address: string): boolean => list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
    }) as [Judge, Judge, Judge];
    const addresses = [...refused, ...machine, ...near].flatMap(edgesOf);
    expect(addresses.length).toBeGreaterThan(150);
    for (const address of addresses) {
      expect(refusedAddress(address) !== null, address).toBe(no(address));
      const reach = inside(address) ? 'this machine' : private_(address) ? 'a private network' : 'the internet';
      expect(reachOf(address), address).toBe(reach);
    }
  });
});

type Judge = (address: string) => boolean;

/** The addresses at both ends of a range and beside them, as written in several ways. */
function edgesOf(range: string): string[] {
  const [network = '', prefix] = range.split('/');
  const isV4 = isIP(network) === 4;
  const width = isV4 ? 32n : 128n;
  const first = isV4 ? v4(network) : v6(network);
  const last = first | ((1n << (width - BigInt(prefix ?? 0))) - 1n);
  const most = (1n << width) - 1n;
  return [first - 1n, first, first + 1n, last - 1n, last, last + 1n]
    .filter((value) => value >= 0n && value <= most)
    .flatMap((value) => {
      const groups = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(16 * (7 - at))) & 0xffffn).toString(16));
      if (!isV4) return [groups.join(':'), new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)];
      const dotted = [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
      return [
        dotted,
        `::ffff:${dotted}`,
        `0:0:0:0:0:ffff:${groups[6]}:${groups[7]}`,
        `::ffff:${groups[6]}:${groups[7]}`,
      ];
    });
}

function v4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function v6(text: string): bigint {
  const [before = '', after = ''] = text.split('::');
  const [head, rest] = [before, after].map((part) => part.split(':').filter((group) => group !== '')) as [string[], string[]]; // prettier-ignore
  const groups = [...head, ...Array.from({ length: 8 - head.length - rest.length }, () => '0'), ...rest];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
