// The registry is complete and consistent: samples can be sent, ids and events are found again, detection is right.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import type { ProviderDefinition, RecipeScheme, SchemeDefinition } from '../../../../src/shared/providers/define.ts';
import { genericDefaults, genericProvider } from '../../../../src/shared/providers/generic.ts';
import { detectProvider, findProvider, providers, schemeIds } from '../../../../src/shared/providers/index.ts';
import * as registry from '../../../../src/shared/providers/registry.ts';
import { genericOptionsSchema } from '../../../../src/shared/workspace.ts';
import { problemsOf } from './completeness.ts';
import type { Surroundings, VectorFacts } from './completeness.ts';

const root = new URL('../../../../', import.meta.url);
const page = readFileSync(new URL('docs/providers.md', root), 'utf8');

function vectorsOf(id: string): readonly VectorFacts[] | null {
  const file = new URL(`test/fixtures/vectors/${id}.json`, root);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as VectorFacts[]) : null;
}

function surroundingsOf(provider: ProviderDefinition): Surroundings {
  return {
    others: providers.filter(({ id }) => id !== provider.id),
    vectors: vectorsOf(provider.id),
    page,
    detect: detectProvider,
  };
}

describe('every provider', () => {
  it.each(providers)('$id is complete', (provider) => {
    expect(problemsOf(provider, surroundingsOf(provider))).toEqual([]);
  });

  it('has a file named like its id, a line in registry.ts, and nothing beside it has', () => {
    const parts = new Set([
      'define',
      'handshake',
      'index',
      'read-value',
      'registry',
      'sources',
      'standard-webhooks-scheme',
    ]);
    const files = readdirSync(new URL('src/shared/providers/', root))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => name.slice(0, -3))
      .filter((name) => !parts.has(name) && !existsSync(new URL(`src/shared/providers/${name}/`, root)))
      .filter((name) => !name.endsWith('-samples'));
    expect(files.toSorted()).toEqual(providers.map(({ id }) => id.replaceAll('.', '-')).toSorted());
    for (const [name, provider] of Object.entries(registry)) {
      const camelCase = provider.id.replaceAll(/[.-]([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
      expect(name).toBe(camelCase);
    }
  });

  it('has a vector file, and no vector file is without a provider', () => {
    const files = readdirSync(new URL('test/fixtures/vectors/', root)).map((name) => name.replace(/\.json$/, ''));
    expect(files.toSorted()).toEqual(providers.map(({ id }) => id).toSorted());
  });
});

describe('a provider that is not complete', () => {
  const [stripe, standardWebhooks] = [whole('stripe'), whole('standard-webhooks')];
  const scheme = stripe.schemes[0] as RecipeScheme;
  const v1 = standardWebhooks.schemes[0] as RecipeScheme;
  const [sample] = stripe.samples;
  const withScheme = (changes: object): ProviderDefinition => ({
    ...stripe,
    schemes: [{ ...scheme, ...changes }],
  });
  const withV1 = (changes: object): ProviderDefinition => ({
    ...standardWebhooks,
    schemes: [{ ...v1, ...changes }],
  });
  const withSample = (changes: object): ProviderDefinition => ({
    ...stripe,
    samples: [...stripe.samples.slice(1), { ...sample, ...changes } as ProviderDefinition['samples'][number]],
  });

  it.each<[string, ProviderDefinition]>([
    ['id: must be small letters', { ...stripe, id: 'Stripe_2' }],
    ['id: another provider is called svix', { ...stripe, id: 'svix' }],
    ['name: taken', { ...stripe, name: 'Svix' }],
    ['name: is empty', { ...stripe, name: ' ' }],
    ['docsUrl: must be an https address', { ...stripe, docsUrl: 'http://docs.stripe.com/webhooks' }],
    ['schemes: there is none', { ...stripe, schemes: [] }],
    ['schemes: two have the same id', { ...stripe, schemes: [scheme, scheme] }],
    ['eventType: nothing', { ...stripe, eventType: [] }],
    ['secretHint: is empty', { ...stripe, secretHint: '' }],
    ['retry: say how', { ...stripe, retry: undefined } as unknown as ProviderDefinition],
    ['retry: the summary is empty', { ...stripe, retry: { summary: '' } }],
    ['retry: times are seconds', { ...stripe, retry: { summary: 'Often.', delaysSeconds: [60, -1] } }],
    ['retry: times are seconds', { ...stripe, retry: { summary: 'Often.', timeoutSeconds: 0 } }],
    ['headers: X-Id uses {{uuid}}', { ...stripe, headers: [['X-Id', '{{uuid}}']] }],
    ['stripe-v1: the recipe has no parts', withScheme({ recipe: [] })],
    ['standard-webhooks-v1: the recipe’s part id', withV1({ idHeaders: undefined })],
    ['standard-webhooks-v1: idHeaders has another number', withV1({ idHeaders: ['webhook-id', 'svix-id'] })],
    ['standard-webhooks-v1: timestamp.headers has another', withV1({ signatureHeaders: ['a', 'b'] })],
    ['stripe-v1: the recipe’s part companion', withScheme({ companion: 'Webhook-ID' })],
    ['stripe-v1: the recipe’s part secret', withScheme({ algorithm: { kind: 'hash', hash: 'sha256' } })],
    ['stripe-v1: signs a timestamp', withScheme({ timestamp: undefined, format: { kind: 'value', prefix: '' } })],
    ['stripe-v1: its pairs hold a time', withScheme({ timestamp: undefined, recipe: [{ kind: 'body' }] })],
    ['stripe-v1: the timestamp needs exactly one place', withScheme({ format: { kind: 'value', prefix: '' } })],
    ['stripe-v1: no place for the signature', withScheme({ signatureHeaders: [] })],
    ['stripe-v1: no place for the token', withScheme({ kind: 'token', places: [] })],
    ['looksLike: there is no provider nobody', { ...stripe, detect: [], looksLike: 'nobody' }],
    ['looksLike: a provider that has marks', { ...stripe, looksLike: 'svix' }],
    ['detect: nothing marks', { ...stripe, detect: [] }],
    ['detect: Stripe-Signature must be in lower case', { ...stripe, detect: ['Stripe-Signature'] }],
    ['detect: svix-id marks svix as well', { ...stripe, detect: ['svix-id'] }],
    ['detect: x-new does not lead', { ...stripe, detect: ['x-new'] }],
    [
      'detect: user-agent marks dropbox as well',
      { ...stripe, detect: [{ name: 'user-agent', prefix: 'DropboxWebhooks/2' }] },
    ],
    ['detectJson: every body', { ...stripe, detectJson: ['passcode', 'webhook_id', 'event_type', 'more'] }],
    ['samples: there must be two at the least, not 1', { ...stripe, samples: stripe.samples.slice(0, 1) }],
    ['samples: two have the same name', { ...stripe, samples: [...stripe.samples, ...stripe.samples] }],
    ['samples: other.name eventType reads', withSample({ name: 'other.name' })],
    ['samples: checkout.session.completed uses {{user}}', withSample({ body: '{"a":"{{user}}"}' })],
    ['samples: checkout.session.completed is not JSON', withSample({ body: '{"type":"checkout.session.completed",}' })],
    ['samples: checkout.session.completed is not JSON', withSample({ body: '"checkout.session.completed"' })],
  ])('is told: %s', (message, broken) => {
    // Judged in the place of the one that it was made from.
    const original = broken.name === standardWebhooks.name ? standardWebhooks : stripe;
    const problems = problemsOf(broken, surroundingsOf(original));
    expect(problems.filter((problem) => problem.startsWith(message))).toHaveLength(1);
  });

  it.each<[string, (whole: Surroundings) => Partial<Surroundings>]>([
    ['test/fixtures/vectors/stripe.json: there is no such file', () => ({ vectors: null })],
    ...['valid', 'invalid', 'missing'].map((verdict): [string, (whole: Surroundings) => Partial<Surroundings>] => [
      `test/fixtures/vectors/stripe.json: stripe-v1 has no vector that is expected ${verdict}`,
      ({ vectors }) => ({ vectors: vectors?.filter(({ expected }) => expected !== verdict) ?? null }),
    ]),
    [
      'test/fixtures/vectors/stripe.json: slack/slack-v0',
      () => ({ vectors: [...(vectorsOf('stripe') ?? []), ...(vectorsOf('slack') ?? []).slice(0, 1)] }),
    ],
    [
      'test/fixtures/vectors/stripe.json: two have the same id',
      ({ vectors }) => ({ vectors: [...(vectors ?? []), ...(vectors ?? []).slice(0, 1)] }),
    ],
    [
      'docs/providers.md: stripe has no row; run npm run docs',
      () => ({ page: page.replace(/^\| \[Stripe\].*\n/m, '') }),
    ],
    [
      'docs/providers.md: stripe has no section; run npm run docs',
      () => ({ page: page.replace('\n### Stripe\n', '\n') }),
    ],
    ['detect: stripe-signature does not lead', () => ({ detect: () => null })],
  ])('is told: %s', (message, change) => {
    const around = surroundingsOf(stripe);
    const problems = problemsOf(stripe, { ...around, ...change(around) });
    expect(problems.some((problem) => problem.startsWith(message))).toBe(true);
  });
});

describe('the registry', () => {
  it('has every id and every name once', () => {
    expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length);
    expect(new Set(providers.map(({ name }) => name)).size).toBe(providers.length);
    expect(new Set(schemeIds).size).toBe(schemeIds.length);
    expect(findProvider('constructor')).toBeUndefined();
    for (const provider of providers) expect(findProvider(provider.id)).toBe(provider);
  });

  it('has the generic provider last and the others by name', () => {
    const names = providers.slice(0, -1).map(({ name }) => name);
    expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'en')));
    expect(providers.at(-1)?.id).toBe('generic');
  });

  it('means the same by a scheme id wherever it is used', () => {
    for (const id of schemeIds) {
      const meanings = providers.flatMap(({ schemes }) => schemes.filter((scheme) => scheme.id === id)).map(meaningOf);
      expect(new Set(meanings).size, id).toBe(1);
    }
  });

  it('follows no chain of look-alikes', () => {
    const models = providers.flatMap(({ looksLike }) => (looksLike === undefined ? [] : [findProvider(looksLike)]));
    expect(models.filter((model) => model?.looksLike !== undefined)).toEqual([]);
    expect(models.length).toBeGreaterThan(0);
  });

  it('recognises by its body every sample of a provider that its body marks', () => {
    for (const { id, detectJson, samples } of providers) {
      if (detectJson === undefined) continue;
      const seen = samples.map(({ body }) => detectProvider([], () => JSON.parse(filled(body))));
      // Some providers have kinds of events without the marks; none may be taken for another provider's.
      expect(seen, id).toContain(id);
      expect(new Set([id, null, ...seen]).size, id).toBe(2);
    }
  });

  it('prefers the more specific provider, whatever the order of the headers', () => {
    const mixed: HeaderPair[] = [
      ['X-Webhook-Signature', 'a'],
      ['webhook-id', 'b'],
      ['Svix-Id', 'c'],
    ];
    expect(detectProvider(mixed)).toBe('svix');
    expect(detectProvider(mixed.toReversed())).toBe('svix');
    expect(detectProvider(mixed.slice(0, 2))).toBe('standard-webhooks');
    expect(detectProvider([['Content-Type', 'application/json']])).toBeNull();
    expect(detectProvider([])).toBeNull();
  });

  it('knows that X-Hub-Signature says little', () => {
    const sha1: HeaderPair = ['X-Hub-Signature', 'sha1=00'];
    expect(detectProvider([sha1])).toBeNull();
    expect(detectProvider([sha1], () => ({ type: 'notification_event', topic: 'ping', data: { item: {} } }))).toBe('intercom'); // prettier-ignore
    expect(detectProvider([sha1, ['X-Event-Key', 'repo:push']])).toBe('bitbucket');
    expect(detectProvider([sha1, ['X-GitHub-Event', 'push']])).toBe('github');
    const sha256: HeaderPair = ['X-Hub-Signature-256', 'sha256=00'];
    expect(detectProvider([sha256], () => ({ object: 'page', entry: [{}] }))).toBe('meta');
    expect(detectProvider([sha256])).toBe('github');
  });

  it('tells two providers with one header by how its value begins', () => {
    expect(detectProvider([['X-Webhook-Signature', 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln']])).toBe('netlify');
    expect(detectProvider([['X-Webhook-Signature', '0a1b2c']])).toBe('generic');
    expect(detectProvider([['User-Agent', 'Mozilla/5.0 DropboxWebhooks/1.0']])).toBeNull();
  });

  it('looks at the body only where no header tells, and bears any body', () => {
    let asked = 0;
    const json = (): unknown => {
      asked += 1;
      return { passcode: 'p', webhook_id: '1', event_type: 'PING' };
    };
    expect(detectProvider([['Stripe-Signature', 't=1']], json)).toBe('stripe');
    expect(asked).toBe(0);
    expect(detectProvider([], json)).toBe('figma');
    expect(asked).toBe(1);
    for (const odd of [
      undefined,
      null,
      'text',
      7,
      [],
      [null],
      Object.create({ passcode: 1, webhook_id: 1, event_type: 1 }),
    ]) {
      expect(detectProvider([], () => odd)).toBeNull();
    }
  });

  it('knows the generic options’ defaults as the schema does', () => {
    expect(genericDefaults).toEqual(v.parse(genericOptionsSchema, {}));
  });

  it('renames the generic headers and no others', () => {
    const options = { ...genericDefaults, deliveryHeader: 'X-My-Id', eventHeader: '' };
    expect(findProvider('generic', options)?.deliveryId).toEqual([{ from: 'header', name: 'X-My-Id' }]);
    expect(findProvider('stripe', options)).toBe(findProvider('stripe'));
    expect(genericProvider(options).headers.map(([name]) => name)).toEqual(['Content-Type', 'X-My-Id']);
  });
});

function whole(id: string): ProviderDefinition {
  const provider = findProvider(id);
  if (provider === undefined) throw new Error(`no provider ${id}`);
  return provider;
}

function filled(text: string): string {
  return text.replaceAll(/\{\{(?:unix|unixMs)\}\}/g, '1773480414');
}

/** What a scheme computes, without the names of its headers. */
function meaningOf(scheme: SchemeDefinition): string {
  if (scheme.kind !== undefined && scheme.kind !== 'recipe') return JSON.stringify(scheme);
  const { algorithm, encoding, recipe, secretType, format, timestamp } = scheme;
  const time = timestamp && [timestamp.unit, timestamp.toleranceSeconds, timestamp.direction, timestamp.signed];
  return JSON.stringify([algorithm, encoding, recipe, secretType, format, time]);
}
