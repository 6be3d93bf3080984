// Path and query for the app.

import { describe, expect, it } from 'vitest';
import { forwardTarget, forwardUrl } from '../../../../src/main/sender/forward-target.ts';
import { targetPath } from '../../../../src/shared/request-target.ts';

function asked(url: string, target: string, endpointPath = '/in', appendPath = true): string | null {
  return forwardTarget(new URL(url), { target, path: targetPath(target), endpointPath, appendPath });
}

describe('forwardTarget', () => {
  it.each([
    // The forward's own path; the query always goes along.
    ['http://app/hooks', '/in/a/b?x=1', false, '/hooks?x=1'],
    ['http://app/hooks', '/in', false, '/hooks'],
    ['http://app', '/in?', false, '/?'],
    ['http://app/hooks?own=1', '/in/a', false, '/hooks?own=1'],
    ['http://app/hooks?own=1', '/in?x=%zz&x', false, '/hooks?own=1&x=%zz&x'],
    ['http://app/hooks', '/in?a?b#c', false, '/hooks?a?b#c'],
    ['http://app/hooks', '/in#a?b', false, '/hooks'],
    // With what follows the endpoint's path.
    ['http://app/hooks', '/in/a/b?x=1', true, '/hooks/a/b?x=1'],
    ['http://app/hooks/', '/in/a', true, '/hooks/a'],
    ['http://app/hooks', '/in/', true, '/hooks/'],
    ['http://app/hooks', '/in', true, '/hooks'],
    ['http://app', '/in/a', true, '/a'],
    ['http://app/hooks', 'http://proxy.example/in/a?x', true, '/hooks/a?x'],
    ['http://app/hooks', '/in/%2F%41//b/', true, '/hooks/%2F%41//b/'],
    ['http://app/hooks', '/in/..a/b../...', true, '/hooks/..a/b../...'],
    ['http://app/hooks', '/in/a?x=/../y', true, '/hooks/a?x=/../y'],
  ])('%s, %s, append %s: %s', (url, target, append, expected) => {
    expect(asked(url, target, '/in', append)).toBe(expected);
  });

  it.each([
    ['/', '/a?x', '/hooks/a?x'],
    ['/', '/', '/hooks'],
    ['/', '*', '/hooks'],
    ['/in/', '/in/a', '/hooks/a'],
  ])('endpoint %s, target %s: %s', (endpoint, target, expected) => {
    expect(asked('http://app/hooks', target, endpoint)).toBe(expected);
  });

  it.each([
    '/in/..',
    '/in/a/../../x',
    '/in/%2e%2E/x',
    '/in/.%2e',
    '/in/a%2f..%2fx',
    '/in/a\\..\\x',
    '/in/a%5C..',
    '/in/..;/x',
  ])('nothing leads out of the forward: %s', (target) => {
    expect(asked('http://app/hooks', target)).toBeNull();
    expect(asked('http://app/hooks', target, '/in', false)).toBe('/hooks');
  });
});

describe('forwardUrl', () => {
  it.each([
    ['/hooks/a?x=1', '/hooks/a?x=1'],
    ['/a%zz/%41?%zz', '/a%zz/%41?%zz'],
    ['/\u00e9?\u00ff#x', '/%E9?%FF%23x'],
    ['/a\\b?c\\d', '/a%5Cb?c\\d'],
  ])('%s stays what it means: %s', (target, expected) => {
    const url = new URL(forwardUrl(new URL('http://app:3000/hooks'), target));
    expect(url.host).toBe('app:3000');
    expect(url.pathname + url.search).toBe(expected);
  });
});
