import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkExternalUrl } from '../../../../src/main/electron/external-url.ts';

const corpus = readFileSync(new URL('../../../fixtures/hostile/payload/url-schemes.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean);
/** Of the corpus only this one is a web address; its odd host is shown as it is before anything opens. */
const web = 'https://xn--80ak6aa92e.example/';

describe('addresses for the browser', () => {
  it('the corpus is there', () => expect(corpus.length).toBeGreaterThanOrEqual(25));

  it.each(corpus.filter((url) => url !== web))('refuses %j', (url) => {
    expect(() => checkExternalUrl(url)).toThrowError(expect.objectContaining({ code: 'SEND_INVALID_URL' }));
  });

  it.each([
    '',
    ' http://x/',
    'http://x/\n',
    'http://x/\u202e',
    'http://',
    `http://x/${'a'.repeat(9_000)}`,
    'HTTPS\t://x',
  ])('refuses %j', (url) => {
    expect(() => checkExternalUrl(url)).toThrow('http and https');
  });

  it('passes http and https in normal form', () => {
    expect(checkExternalUrl('HTTP://Example.com:80/a?b#c')).toBe('http://example.com/a?b#c');
    expect(checkExternalUrl('https://docs.stripe.com/webhooks')).toBe('https://docs.stripe.com/webhooks');
    expect(checkExternalUrl(web)).toBe(web);
    expect(checkExternalUrl('http://аpple.example/')).toBe('http://xn--pple-43d.example/');
  });
});
