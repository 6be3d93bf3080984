// Which endpoint a request belongs to: the longest path prefix that ends where a path segment ends. Paths are compared
// as sent: nothing is decoded, so no spelling of a path can slip into another endpoint.

import { defaultEndpoint } from '../../shared/workspace.ts';
import type { Endpoint } from '../../shared/workspace.ts';

/** Path part of a request target in origin form (`/a?b`) or absolute form (`http://host/a?b`); else `/`. */
export function targetPath(target: string): string {
  const start = target.startsWith('/') ? 0 : pathStart(target);
  if (start === -1) return '/';
  const end = target.slice(start).search(/[?#]/);
  return end === -1 ? target.slice(start) : target.slice(start, start + end);
}

function pathStart(target: string): number {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target)?.[0];
  return authority !== undefined && target[authority.length] === '/' ? authority.length : -1;
}

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

function withoutLastSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function isWithin(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');
}
