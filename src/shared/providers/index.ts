// The providers, found by id or by the marks of a request. A new provider is one file and one line in registry.ts.

import type { HeaderPair } from '../headers.ts';
import type { GenericOptions } from '../workspace.ts';
import type { ProviderDefinition } from './define.ts';
import { genericProvider } from './generic.ts';
import { valueAt } from './read-value.ts';
import * as registry from './registry.ts';

/** Every provider, sorted by name as people look for it; the generic one comes last. */
export const providers: readonly ProviderDefinition[] = Object.values(registry).toSorted(
  (a, b) => Number(a.id === 'generic') - Number(b.id === 'generic') || a.name.localeCompare(b.name, 'en'),
);

const byId = new Map(providers.map((provider) => [provider.id, provider]));

interface Mark {
  readonly provider: ProviderDefinition;
  readonly priority: number;
  /** How the header's value begins; empty: any value. */
  readonly prefix: string;
}
/** Priority of marks that others send too. */
const weakest = -100;
const marksByHeader = new Map<string, Mark[]>();
for (const provider of providers) {
  for (const mark of provider.detect) {
    const { name, prefix, weak } = typeof mark === 'string' ? { name: mark, prefix: '', weak: undefined } : mark;
    const marks = marksByHeader.get(name) ?? [];
    marksByHeader.set(name, [
      ...marks,
      { provider, priority: weak ? weakest : (provider.detectPriority ?? 0), prefix },
    ]);
  }
}
const byBody = providers.filter((provider) => provider.detectJson !== undefined);

/** Ids of all schemes, each once. */
export const schemeIds: readonly string[] = [
  ...new Set(providers.flatMap((provider) => provider.schemes.map((scheme) => scheme.id))),
];

/** One definition for one object of options, so that what is derived from its schemes is found again. */
const genericByOptions = new WeakMap<GenericOptions, ProviderDefinition>();

/** The provider with this id, or undefined. `options` rename the headers of `generic` and mean nothing to others. */
export function findProvider(id: string, options?: GenericOptions): ProviderDefinition | undefined {
  if (id !== 'generic' || options === undefined) return byId.get(id);
  let provider = genericByOptions.get(options);
  if (provider === undefined) genericByOptions.set(options, (provider = genericProvider(options)));
  return provider;
}

/** A person's own scheme of this id as a provider; undefined for the registry's providers and for unknown ids. */
export type FindOwn = (id: string) => ProviderDefinition | undefined;

/** The provider with this id among a person's own schemes, else in the registry; see {@link findProvider}. */
export function findDefinition(
  id: string | null,
  own: FindOwn | undefined,
  options?: GenericOptions,
): ProviderDefinition | undefined {
  return id === null ? undefined : (own?.(id) ?? findProvider(id, options));
}

/**
 * Id of the provider whose marks the headers carry, or null; of several the one with the highest `detectPriority`.
 * Where no header tells, `json` (the parsed body, asked for only then) may.
 */
export function detectProvider(headers: readonly HeaderPair[], json?: () => unknown): string | null {
  let best: Mark | undefined;
  for (const [name, value] of headers) {
    const marks = marksByHeader.get(name.toLowerCase());
    if (marks === undefined) continue;
    for (const mark of marks) {
      if ((best === undefined || mark.priority > best.priority) && value.startsWith(mark.prefix)) best = mark;
    }
  }
  if (best !== undefined && best.priority > weakest) return best.provider.id;
  return (json && detectByBody(json())) ?? best?.provider.id ?? null;
}

function detectByBody(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const provider = byBody.find(({ detectJson }) => detectJson?.every((path) => valueAt(body, path) !== undefined));
  return provider?.id ?? null;
}
