// The registry is complete and consistent: samples can be sent, ids and events are found again, detection is right.

import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { genericDefaults, genericProvider } from '../../../../src/shared/providers/generic.ts';
import { detectProvider, findProvider, providers, schemeIds } from '../../../../src/shared/providers/index.ts';
import { createValueReader } from '../../../../src/shared/providers/read-value.ts';
import { genericOptionsSchema } from '../../../../src/shared/workspace.ts';

const filled = (text: string): string =>
  text
    .replaceAll('{{uuid}}', 'u-1')
    .replaceAll('{{now}}', '2026-03-14T09:26:54.000Z')
    .replaceAll('{{unix}}', '1773480414');

describe.each(providers)('provider $id', (provider) => {
  it('has at least two samples that can be sent and are recognised', () => {
    expect(provider.samples.length).toBeGreaterThanOrEqual(2);
    for (const sample of provider.samples) {
      const body = filled(sample.body);
      expect(body).not.toContain('{{');
      // What the headers of the provider say of this sample, as sign fills them in.
      const headers: HeaderPair[] = [
        ['content-type', sample.contentType],
        ...provider.headers.map(([name, value]): HeaderPair => [
          name,
          value
            .replace('{{eventBase}}', sample.name.split('.')[0] ?? '')
            .replace('{{event}}', sample.name)
            .replace('{{id}}', 'id-1'),
        ]),
      ];
      const read = createValueReader(headers, () => body);
      expect(read(provider.eventType), sample.name).toBe(sample.name);
    }
  });

  it('has JSON samples that are JSON', () => {
    const json = provider.samples.filter(({ contentType }) => contentType.includes('json'));
    expect(json.map(({ body }) => typeof JSON.parse(filled(body)))).toEqual(json.map(() => 'object'));
  });

  it('uses real variables only', () => {
    const used = [...JSON.stringify(provider).matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);
    for (const name of used) expect(['uuid', 'now', 'unix', 'id', 'event', 'eventBase']).toContain(name);
  });

  it('aligns the header families of its schemes', () => {
    for (const scheme of provider.schemes) {
      for (const list of [scheme.idHeaders, scheme.timestamp?.headers]) {
        expect([undefined, scheme.signatureHeaders.length]).toContain(list?.length);
      }
      const needsId = scheme.recipe.some(({ kind }) => kind === 'id');
      expect(scheme.idHeaders !== undefined).toBe(needsId);
    }
  });

  it('is found by its id and by the first header of each scheme that is its own', () => {
    expect(findProvider(provider.id)).toBe(provider);
    const name = provider.schemes[0]?.signatureHeaders[0] ?? '';
    expect(
      detectProvider([
        ['Host', 'x'],
        [name.toUpperCase(), 'y'],
      ]),
    ).toBe(provider.id);
  });

  it('writes marks in lower case', () => {
    for (const name of provider.detect) expect(name).toBe(name.toLowerCase());
  });
});

describe('the registry', () => {
  it('has every id once', () => {
    expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length);
    expect([...schemeIds].toSorted()).toEqual([
      'generic',
      'github-sha1',
      'github-sha256',
      'shopify-base64',
      'slack-v0',
      'standard-webhooks-v1',
      'standard-webhooks-v1a',
      'stripe-v1',
    ]);
    expect(findProvider('constructor')).toBeUndefined();
  });

  it('gives every mark to one provider only', () => {
    const marks = providers.flatMap(({ detect }) => detect);
    expect(new Set(marks).size).toBe(marks.length);
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
    expect(detectProvider([['X-Hub-Signature', 'sha256=not-only-github']])).toBeNull();
    expect(detectProvider([])).toBeNull();
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
