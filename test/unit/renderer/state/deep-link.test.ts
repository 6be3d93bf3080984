import { describe, expect, it } from 'vitest';
import { findDeepLink, readDeepLink } from '../../../../src/shared/deep-link.ts';
import { hashOf, routeOf } from '../../../../src/renderer/state/route.ts';

describe('links', () => {
  it.each([
    ['hookbench://request/req_0123abc', { view: 'inbox', id: 'req_0123abc' }],
    ['HOOKBENCH://Request/req_ABC/', { view: 'inbox', id: 'req_ABC' }],
    ['hookbench://delivery/dlv_1', { view: 'deliveries', id: 'dlv_1' }],
    ['hookbench://dead-letter/dlv_1', { view: 'dead-letters', id: 'dlv_1' }],
    ['hookbench://endpoint/stripe', { view: 'endpoint', id: 'stripe' }],
    ['hookbench://target/my.app', { view: 'target', id: 'my.app' }],
    ['hookbench://tunnel/t1', { view: 'tunnel', id: 't1' }],
    ['hookbench://pull/p1', { view: 'catch-up', id: 'p1' }],
    ['hookbench://scheme/s1', { view: 'scheme', id: 's1' }],
    ['hookbench://view/inbox', { view: 'inbox', id: null }],
    ['hookbench://view/dead-letters/', { view: 'dead-letters', id: null }],
    ['hookbench://view/settings', { view: 'settings' }],
    ['hookbench://view/schemes', { view: 'schemes' }],
  ])('%s names the view that the window then opens', (link, route) => {
    const place = readDeepLink(link);
    expect(routeOf(place ?? '')).toEqual(route);
    expect(hashOf(routeOf(place ?? ''))).toBe(place);
  });

  it.each([
    '',
    'hookbench:',
    'hookbench://',
    'hookbench://request',
    'hookbench://request/',
    'hookbench:request/req_1',
    'hookbench://replay/req_1',
    'hookbench://send/req_1',
    'hookbench://import/file',
    'hookbench://view/replay',
    'hookbench://view/constructor',
    'hookbench://view/__proto__',
    'hookbench://constructor/x',
    'hookbench://toString/x',
    'hookbench://__proto__/x',
    'hookbench://hasOwnProperty/x',
    'hookbench://request/req_1?send=1',
    'hookbench://request/req_1#x',
    'hookbench://request/req_1/extra',
    'hookbench://request/../settings',
    'hookbench://request/..',
    'hookbench://request/.hidden',
    'hookbench://request/%2e%2e',
    'hookbench://request/req%20x',
    'hookbench://user:pass@request/req_1',
    'hookbench://request:80/req_1',
    'hookbench://request/<script>alert(1)</script>',
    "hookbench://request/';alert(1)//",
    'hookbench://request/req_1\n--no-sandbox',
    'hookbench://request/req_1 --no-sandbox',
    'hookbench://request/req\u0000_1',
    'hookbench://request/req_\u202e1',
    'hookbench://request/ｒｅｑ',
    ' hookbench://request/req_1',
    'xhookbench://request/req_1',
    'https://example.com/hookbench://request/req_1',
    'javascript:alert(1)',
    'file:///etc/passwd',
    `hookbench://request/${'a'.repeat(65)}`,
    `hookbench://request/${'a'.repeat(100_000)}`,
  ])('%j opens nothing', (link) => {
    expect(readDeepLink(link)).toBeNull();
  });

  it('takes the first link of a command line and looks at nothing else', () => {
    const args = [
      '/opt/hookbench',
      '--inspect',
      'hookbench://import/x',
      'hookbench://request/a',
      'hookbench://request/b',
    ];
    expect(findDeepLink(args)).toBe('#/inbox/a');
    expect(findDeepLink(['/opt/hookbench', '--renderer-cmd-prefix=x'])).toBeNull();
  });
});
