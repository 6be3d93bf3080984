// Recognises arrived requests where they do not carry the id that the provider's API tells (Shopify). For whoever looks
// into the history; the engine itself never sees it.

import { BrokenPage, readJson, readTime, scalarText, valueAt } from './json-text.ts';
import type { BodyCondition } from './source.ts';

/** Whether a request's body is JSON and fulfils every condition. Numbers count as written, times as moments. */
export function bodyMatches(body: Uint8Array, conditions: readonly BodyCondition[]): boolean {
  try {
    const json = readJson(body);
    return conditions.every(({ path, value }) => {
      const found = scalarText(valueAt(json, path));
      return found !== null && (found === value || isSameMoment(found, value));
    });
  } catch (error) {
    if (error instanceof BrokenPage) return false;
    throw error;
  }
}

function isSameMoment(one: string, other: string): boolean {
  const at = readTime(one, 'iso');
  return at !== null && at === readTime(other, 'iso');
}
