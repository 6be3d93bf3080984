// Whatever is secret is compared in constant time. Counted, not timed: the number and the sizes of the comparisons must
// not depend on how much of a guess is right.

import { describe, expect, it, vi } from 'vitest';
import { recipeOf, schemeCases, signCase, verifyCase } from './cases.ts';
import type { SchemeCase } from './cases.ts';

const sizes: number[] = [];

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  return {
    ...crypto,
    // The real comparison still decides.
    timingSafeEqual(a: Uint8Array, b: Uint8Array) {
      sizes.push(a.length);
      return crypto.timingSafeEqual(a, b);
    },
  };
});

function usesSharedSecret({ scheme }: SchemeCase): boolean {
  if (scheme.kind === 'token') return true;
  if (scheme.kind === 'jwt') return scheme.algorithm === 'HS256';
  return ['hmac', 'hash'].includes(recipeOf(scheme)?.algorithm.kind ?? '');
}

/** Sizes of the comparisons while this text is judged in the place of the right signature. */
function comparisons(item: SchemeCase, right: string, text: string): readonly number[] {
  const request = signCase(item);
  const headers = request.headers.map(([name, value]) => [name, value.replace(right, () => text)] as const);
  const body = Buffer.from(
    Buffer.from(request.body)
      .toString()
      .replace(right, () => text),
  );
  const url = request.url.replace(right, () => text);
  sizes.length = 0;
  expect(verifyCase(item, { headers, body, url }).status).not.toBe('valid');
  return [...sizes];
}

function firstDifference(a: string, b: string): number {
  return Array.from({ length: a.length }, (_, n) => n).findIndex((n) => a[n] !== b[n]);
}

/** The signature or token as it stands in the signed request. */
function signatureOf(item: SchemeCase): string {
  const fresh = signCase(item);
  const wrong = signCase(item, { mode: 'wrong-secret' });
  if (item.scheme.kind === 'token') return item.signing.value;
  for (const [index, [, value]] of fresh.headers.entries()) {
    const other = wrong.headers[index]?.[1] ?? '';
    if (value === other) continue;
    if (item.scheme.kind === 'jwt') return value.slice(value.lastIndexOf('.') + 1);
    return value.slice(firstDifference(value, other));
  }
  const [a, b] = [Buffer.from(fresh.body).toString(), Buffer.from(wrong.body).toString()];
  const start = firstDifference(a, b);
  return a.slice(start, a.indexOf('"', start));
}

const swap = (text: string, index: number): string =>
  text.slice(0, index) + (text[index] === 'A' || text[index] === 'a' ? 'b' : 'a') + text.slice(index + 1);

describe.each(schemeCases.filter(usesSharedSecret))('$title', (item) => {
  it('compares as much whether the first or the last character is wrong', () => {
    const right = signatureOf(item);
    expect(right.length).toBeGreaterThan(5);
    const padding = right.endsWith('==') ? 4 : right.endsWith('=') ? 3 : 2;
    const first = comparisons(item, right, swap(right, 0));
    const last = comparisons(item, right, swap(right, right.length - padding));
    expect(first.length).toBeGreaterThan(0);
    expect(last).toEqual(first);
  });

  it('compares tokens of another length too, by their hashes', () => {
    if (item.scheme.kind !== 'token') return;
    const right = signatureOf(item);
    expect(comparisons(item, right, 'x')).toEqual(comparisons(item, right, swap(right, 0)));
    expect(new Set(sizes)).toEqual(new Set([32]));
  });
});
