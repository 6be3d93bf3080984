// The Link header (RFC 8288), by which many APIs name their next page. It only reads: whether the named address may be
// asked is decided where the token is.

import { headerValues } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';

/** Target of the first link with `rel=next` as it was written (it may be relative), or null. */
export function nextLink(headers: readonly HeaderPair[]): string | null {
  for (const value of headerValues(headers, 'link')) {
    for (const [, target = '', parameters = ''] of value.matchAll(/<([^<>]*)>((?:[^,<"]|"[^"]*")*)/g)) {
      const rel = [...parameters.matchAll(/;\s*([^\s=;"]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/g)].find(
        ([, name]) => name?.toLowerCase() === 'rel',
      );
      const relations = (rel?.[2] ?? rel?.[3] ?? '').toLowerCase().split(/\s+/);
      if (relations.includes('next')) return target.trim();
    }
  }
  return null;
}

/** Value of a query parameter of the next link, or null when there is no next link. */
export function nextLinkParameter(headers: readonly HeaderPair[], name: string): string | null {
  const target = nextLink(headers);
  if (target === null) return null;
  const query = target.includes('?') ? target.slice(target.indexOf('?') + 1) : '';
  return new URLSearchParams(query).get(name);
}
