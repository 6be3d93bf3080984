// Reads `hookbench://` links. Any web page can make the system open one, so a link may only name a view: nothing in it is
// ever sent, imported, saved or run. What is not exactly of the known shape is no link.

/** Views that a link may name by `view/NAME`. */
const views: ReadonlySet<string> = new Set([
  'inbox',
  'compose',
  'deliveries',
  'dead-letters',
  'handler-check',
  'catch-up',
  'settings',
  'schemes',
]);

/** What a link may name by id, and the address of its view. */
const places: Readonly<Record<string, string>> = {
  request: 'inbox',
  delivery: 'deliveries',
  'dead-letter': 'dead-letters',
  endpoint: 'endpoints',
  target: 'targets',
  tunnel: 'tunnels',
  pull: 'catch-up',
  scheme: 'schemes',
};

/** No link of ours is longer. */
const maxLength = 300;

/** Lower-case kind, then an id as schema-parts.ts has it (here without a dot at its start); a browser may add a slash. */
const shape = /^hookbench:\/\/([a-z-]{1,20})\/([A-Za-z0-9_-][A-Za-z0-9_.-]{0,63})\/?$/i;

/** The part of the view's address behind `#`, for example `#/inbox/req_1`; null for anything that is no such link. */
export function readDeepLink(text: string): string | null {
  if (text.length > maxLength) return null;
  const [, kind = '', id = ''] = shape.exec(text) ?? [];
  if (kind.toLowerCase() === 'view') return views.has(id.toLowerCase()) ? `#/${id.toLowerCase()}` : null;
  const place = Object.hasOwn(places, kind.toLowerCase()) ? places[kind.toLowerCase()] : undefined;
  return place === undefined ? null : `#/${place}/${id}`;
}

/** The first link among the arguments of a start; whatever else stands there is not looked at. */
export function findDeepLink(args: readonly string[]): string | null {
  for (const arg of args) {
    const place = readDeepLink(arg);
    if (place !== null) return place;
  }
  return null;
}
