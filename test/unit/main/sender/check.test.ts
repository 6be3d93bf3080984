import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { refusedAddress } from '../../../../src/main/sender/address.ts';
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
});
