// The promise of `pull`: against servers that replay the providers' shapes it finds exactly what is missing, over three
// pages, a rate limit and broken pages; and running it again adds nothing.

import { afterEach, describe, expect, it } from 'vitest';
import { bodyMatches } from '../../../src/main/reconcile/body-match.ts';
import type { PullCursor } from '../../../src/main/reconcile/pull-contract.ts';
import { pull } from '../../../src/main/reconcile/pull.ts';
import { createSource } from '../../../src/main/reconcile/sources.ts';
import {
  genericReply,
  githubGuid,
  githubPayload,
  githubReply,
  now,
  shopifyOrder,
  shopifyReply,
  sinceAt,
  stripeEvent,
  stripeId,
  stripeReply,
  svixId,
  svixReply,
  timeOf,
} from './recorded.ts';
import { askedHeader, canary, canaryHeaders, createWorld, startApi } from './replay-api.ts';
import type { AskedRequest, ReplayApi, Reply, World } from './replay-api.ts';

const genericConfig = {
  itemsPath: 'log.items',
  idPath: 'key',
  timePath: 'when',
  timeUnit: 'seconds',
  eventPath: 'kind',
  bodyPath: 'sent',
  failedPath: 'ok.code',
};

interface Provider {
  readonly name: string;
  readonly id: string;
  readonly config: (url: string) => unknown;
  readonly reply: (request: AskedRequest, url: string) => Reply;
  readonly idOf: (n: number) => string;
  readonly event: string;
  /** Header that holds the token, lower case, and its value. */
  readonly token: readonly [name: string, value: string];
  /** Numbers of the events that failed at the provider. */
  readonly failed: readonly number[];
}

const bearer = ['authorization', `Bearer ${canary}`] as const;
const providers: readonly Provider[] = [
  {
    name: 'GitHub',
    id: 'github',
    config: () => ({ owner: 'octo-org', repo: 'hello-world', hookId: 12345678 }),
    reply: githubReply,
    idOf: githubGuid,
    event: 'issues.opened',
    token: bearer,
    failed: [5],
  },
  {
    name: 'Stripe',
    id: 'stripe',
    config: () => null,
    reply: stripeReply,
    idOf: stripeId,
    event: 'invoice.paid',
    token: bearer,
    failed: [],
  },
  {
    name: 'Svix, an endpoint',
    id: 'svix',
    config: () => ({ appId: 'app_EXAMPLE', endpointId: 'ep_EXAMPLE' }),
    reply: svixReply,
    idOf: svixId,
    event: 'invoice.paid',
    token: bearer,
    failed: [5],
  },
  {
    name: 'Svix, an application',
    id: 'svix',
    config: () => ({ appId: 'app_EXAMPLE' }),
    reply: svixReply,
    idOf: svixId,
    event: 'invoice.paid',
    token: bearer,
    failed: [],
  },
  {
    name: 'Shopify',
    id: 'shopify',
    config: () => ({ shop: 'example-shop.myshopify.com' }),
    reply: shopifyReply,
    idOf: (n) => `pulled-orders-create-${shopifyOrder(n)}`,
    event: 'orders/create',
    token: ['x-shopify-access-token', canary],
    failed: [],
  },
  ...[
    { kind: 'link' },
    { kind: 'cursor', path: 'meta.next', param: 'cursor' },
    { kind: 'page', param: 'p', start: 1 },
  ].map((page) => ({
    name: `a JSON API with pages by ${page.kind}`,
    id: 'generic',
    config: (url: string) => ({ ...genericConfig, url: `${url}/api/log?tenant=7`, page, tokenHeader: 'X-Api-Key' }),
    reply: genericReply,
    idOf: (n: number) => `${n}00`,
    event: 'thing.made',
    token: ['x-api-key', canary] as const,
    failed: [5],
  })),
];

let api: ReplayApi | null = null;
afterEach(async () => {
  await api?.close();
  api = null;
});

async function start(
  provider: Provider,
): Promise<{ api: ReplayApi; world: World; run: () => ReturnType<typeof pull> }> {
  const running = await startApi(provider.reply);
  api = running;
  const world = createWorld([1, 4].map(provider.idOf), sinceAt, now);
  const source = createSource(provider.id, provider.config(running.url));
  return { api: running, world, run: () => pull(world.options(source, running.url)) };
}

