// The values that the filter box can offer because this window has seen or configured them.

import { providerChoices } from '../lib/known-providers.ts';
import type { SuggestionSources } from '../lib/query-suggestions.ts';
import type { AppState } from './app-state.ts';

/** Rows that are looked through: the newest. */
const lookedAt = 2_000;
const usualMethods = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'];

/** What is known now; providers and events that were seen come first. */
export function querySources({ mirror }: Pick<AppState, 'mirror'>): SuggestionSources {
  const rows = mirror.rows.slice(0, lookedAt);
  const methods = new Set([...rows.map(({ method }) => method), ...usualMethods]);
  const seen = new Set(rows.map(({ provider }) => provider));
  const providers = providerChoices(mirror.schemes)
    .flatMap((choice) => ('items' in choice ? choice.items : [choice]))
    .map(({ value, label }) => ({ value, about: label }));
  return {
    endpoints: mirror.endpoints.map(({ id, name }) => ({ value: id, about: name === id ? '' : name })),
    providers: [
      ...providers.filter(({ value }) => seen.has(value)),
      ...providers.filter(({ value }) => !seen.has(value)),
    ],
    events: [...new Set(rows.flatMap(({ event }) => event ?? []))],
    methods: [...methods],
  };
}
