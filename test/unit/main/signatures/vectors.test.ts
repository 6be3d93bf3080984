// Replays the published and recorded vectors: each verdict must be the expected one or a listed alternative.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detectProvider, providers } from '../../../../src/shared/providers/index.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import type { SecretValue } from '../../../../src/main/signatures/verify.ts';

interface Vector {
  readonly id: string;
  readonly kind?: string;
  readonly provider: string;
  readonly scheme: string;
  readonly secrets: readonly SecretValue[];
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly bodyBase64: string;
  readonly now: string;
  readonly policy?: { readonly toleranceSeconds?: number };
  readonly expected: string;
  readonly acceptable?: readonly string[];
}

const all = JSON.parse(
  readFileSync(new URL('../../../fixtures/signatures.json', import.meta.url), 'utf8'),
) as readonly Vector[];
const known = new Set(providers.map(({ id }) => id));
const vectors = all.filter(({ provider, kind }) => known.has(provider) && kind !== 'challenge');

function judge(vector: Vector, changes: { scheme?: undefined; untyped?: boolean } = {}): string {
  return verify({
    provider: vector.provider,
    scheme: 'scheme' in changes ? changes.scheme : vector.scheme,
    method: vector.method,
    url: vector.url,
    headers: vector.headers,
    body: Buffer.from(vector.bodyBase64, 'base64'),
    secrets: changes.untyped ? vector.secrets.map(({ name, value }) => ({ name, value })) : vector.secrets,
    now: Date.parse(vector.now),
    toleranceSeconds: vector.policy?.toleranceSeconds,
  }).status;
}

describe('signature vectors', () => {
  it('has vectors for every provider and scheme of the registry', () => {
    for (const provider of providers) {
      for (const scheme of provider.schemes) {
        const own = vectors.filter((vector) => vector.provider === provider.id && vector.scheme === scheme.id);
        expect(own.length, `${provider.id} ${scheme.id}`).toBeGreaterThanOrEqual(4);
      }
    }
  });

  it.each(vectors)('$id', (vector) => {
    expect(vector.acceptable ?? [vector.expected]).toContain(judge(vector));
  });

  it.each(vectors)('$id without a scheme and with untyped secrets', (vector) => {
    expect(vector.acceptable ?? [vector.expected]).toContain(judge(vector, { scheme: undefined, untyped: true }));
  });

  it('recognises the provider of every valid vector by its headers', () => {
    for (const vector of vectors.filter(({ expected }) => expected === 'valid')) {
      expect(detectProvider(vector.headers), `vector ${vector.id}`).toBe(vector.provider);
    }
  });

  it('calls every vector of another provider unsupported, not an error', () => {
    const others = all.filter(({ provider }) => !known.has(provider));
    expect(others.length).toBeGreaterThan(200);
    expect(new Set(others.map((vector) => judge(vector)))).toEqual(new Set(['unsupported']));
  });
});
