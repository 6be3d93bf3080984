// Makes a source from what a person wrote: a provider's id and its settings, each error with the name of its field.

import * as v from 'valibot';
import { AppError } from '../../shared/errors.ts';
import { genericConfigSchema, genericSource } from './generic.ts';
import { githubConfigSchema, githubSource } from './github.ts';
import { shopifyConfigSchema, shopifySource } from './shopify.ts';
import type { PullSource } from './source.ts';
import { stripeConfigSchema, stripeSource } from './stripe.ts';
import { svixConfigSchema, svixSource } from './svix.ts';

/** What can be pulled from; but for `generic` ids of providers. */
export const sourceIds = ['github', 'stripe', 'svix', 'shopify', 'generic'] as const;

/**
 * The source `id` with the settings `config` (parsed JSON; null for none). Throws AppError CONFIG_UNKNOWN_PROVIDER, or
 * CONFIG_INVALID whose message begins with the field.
 */
export function createSource(id: string, config: unknown): PullSource {
  const settings = config ?? {};
  switch (id) {
    case 'github':
      return githubSource(check(githubConfigSchema, settings));
    case 'stripe':
      check(stripeConfigSchema, settings);
      return stripeSource();
    case 'svix':
      return svixSource(check(svixConfigSchema, settings));
    case 'shopify':
      return shopifySource(check(shopifyConfigSchema, settings));
    case 'generic':
      return genericSource(check(genericConfigSchema, settings));
    default:
      throw new AppError(
        'CONFIG_UNKNOWN_PROVIDER',
        `Nothing can be pulled from “${id}”; take one of ${sourceIds.join(', ')}.`,
      );
  }
}

function check<Schema extends v.GenericSchema>(schema: Schema, config: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, config);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const field = v.getDotPath(issue);
  throw new AppError('CONFIG_INVALID', `${field ?? 'The configuration'}: ${describe(issue)}.`, { field: field ?? '' });
}

/** The schemas' own words; the library's for what they leave to it, put into ours. */
function describe(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'is not a known field';
  if (issue.received === 'undefined') return 'is missing';
  if (issue.type === 'strict_object') return 'must be a JSON object';
  return issue.message.startsWith('Invalid ') ? `must be ${issue.expected ?? 'something else'}` : issue.message;
}