describe.each(providers)('pull from $name', (provider) => {
  const { idOf, failed, event } = provider;
  const missed = [2, 3, 5, 6].filter((n) => !failed.includes(n));

  it('records exactly what is not in the history, over three pages', async () => {
    const { world, run } = await start(provider);
    const summary = await run();
    expect(world.recorded.map(({ id }) => id)).toEqual([2, 3, 5, 6].map(idOf));
    expect(world.idsOf('arrived')).toEqual([1, 4].map(idOf));
    expect(world.idsOf('missed')).toEqual(missed.map(idOf));
    expect(world.idsOf('failed')).toEqual(failed.map(idOf));
    expect(summary).toMatchObject({
      arrived: 2,
      missed: missed.length,
      failed: failed.length,
      recorded: 4,
      pages: 3,
      ended: 'complete',
    });
    expect(world.lines[1]).toEqual({
      type: 'event',
      id: idOf(2),
      event,
      at: timeOf(2),
      state: 'missed',
      requestId: 'req_pulled_0',
    });
    expect(world.clock.waits).toEqual([]);
  });

  it('adds nothing when it is run again', async () => {
    const { world, run } = await start(provider);
    await run();
    const again = await run();
    expect(world.recorded).toHaveLength(4);
    expect(again).toMatchObject({ arrived: 6, missed: 0, failed: 0, recorded: 0, pages: 3 });
  });

  it('waits as a rate limit tells and tries broken pages again', async () => {
    const { api, world, run } = await start(provider);
    api.troubles.push(
      { status: 429, headers: [['Retry-After', '7']], body: '{"message":"slow down"}' },
      { body: '{"data":[{"id":"cut', cutAt: 10 },
      { body: '[{"id":' },
      { status: 502, body: '<html>bad gateway</html>' },
    );
    const summary = await run();
    expect(world.recorded.map(({ id }) => id)).toEqual([2, 3, 5, 6].map(idOf));
    expect(summary).toMatchObject({ pages: 3, recorded: 4, ended: 'complete' });
    expect(world.clock.waits).toEqual([7_000, 2_000, 4_000, 8_000]);
  });

  it('sends the token in one header, and lets it out nowhere', async () => {
    const { api, world, run } = await start(provider);
    const summary = await run();
    const [name, value] = provider.token;
    for (const request of api.asked) {
      expect(canaryHeaders(request)).toEqual([name]);
      expect(askedHeader(request, name)).toBe(value);
      expect(request.target).not.toContain(canary);
    }
    expect(world.everything() + JSON.stringify(summary)).not.toContain('CANARY');
  });

  it('ends with an error that says how far it came when a page stays broken, and goes on from there', async () => {
    let isBroken = true;
    let asked = 0;
    const running = await startApi((request, url) => {
      const reply = provider.reply(request, url);
      if (!request.path.includes('/deliveries/')) asked += 1;
      return isBroken && asked >= 3 ? { ...reply, body: (reply.body ?? '').slice(0, -1) } : reply;
    });
    api = running;
    const world = createWorld([1, 4].map(idOf), sinceAt, now);
    let cursor: PullCursor | null = null;
    const source = createSource(provider.id, provider.config(running.url));
    const options = world.options(source, running.url, { saveCursor: (kept) => void (cursor = kept) });
    await expect(pull(options)).rejects.toThrow(
      /page 3 could not be read in 4 tries: .*\. 2 pages were read and 2 events put into the history before that/,
    );
    expect(world.recorded.map(({ id }) => id)).toEqual([2, 3].map(idOf));
    isBroken = false;
    const last = running.asked.length - 1;
    const summary = await pull({ ...options, cursor });
    expect(world.recorded.map(({ id }) => id)).toEqual([2, 3, 5, 6].map(idOf));
    expect(summary.ended).toBe('complete');
    expect(running.asked[last + 1]?.target).toBe(running.asked[last]?.target);
  });
});

