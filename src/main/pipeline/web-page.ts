// Marks requests that a web page in somebody's browser made: no provider does that, and a page may try to feed a
// developer's handler through the local receiver.

import type { HeaderPair } from '../../shared/headers.ts';

/** Values of Sec-Fetch-Site (Fetch Metadata) that a person's own navigation or a page of this origin sends. */
const ownSites: ReadonlySet<string> = new Set(['none', 'same-origin']);

/** Whether a browser says that a web page sent this: it adds Origin or Sec-Fetch-Site, and pages cannot change them. */
export function isFromWebPage(headers: readonly HeaderPair[]): boolean {
  return headers.some(([name, value]) => {
    // Told apart by length first: this runs with every request.
    if (name.length === 6) return name.toLowerCase() === 'origin';
    return name.length === 14 && name.toLowerCase() === 'sec-fetch-site' && !ownSites.has(value.trim().toLowerCase());
  });
}
