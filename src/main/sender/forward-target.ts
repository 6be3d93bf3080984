// What a forward asks its app for: the forward's own path, perhaps what followed the endpoint's path, and the query
// exactly as it was sent. Pure text; nothing is decoded.

/** The parts that decide. */
export interface ArrivedTarget {
  /** The request target as sent. */
  readonly target: string;
  /** Its path. */
  readonly path: string;
  /** Path of the endpoint that took it. */
  readonly endpointPath: string;
  readonly appendPath: boolean;
}

/** Two dots between separators in any spelling that a server may resolve. */
const climbs = /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){2}(?:$|[/\\;]|%2f|%5c|%3b)/i;

/**
 * Path and query for the app at `base`, or null where what the sender wrote would lead out of the forward's own path
 * (`..`): a person opened that path only.
 */
export function forwardTarget(base: URL, arrived: ArrivedTarget): string | null {
  const rest = arrived.appendPath ? restOf(arrived) : '';
  if (climbs.test(rest)) return null;
  const path = base.pathname.endsWith('/') && rest !== '' ? base.pathname.slice(0, -1) + rest : base.pathname + rest;
  const mark = arrived.target.search(/[?#]/);
  const query = mark !== -1 && arrived.target[mark] === '?' ? arrived.target.slice(mark + 1) : null;
  if (query === null) return path + base.search;
  return base.search === '' ? `${path}?${query}` : `${path}${base.search}&${query}`;
}

/**
 * The same as an address for the queue, which reads it as a URL: what a URL parser would turn into something else
 * (bytes above ASCII, `#`, a backslash in the path) is percent-encoded first.
 */
export function forwardUrl(base: URL, target: string): string {
  const [, path = '', query = ''] = /^([^?]*)(.*)$/s.exec(target) ?? [];
  return base.origin + path.replace(/[^\u0021-\u007e]|[#\\]/g, escaped) + query.replace(/[^\u0021-\u007e]|#/g, escaped);
}

function restOf({ path, endpointPath }: ArrivedTarget): string {
  const prefix = endpointPath.endsWith('/') ? endpointPath.slice(0, -1) : endpointPath;
  if (!path.startsWith(prefix) || path === endpointPath) return '';
  return path.slice(prefix.length);
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
