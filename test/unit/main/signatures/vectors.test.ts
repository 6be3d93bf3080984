// Replays the published and recorded vectors: each verdict must be the expected one or a listed alternative.

import { describe, expect, it } from 'vitest';
import { detectProvider, findProvider, providers } from '../../../../src/shared/providers/index.ts';
import { parseJson } from '../../../../src/shared/providers/read-value.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import { allVectors, vectors } from '../../../support/vectors.ts';
import type { Vector } from '../../../support/vectors.ts';

function judge(vector: Vector, changes: { scheme?: undefined; untyped?: boolean } = {}): string {
  return verify({
    provider: vector.provider,
    scheme: 'scheme' in changes ? changes.scheme : vector.scheme,
    method: vector.method,
    url: vector.url,
    headers: vector.headers,
    body: Buffer.from(vector.bodyBase64, 'base64'),
    secrets: changes.untyped
      ? vector.secrets.map(({ name, value, type }) => ({ name, value, ...(type === 'utf8' ? { type } : {}) }))
      : vector.secrets,
    now: Date.parse(vector.now),
    toleranceSeconds: vector.policy?.toleranceSeconds ?? vector.policy?.maxAge,
  }).status;
}

describe('signature vectors', () => {
  it('has vectors for every provider and scheme of the registry', () => {
    for (const provider of providers) {
      for (const scheme of provider.schemes) {
        const own = vectors.filter((vector) => vector.provider === provider.id && vector.scheme === scheme.id);
        // A valid, a wrong and a missing one at the least.
        expect(own.length, `${provider.id} ${scheme.id}`).toBeGreaterThanOrEqual(3);
        expect(new Set(own.map(({ expected }) => expected)), scheme.id).toEqual(
          expect.objectContaining(new Set(['valid', 'invalid', 'missing'])),
        );
      }
    }
  });

  it('knows the provider of every vector', () => {
    expect(new Set(allVectors.map(({ provider }) => provider))).toEqual(new Set(providers.map(({ id }) => id)));
    expect(allVectors.length).toBeGreaterThan(370);
  });

  it.each(vectors)('$id', (vector) => {
    expect(vector.acceptable ?? [vector.expected]).toContain(judge(vector));
  });

  it.each(vectors)('$id without a scheme and with untyped secrets', (vector) => {
    expect(vector.acceptable ?? [vector.expected]).toContain(judge(vector, { scheme: undefined, untyped: true }));
  });

  it('recognises the provider of every valid vector, or the one whose headers look the same', () => {
    for (const vector of vectors.filter(({ expected }) => expected === 'valid')) {
      const json = (): unknown => parseJson(Buffer.from(vector.bodyBase64, 'base64').toString('utf8'));
      const wanted = findProvider(vector.provider)?.looksLike ?? vector.provider;
      expect(detectProvider(vector.headers, json), `vector ${vector.id}`).toBe(wanted);
    }
  });

  it('calls a provider that it does not know unsupported, not an error', () => {
    const [vector] = vectors;
    expect(judge({ ...(vector as Vector), provider: 'nobody' })).toBe('unsupported');
  });
});
