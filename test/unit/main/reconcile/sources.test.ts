// What a person writes to choose what is pulled; every mistake is named.

import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/shared/errors.ts';
import { createSource, sourceIds } from '../../../../src/main/reconcile/sources.ts';

const generic = {
  url: 'https://api.example.test/events?tenant=7',
  itemsPath: 'data',
  idPath: 'id',
  timePath: 'at',
  timeUnit: 'iso',
  page: { kind: 'none' },
};

/** Message of the error of a wrong configuration. */
function complaint(id: string, config: unknown): string {
  try {
    createSource(id, config);
  } catch (error) {
    if (error instanceof AppError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no error';
}

describe('createSource', () => {
  it('knows five sources', () => {
    expect(sourceIds).toEqual(['github', 'stripe', 'svix', 'shopify', 'generic']);
    expect(complaint('gitlab', {})).toContain('CONFIG_UNKNOWN_PROVIDER');
  });

  it.each([
    ['github', { owner: 'o', repo: 'r', hookId: 5 }, 'github repos/o/r/hooks/5'],
    ['github', { org: 'o', hookId: '5' }, 'github orgs/o/hooks/5'],
    ['stripe', null, 'stripe events'],
    ['svix', { appId: 'app_1' }, 'svix app_1'],
    ['svix', { appId: 'app_1', endpointId: 'ep_1' }, 'svix app_1/ep_1'],
    ['shopify', { shop: 'a.myshopify.com' }, 'shopify a.myshopify.com orders/create'],
    ['generic', generic, 'generic https://api.example.test/events'],
    ['generic', { ...generic, url: 'http://127.0.0.1:8080/x' }, 'generic http://127.0.0.1:8080/x'],
  ])('%s %j', (id, config, scope) => {
    expect(createSource(id, config)).toMatchObject({ id, scope });
  });

  it.each([
    ['github', null, 'owner: is missing'],
    ['github', 'text', 'The configuration: must be a JSON object'],
    ['github', [], 'owner: is missing'],
    ['github', { owner: 'o', repo: '..', hookId: 5 }, 'repo: must be letters'],
    ['github', { owner: 'o', repo: 'a/b', hookId: 5 }, 'repo: must be letters'],
    ['github', { owner: 5, repo: 'a', hookId: 5 }, 'owner: must be string'],
    ['github', { owner: 'o', repo: 'a', hookId: 'x' }, 'hookId: must be the number of the hook'],
    ['github', { owner: 'o', repo: 'a', hookId: null }, 'hookId: must be the number of the hook'],
    ['github', { org: 'o', repo: 'a', hookId: 5 }, 'repo: is not a known field'],
    ['stripe', { account: 'x' }, 'account: is not a known field'],
    ['svix', { appId: '../x' }, 'appId: must be an id or uid'],
    ['shopify', { shop: 'evil.test' }, 'shop: must be the name.myshopify.com address'],
    ['shopify', { shop: 'a.myshopify.com', topic: 'orders/paid' }, 'topic: must be one of orders/create'],
    ['shopify', { shop: 'a.myshopify.com', apiVersion: 'x' }, 'apiVersion: must be a version'],
    ['generic', { ...generic, url: 'http://api.example.test/' }, 'url: must start with https://'],
    ['generic', { ...generic, url: 'https://u:p@api.example.test/' }, 'url: must not hold a user name'],
    ['generic', { ...generic, url: 'x' }, 'url: must be a full https:// address'],
    ['generic', { ...generic, method: 'PUT' }, 'method: must be GET or POST'],
    ['generic', { ...generic, headers: { Host: 'x' } }, 'headers.Host: must not be a header that Hookbench writes'],
    ['generic', { ...generic, headers: { 'X-A': 'a\r\nb' } }, 'headers.X-A: must be printable ASCII'],
    ['generic', { ...generic, headers: 'x' }, 'headers: must be an object of names'],
    ['generic', { ...generic, tokenHeader: 'a b' }, 'tokenHeader: must be a header name'],
    ['generic', { ...generic, idPath: '' }, 'idPath: must not be empty'],
    ['generic', { ...generic, itemsPath: 7 }, 'itemsPath: must be a dotted path'],
    ['generic', { ...generic, timeUnit: 'hours' }, 'timeUnit: must be seconds, milliseconds or iso'],
    ['generic', { ...generic, timePath: undefined }, 'timePath: is missing'],
    ['generic', { ...generic, page: { kind: 'offset' } }, 'page.kind: must have a kind'],
    ['generic', { ...generic, page: { kind: 'page', param: 'p', start: 1.5 } }, 'page.start: must be a whole number'],
    ['generic', { ...generic, page: { kind: 'cursor', path: 'next', param: 'a&b' } }, 'page.param: must be the name'],
    ['generic', { ...generic, page: undefined }, 'page: is missing'],
    ['generic', { ...generic, extra: 1 }, 'extra: is not a known field'],
  ])('%s %j: %s', (id, config, message) => {
    expect(complaint(id, config)).toContain(`CONFIG_INVALID ${message}`);
  });
});

describe('the token', () => {
  it('goes where the generic description says', () => {
    const headers = (more: object, token: string): unknown =>
      createSource('generic', { ...generic, ...more })
        .headers(token)
        .at(-1);
    expect(headers({}, 'abc')).toEqual(['Authorization', 'Bearer abc']);
    expect(headers({}, 'Basic abc')).toEqual(['Authorization', 'Basic abc']);
    expect(headers({ tokenHeader: 'X-Api-Key' }, 'abc')).toEqual(['X-Api-Key', 'abc']);
    expect(createSource('generic', generic).headers(null)).toEqual([]);
  });

  it.each([
    ['sk_EXAMPLE.eu', 'https://api.eu.svix.com'],
    ['sk_EXAMPLE', 'https://api.svix.com'],
    ['sk_EXAMPLE.evil', 'https://api.svix.com'],
    [null, 'https://api.svix.com'],
  ])('of Svix tells the region: %s', (token, base) => {
    expect(createSource('svix', { appId: 'a' }).baseUrl(token)).toBe(base);
  });
});
