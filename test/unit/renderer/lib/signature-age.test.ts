import { describe, expect, it } from 'vitest';
import { freeName } from '../../../../src/renderer/lib/free-name.ts';
import { rawBodyRecipes } from '../../../../src/renderer/lib/raw-body-recipes.ts';
import { signatureAge } from '../../../../src/renderer/lib/signature-age.ts';

describe('signatureAge', () => {
  it.each([
    [12_000, 300_000, '12 s of 300 s', 0.04, false],
    [400, 300_000, '0.4 s of 300 s', 0.4 / 300, false],
    [300_000, 300_000, '300 s of 300 s', 1, false],
    [660_000, 300_000, '660 s of 300 s', 1, true],
    [7_200_000, 300_000, '2 h of 5 min', 1, true],
    [-3_000, 300_000, '3 s ahead, 300 s tolerated', 0.01, false],
    [0, 0, '0 s of 0 s', 1, false],
  ])('of %d ms with %d ms tolerated', (age, tolerance, words, share, over) => {
    const given = signatureAge(10_000_000, 10_000_000 - age, tolerance);
    expect(given).toMatchObject({ words, over });
    expect(given.share).toBeCloseTo(share);
  });

  it('without a limit has no bar', () => {
    expect(signatureAge(10_000_000, 9_988_000, undefined)).toEqual({
      words: '12 s before arrival, no limit',
      share: null,
      over: false,
    });
    expect(signatureAge(10_000_000, 10_500_000, undefined).words).toBe('8 min ahead of arrival, no limit');
  });
});

describe('freeName', () => {
  it('takes the next number and stays short', () => {
    expect(freeName('Discord test key', [], 'key')).toBe('Discord test key');
    expect(freeName('A', ['A', 'A 2'], 'key')).toBe('A 3');
    expect(freeName('  ', [], 'key')).toBe('key');
    expect(freeName('x'.repeat(200), [], 'key').length).toBeLessThanOrEqual(100);
  });
});

describe('rawBodyRecipes', () => {
  it('cover five frameworks, each with the raw bytes before any parser', () => {
    expect(rawBodyRecipes.map(({ name }) => name)).toEqual(['Express', 'Fastify', 'Next.js', 'Flask', 'Go']);
    expect(new Set(rawBodyRecipes.map(({ id }) => id)).size).toBe(5);
    for (const { name, code } of rawBodyRecipes) {
      const raw = /raw_?body/i.exec(code)?.index ?? Infinity;
      expect(raw, name).toBeLessThan(/JSON\.parse|json\.loads|json\.Unmarshal/.exec(code)?.index ?? 0);
    }
  });
});
