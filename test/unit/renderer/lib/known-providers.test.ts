import { describe, expect, it } from 'vitest';
import { hasChoice } from '../../../../src/renderer/lib/choices.ts';
import {
  findKnownProvider,
  ownTolerance,
  providerChoices,
  providerName,
  signsUrl,
  signsWithPair,
} from '../../../../src/renderer/lib/known-providers.ts';
import { findProvider, providers } from '../../../../src/shared/providers/index.ts';
import { scheme } from '../samples.ts';

const own = [scheme('custom-b', { name: 'Zulu' }), scheme('custom-a', { name: 'Acme' })];

describe('findKnownProvider', () => {
  it('finds providers of the registry and own schemes, the same object each time', () => {
    expect(findKnownProvider('stripe', own)).toBe(findProvider('stripe'));
    expect(findKnownProvider('custom-a', own)).toMatchObject({ id: 'custom-a', name: 'Acme' });
    expect(findKnownProvider('custom-a', own)).toBe(findKnownProvider('custom-a', own));
    expect(findKnownProvider('custom-a', [])).toBeUndefined();
    expect(findKnownProvider(null, own)).toBeUndefined();
  });

  it('names what it does not know by its id', () => {
    expect(providerName('custom-a', own)).toBe('Acme');
    expect(providerName('custom-gone', own)).toBe('custom-gone');
    expect(providerName(null, own)).toBeNull();
  });
});

describe('providerChoices', () => {
  it('lists every provider, and own schemes by name under a heading of their own', () => {
    expect(providerChoices([])).toHaveLength(providers.length);
    const choices = providerChoices(own);
    expect(choices[0]).toMatchObject({
      group: 'Own schemes',
      items: [
        { value: 'custom-a', label: 'Acme' },
        { value: 'custom-b', label: 'Zulu' },
      ],
    });
    for (const id of ['custom-b', ...providers.map((provider) => provider.id)]) {
      expect(hasChoice(choices, id), id).toBe(true);
    }
    expect(hasChoice(choices, 'custom-gone')).toBe(false);
  });
});

describe('what a provider needs', () => {
  it('knows who signs the URL', () => {
    const url = scheme('custom-u', { parts: [{ kind: 'url' }, { kind: 'body' }] });
    expect(signsUrl(findKnownProvider('custom-u', [url]))).toBe(true);
    expect(signsUrl(findProvider('contentful'))).toBe(findProvider('contentful') !== undefined);
    expect(['stripe', 'slack', 'github'].map((id) => signsUrl(findProvider(id)))).toEqual([false, false, false]);
    expect(signsUrl(undefined)).toBe(false);
  });

  it('knows who signs with a key pair', () => {
    const pair = scheme('custom-p', { algorithm: 'ed25519' });
    expect(signsWithPair(findKnownProvider('custom-p', [pair]))).toBe(true);
    expect(signsWithPair(findProvider('stripe'))).toBe(false);
    expect(signsWithPair(undefined)).toBe(false);
  });

  it('knows the provider’s own tolerance', () => {
    expect(ownTolerance(findProvider('stripe'))).toBe(300);
    expect(ownTolerance(findProvider('github'))).toBeNull();
    expect(ownTolerance(undefined)).toBeNull();
  });
});