describe('what is told about a missed event', () => {
  const [github, stripe, svix, , shopify, generic] = providers as readonly [
    Provider,
    Provider,
    Provider,
    Provider,
    Provider,
    Provider,
  ];

  async function pulled(provider: Provider, index = 0): Promise<World['recorded'][number] & { readonly text: string }> {
    const { world, run } = await start(provider);
    await run();
    const event = world.recorded[index];
    if (!event) throw new Error('nothing was recorded');
    return { ...event, text: new TextDecoder().decode(event.body ?? undefined) };
  }

  it('GitHub: headers as sent, the path, and the payload in compact form', async () => {
    const event = await pulled(github);
    expect(event.headers).toContainEqual(['X-Hub-Signature-256', `sha256=${'0'.repeat(64)}`]);
    expect(event.headers?.filter(([name]) => name === 'X-GitHub-Delivery')).toEqual([
      ['X-GitHub-Delivery', githubGuid(2)],
    ]);
    expect(event.target).toBe('/in/github?from=octo');
    expect(event.text).toBe(githubPayload(2));
  });

  it('GitHub: a delivery that is forgotten by now is recorded without its body', async () => {
    const running = await startApi((request, url) =>
      request.path.includes('/deliveries/') ? { status: 404, body: '{}' } : githubReply(request, url),
    );
    api = running;
    const world = createWorld([1, 3, 4, 5, 6].map(githubGuid), sinceAt, now);
    await pull(world.options(createSource('github', github.config('')), running.url));
    expect(world.recorded).toMatchObject([{ id: githubGuid(2), body: null, event: 'issues.opened' }]);
  });

  it('GitHub: asks for no payload of what arrived', async () => {
    const { api: running, run } = await start(github);
    await run();
    expect(running.asked.filter(({ path }) => path.includes('/deliveries/'))).toHaveLength(4);
  });

  it('GitHub: an organization, behind the path of an Enterprise Server', async () => {
    const running = await startApi(() => ({ body: '[]' }));
    api = running;
    const world = createWorld([], sinceAt, now);
    const source = createSource('github', { org: 'octo-org', hookId: '7' });
    await pull(world.options(source, `${running.url}/api/v3/`));
    expect(running.asked[0]?.target).toBe('/api/v3/orgs/octo-org/hooks/7/deliveries?per_page=100');
  });

  it('Stripe: the exact text of the event', async () => {
    expect((await pulled(stripe)).text).toBe(stripeEvent(2));
  });

  it('Stripe: failed only when some endpoints are pending after three days', async () => {
    const running = await startApi(stripeReply);
    api = running;
    const world = createWorld([], sinceAt, now + 4 * 86_400_000);
    await pull(world.options(createSource('stripe', {}), running.url));
    expect(world.idsOf('failed')).toEqual([stripeId(3)]);
  });

  it('Svix: the payload and its id header', async () => {
    const event = await pulled(svix);
    expect(event.text).toBe('{"type":"invoice.paid","n":2}');
    expect(event.headers).toContainEqual(['svix-id', svixId(2)]);
  });

  it('Shopify: how an arrived webhook is recognised, although it has another id', async () => {
    const { match, text, headers } = await pulled(shopify);
    expect(match).toEqual([{ path: 'id', value: shopifyOrder(2) }]);
    expect(headers).toContainEqual(['X-Shopify-Topic', 'orders/create']);
    expect(text).toContain(`"id":${shopifyOrder(2)},`);
    const webhook = (n: number): Uint8Array => new TextEncoder().encode(`{"id": ${shopifyOrder(n)}, "name": "#x"}`);
    expect(bodyMatches(webhook(2), match ?? [])).toBe(true);
    expect(bodyMatches(webhook(3), match ?? [])).toBe(false);
    expect(bodyMatches(new Uint8Array([0x7b]), match ?? [])).toBe(false);
  });

  it('Shopify: an update is matched by its moment too', async () => {
    const order = '{"id":7,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-03-01T12:00:00+01:00"}';
    const running = await startApi(() => ({ body: `{"orders":[${order}]}` }));
    api = running;
    const world = createWorld([], sinceAt, now);
    const source = createSource('shopify', { shop: 'example-shop.myshopify.com', topic: 'orders/updated' });
    await pull(world.options(source, running.url));
    expect(running.asked[0]?.query.get('updated_at_min')).toBe(new Date(sinceAt).toISOString());
    const match = world.recorded[0]?.match ?? [];
    const body = (at: string): Uint8Array => new TextEncoder().encode(`{"id":7,"updated_at":"${at}"}`);
    expect(bodyMatches(body('2026-03-01T11:00:00Z'), match)).toBe(true);
    expect(bodyMatches(body('2026-03-01T11:00:01Z'), match)).toBe(false);
  });

  it('a JSON API: the body at its path, as written', async () => {
    const event = await pulled(generic);
    expect(event.text).toBe('{"n": 2, "x": 1.0}');
    expect(event.headers).toBeNull();
  });
});
