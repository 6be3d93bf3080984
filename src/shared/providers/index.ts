// The registry: every provider, found by id or by the headers of a request. A new provider is one file and one line.

import type { HeaderPair } from '../headers.ts';
import type { GenericOptions } from '../workspace.ts';
import type { ProviderDefinition } from './define.ts';
import { generic, genericProvider } from './generic.ts';
import { github } from './github.ts';
import { shopify } from './shopify.ts';
import { slack } from './slack.ts';
import { standardWebhooks } from './standard-webhooks.ts';
import { stripe } from './stripe.ts';
import { svix } from './svix.ts';

/**
 * Every provider, in the order of detection: where a request has marks of two, the earlier one wins (Svix sends
 * `webhook-*` beside `svix-*`; anyone may add `X-Webhook-Signature`).
 */
export const providers: readonly ProviderDefinition[] = [
  stripe,
  shopify,
  slack,
  svix,
  github,
  standardWebhooks,
  generic,
];

const byId = new Map(providers.map((provider) => [provider.id, provider]));

const rankByHeader = new Map<string, number>();
for (const [rank, provider] of providers.entries()) {
  for (const name of provider.detect) rankByHeader.set(name, rank);
}

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

/** Id of the provider whose marks the headers carry, or null. */
export function detectProvider(headers: readonly HeaderPair[]): string | null {
  let best = providers.length;
  for (const [name] of headers) {
    const rank = rankByHeader.get(name.toLowerCase());
    if (rank !== undefined && rank < best) best = rank;
  }
  return providers[best]?.id ?? null;
}
