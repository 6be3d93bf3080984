// Which endpoint a request belongs to: the longest path prefix that ends where a path segment ends. Paths are compared
// as sent: nothing is decoded, so no spelling of a path can slip into another endpoint.

import { targetPath } from '../../shared/request-target.ts';
import { defaultEndpoint } from '../../shared/workspace.ts';
import type { Endpoint } from '../../shared/workspace.ts';

/** The endpoint that takes this request target; the catch-all when no other path fits. */
export function findEndpoint(endpoints: readonly Endpoint[], target: string): Endpoint {
  const path = targetPath(target);
  let best = defaultEndpoint;
  let bestLength = -1;
  for (const endpoint of endpoints) {
    const prefix = withoutLastSlash(endpoint.path);
    if (prefix.length > bestLength && isWithin(path, prefix)) {
      best = endpoint;
      bestLength = prefix.length;
    }
  }
  return best;
}

/** The endpoint that takes this request target, or null when it is switched off. */
export function findActiveEndpoint(endpoints: readonly Endpoint[], target: string): Endpoint | null {
  const endpoint = findEndpoint(endpoints, target);
  return endpoint.active ? endpoint : null;
}

function withoutLastSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function isWithin(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');
}
