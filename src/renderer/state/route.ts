// Where the person is, as the part of the address behind `#`. Links are real links, so the views need no router.

/** A place in the window. */
export type Route =
  | { readonly view: 'inbox'; readonly id: string | null }
  | { readonly view: 'compose' }
  | { readonly view: 'replay'; readonly id: string }
  /** Two requests side by side; a null `b` is still to be chosen. */
  | { readonly view: 'compare'; readonly a: string; readonly b: string | null }
  | { readonly view: 'deliveries'; readonly id: string | null }
  | { readonly view: 'dead-letters'; readonly id: string | null }
  /** A null id is a new one. */
  | { readonly view: 'endpoint'; readonly id: string | null }
  | { readonly view: 'target'; readonly id: string | null }
  | { readonly view: 'tunnel'; readonly id: string | null }
  | { readonly view: 'handler-check' }
  /** The id is a pull's. */
  | { readonly view: 'catch-up'; readonly id: string | null }
  | { readonly view: 'pull'; readonly id: string | null }
  | { readonly view: 'settings' }
  /** A file of requests, before they are stored. */
  | { readonly view: 'import' }
  /** What to paste where for a provider, and the handler that verifies it. */
  | { readonly view: 'help'; readonly id: string | null }
  /** The list of own signature schemes. */
  | { readonly view: 'schemes' }
  | { readonly view: 'scheme'; readonly id: string | null };

/** Address of a route, for example `#/inbox/req_1`. */
export function hashOf(route: Route): string {
  switch (route.view) {
    case 'inbox':
    case 'deliveries':
    case 'dead-letters':
    case 'catch-up':
    case 'help':
      return route.id === null ? `#/${route.view}` : `#/${route.view}/${encodeURIComponent(route.id)}`;
    case 'replay':
      return `#/replay/${encodeURIComponent(route.id)}`;
    case 'compare':
      return ['#/compare', route.a, ...(route.b === null ? [] : [route.b])]
        .map((part, i) => (i === 0 ? part : encodeURIComponent(part)))
        .join('/');
    case 'endpoint':
      return route.id === null ? '#/new-endpoint' : `#/endpoints/${encodeURIComponent(route.id)}`;
    case 'target':
      return route.id === null ? '#/new-target' : `#/targets/${encodeURIComponent(route.id)}`;
    case 'tunnel':
      return route.id === null ? '#/new-tunnel' : `#/tunnels/${encodeURIComponent(route.id)}`;
    case 'pull':
      return route.id === null ? '#/new-pull' : `#/pulls/${encodeURIComponent(route.id)}`;
    case 'scheme':
      return route.id === null ? '#/new-scheme' : `#/schemes/${encodeURIComponent(route.id)}`;
    case 'compose':
    case 'handler-check':
    case 'import':
    case 'settings':
    case 'schemes':
      return `#/${route.view}`;
  }
}

/** Route of an address; anything unknown is the Inbox. */
export function routeOf(hash: string): Route {
  const [view = '', rest = '', second = ''] = hash.replace(/^#?\/?/, '').split('/', 3);
  const id = rest === '' ? null : decode(rest);
  switch (view) {
    case 'compose':
    case 'handler-check':
    case 'import':
    case 'settings':
      return { view };
    case 'deliveries':
    case 'dead-letters':
    case 'catch-up':
    case 'help':
      return { view, id };
    case 'replay':
      return id === null ? { view: 'inbox', id } : { view, id };
    case 'compare':
      return id === null ? { view: 'inbox', id } : { view, a: id, b: second === '' ? null : decode(second) };
    case 'endpoints':
      return id === null ? { view: 'inbox', id } : { view: 'endpoint', id };
    case 'targets':
      return id === null ? { view: 'inbox', id } : { view: 'target', id };
    case 'tunnels':
      return id === null ? { view: 'inbox', id } : { view: 'tunnel', id };
    case 'schemes':
      return id === null ? { view } : { view: 'scheme', id };
    case 'pulls':
      return id === null ? { view: 'catch-up', id } : { view: 'pull', id };
    case 'new-pull':
      return { view: 'pull', id: null };
    case 'new-scheme':
      return { view: 'scheme', id: null };
    case 'new-endpoint':
      return { view: 'endpoint', id: null };
    case 'new-tunnel':
      return { view: 'tunnel', id: null };
    case 'new-target':
      return { view: 'target', id: null };
    default:
      return { view: 'inbox', id: view === 'inbox' ? id : null };
  }
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
