import { describe, expect, it } from 'vitest';
import { findEndpoint } from '../../../../src/main/pipeline/endpoint.ts';
import { targetPath } from '../../../../src/shared/request-target.ts';
import { defaultEndpoint } from '../../../../src/shared/workspace.ts';

const at = (path: string) => ({ ...defaultEndpoint, id: path, path });

describe('targetPath', () => {
  it.each([
    ['/in/stripe?x=/y', '/in/stripe'],
    ['/in#a?b', '/in'],
    ['/', '/'],
    ['//in', '//in'],
    ['http://host:1/in?x', '/in'],
    ['HTTPS://user@host/in/b#c', '/in/b'],
    ['http://host', '/'],
    ['http://host?/in', '/'],
    ['*', '/'],
    ['host:443', '/'],
    ['', '/'],
    ['/%2e%2e/in', '/%2e%2e/in'],
  ])('%s is %s', (target, path) => {
    expect(targetPath(target)).toBe(path);
  });
});

describe('findEndpoint', () => {
  const endpoints = [at('/in'), at('/in/stripe'), at('/in/stripe/test/'), at('/a-b')];

  it.each([
    ['/in', '/in'],
    ['/in/', '/in'],
    ['/in/github', '/in'],
    ['/in/stripe', '/in/stripe'],
    ['/in/stripe/', '/in/stripe'],
    ['/in/stripe?x=1', '/in/stripe'],
    ['/in/stripe/tester', '/in/stripe'],
    ['/in/stripe/test', '/in/stripe/test/'],
    ['/in/stripe/test/', '/in/stripe/test/'],
    ['/in/stripe/test/deep', '/in/stripe/test/'],
    ['http://host/in/stripe', '/in/stripe'],
    ['/in/stripes', '/in'],
    ['/input', 'default'],
    ['/IN', 'default'],
    ['/%69n', 'default'],
    ['//in', 'default'],
    ['*', 'default'],
  ])('%s goes to %s', (target, id) => {
    expect(findEndpoint(endpoints, target).id).toBe(id);
    expect(findEndpoint(endpoints.toReversed(), target).id).toBe(id);
  });

  it('prefers a catch-all of the workspace to the built-in one, and any longer path to both', () => {
    const own = at('/');
    expect(findEndpoint([own, ...endpoints], '/else')).toBe(own);
    expect(findEndpoint([own, ...endpoints], '*')).toBe(own);
    expect(findEndpoint([own, ...endpoints], '/in/x').id).toBe('/in');
  });
});
