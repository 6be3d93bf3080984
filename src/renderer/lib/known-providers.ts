// Every provider that a person can choose: those of the registry and their own schemes. The one place in the window
// that turns a provider id into its definition, so that no picker or label forgets an own scheme.

import { customProvider } from '../../shared/custom-scheme.ts';
import type { CustomScheme } from '../../shared/custom-scheme.ts';
import { findProvider, providers } from '../../shared/providers/index.ts';
import type { ProviderDefinition, SchemeDefinition } from '../../shared/providers/define.ts';
import type { Choice, ChoiceGroup } from './choices.ts';

/** The provider with this id, or undefined. `schemes` are the person's own. */
export function findKnownProvider(id: string | null, schemes: readonly CustomScheme[]): ProviderDefinition | undefined {
  if (id === null) return undefined;
  const own = schemes.find((scheme) => scheme.id === id);
  return own === undefined ? findProvider(id) : customProvider(own);
}

/** Name of the provider with this id; the id itself where nothing is known by it, null for null. */
export function providerName(id: string | null, schemes: readonly CustomScheme[]): string | null {
  return id === null ? null : (findKnownProvider(id, schemes)?.name ?? id);
}

const listed: readonly Choice[] = providers.map(({ id, name }) => ({ value: id, label: name }));

/** Entries for a picker: the registry by name, and the person's own schemes where there are any. */
export function providerChoices(schemes: readonly CustomScheme[]): readonly (Choice | ChoiceGroup)[] {
  if (schemes.length === 0) return listed;
  const own = schemes
    .map(({ id, name }) => ({ value: id, label: name }))
    .toSorted((a, b) => a.label.localeCompare(b.label, 'en'));
  return [
    { group: 'Own schemes', items: own },
    { group: 'Providers', items: listed },
  ];
}

/** Whether the provider signs with a key pair, of which a handler knows only the public half. */
export function signsWithPair(provider: ProviderDefinition | undefined): boolean {
  return provider?.secretForm.kind === 'key-pair';
}

/** Whether a signature of the provider covers the URL, so that it must be known as the provider called it. */
export function signsUrl(provider: ProviderDefinition | undefined): boolean {
  return provider?.schemes.some(coversUrl) ?? false;
}

/** RFC 9421 section 2.2: components that are taken from the URL. */
const urlComponents = ['@target-uri', '@authority', '@scheme', '@request-target', '@path', '@query', '@query-param'];

function coversUrl(scheme: SchemeDefinition): boolean {
  switch (scheme.kind) {
    case 'token':
    case 'jwt':
      return false;
    case 'message-signature':
      return scheme.components.some((component) => urlComponents.includes(component));
    default:
      return scheme.recipe.some(({ kind }) => kind === 'url' || kind === 'path');
  }
}

/** Seconds that the provider's strongest scheme tolerates; null where it names no limit or carries no time. */
export function ownTolerance(provider: ProviderDefinition | undefined): number | null {
  const scheme = provider?.schemes[0];
  switch (scheme?.kind) {
    case 'token':
    case 'message-signature':
      return null;
    case 'jwt':
      return scheme.toleranceSeconds ?? null;
    default:
      return scheme?.timestamp?.toleranceSeconds ?? null;
  }
}
