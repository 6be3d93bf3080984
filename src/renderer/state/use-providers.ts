// The providers as components need them: by id, and as entries of a picker. Own schemes come from the mirror.

import { useMemo } from 'react';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { Choice, ChoiceGroup } from '../lib/choices.ts';
import { findKnownProvider, providerChoices, providerName } from '../lib/known-providers.ts';
import { useApp } from './use-app.ts';

/** The provider with this id, or undefined. The same object until its scheme changes. */
export function useProvider(id: string | null): ProviderDefinition | undefined {
  return useApp((state) => findKnownProvider(id, state.mirror.schemes));
}

/** Name of the provider with this id; the id itself where nothing is known by it, null for null. */
export function useProviderName(id: string | null): string | null {
  return useApp((state) => providerName(id, state.mirror.schemes));
}

/** Entries for a provider picker. */
export function useProviderChoices(): readonly (Choice | ChoiceGroup)[] {
  const schemes = useApp((state) => state.mirror.schemes);
  return useMemo(() => providerChoices(schemes), [schemes]);
}
