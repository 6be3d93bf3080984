import { describe, expect, it } from 'vitest';
import { hashOf, routeOf } from '../../../../src/renderer/state/route.ts';
import type { Route } from '../../../../src/renderer/state/route.ts';

const routes: readonly [string, Route][] = [
  ['#/inbox', { view: 'inbox', id: null }],
  ['#/inbox/req_1', { view: 'inbox', id: 'req_1' }],
  ['#/compose', { view: 'compose' }],
  ['#/replay/req_1', { view: 'replay', id: 'req_1' }],
  ['#/compare/req_1', { view: 'compare', a: 'req_1', b: null }],
  ['#/compare/req_1/req_2', { view: 'compare', a: 'req_1', b: 'req_2' }],
  ['#/deliveries', { view: 'deliveries', id: null }],
  ['#/deliveries/dlv_1', { view: 'deliveries', id: 'dlv_1' }],
  ['#/dead-letters', { view: 'dead-letters', id: null }],
  ['#/dead-letters/dlv_1', { view: 'dead-letters', id: 'dlv_1' }],
  ['#/endpoints/my.shop', { view: 'endpoint', id: 'my.shop' }],
  ['#/new-endpoint', { view: 'endpoint', id: null }],
  ['#/targets/a', { view: 'target', id: 'a' }],
  ['#/new-target', { view: 'target', id: null }],
  ['#/tunnels/my-ssh', { view: 'tunnel', id: 'my-ssh' }],
  ['#/new-tunnel', { view: 'tunnel', id: null }],
  ['#/handler-check', { view: 'handler-check' }],
  ['#/catch-up', { view: 'catch-up', id: null }],
  ['#/catch-up/stripe', { view: 'catch-up', id: 'stripe' }],
  ['#/pulls/stripe', { view: 'pull', id: 'stripe' }],
  ['#/new-pull', { view: 'pull', id: null }],
  ['#/settings', { view: 'settings' }],
  ['#/schemes', { view: 'schemes' }],
  ['#/schemes/custom-acme', { view: 'scheme', id: 'custom-acme' }],
  ['#/new-scheme', { view: 'scheme', id: null }],
];

describe('hashOf and routeOf', () => {
  it.each(routes)('%s', (hash, route) => {
    expect(hashOf(route)).toBe(hash);
    expect(routeOf(hash)).toEqual(route);
  });

  it('carry ids with any characters', () => {
    const route: Route = { view: 'endpoint', id: 'a/b #%' };
    expect(routeOf(hashOf(route))).toEqual(route);
  });

  it.each(['', '#', '#/', '#/nowhere', '#/nowhere/x', '#/replay', '#/compare', '#/inbox/%zz'])(
    'end in the Inbox for %j',
    (hash) => {
      expect(routeOf(hash)).toEqual({ view: 'inbox', id: null });
    },
  );
});
