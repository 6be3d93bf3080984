// Addresses that could never be forwarded to.

import { expect, it } from 'vitest';
import { forwardFault } from '../../../../src/main/sender/forward-address.ts';

it.each(['http://localhost:3000/webhooks', 'https://app.example/a@b?c=d@e', 'http://10.1.2.3/', 'http://[::1]:3000'])(
  '%s may be forwarded to',
  (url) => {
    expect(forwardFault(url)).toBeNull();
  },
);

it.each([
  'http://u:p4ssw0rd@localhost:3/',
  'http://p4ssw0rd@localhost/',
  'http://u:p4ssw0rd@',
  'http:\\\\u:p4ssw0rd@h/',
])('%s is refused, and its password is not repeated', (url) => {
  expect(forwardFault(url)).toContain('user name or password');
  expect(forwardFault(url)).not.toContain('p4ssw0rd');
});

it.each(['http://169.254.169.254/', 'http://2852039166/', 'http://[fe80::1]/', 'http://[::ffff:a9fe:a9fe]/'])(
  '%s is link-local in any spelling',
  (url) => {
    expect(forwardFault(url)).toMatch(/^Nothing is sent to .* \(link-local/);
  },
);

it('what is no address is told as such', () => {
  expect(forwardFault('http://host:99999/')).toContain('the host or port is not valid');
  expect(forwardFault('ftp://host/')).toContain('must be http or https');
});
