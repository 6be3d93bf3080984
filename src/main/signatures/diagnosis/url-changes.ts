// URLs that the provider may have signed instead: proxies and tunnels end TLS, change host and port, add or lose a
// slash or a query. Headers that they add tell what they received.

import { headerValues } from '../../../shared/headers.ts';
import { createMessage } from '../message.ts';
import type { Message } from '../message.ts';
import { usesUrl } from '../recipe.ts';
import { isRecipe } from './subject.ts';
import type { Cause, Change, Session, Subject } from './subject.ts';
import { urlCause } from './words.ts';

/** Most URLs that are tried. */
const urlLimit = 40;

/** The parts of a URL, each as written. Joined again they give the URL. */
interface UrlParts {
  readonly scheme: string;
  readonly host: string;
  /** With its colon; empty when the URL names none. */
  readonly port: string;
  readonly path: string;
  /** With its question mark. */
  readonly query: string;
}

/** The same check with every other URL, where the scheme signs the URL at all. */
export function* urlChanges(session: Session, subject: Subject): Generator<Change> {
  const { message } = subject;
  if (!signsUrl(subject)) return;
  const own = partsOf(message.url);
  if (own === null) return;
  const { urlSource, configuredUrl } = session.input;
  const isConfigured = urlSource === 'configured';
  const tried = new Set([joinParts(own)]);
  for (const parts of otherUrls(own, partsOf(configuredUrl ?? ''), message)) {
    const url = joinParts(parts);
    if (tried.has(url)) continue;
    if (tried.size > urlLimit) return;
    tried.add(url);
    yield { message: withUrl(message, url), cause: () => causeOf(own, parts, isConfigured) };
  }
}

function signsUrl({ scheme, message }: Subject): boolean {
  if (isRecipe(scheme)) return usesUrl(scheme);
  if (scheme.kind !== 'message-signature') return false;
  const covered = headerValues(message.headers, 'signature-input').join();
  return /"@(?:target-uri|authority|scheme|request-target|path|query|query-param)"/.test(covered);
}

function withUrl({ method, headers, body }: Message, url: string): Message {
  return createMessage({ method, headers, body, url });
}

/** One part changed first, then what a tunnel changes at once. */
function* otherUrls(own: UrlParts, configured: UrlParts | null, message: Message): Generator<UrlParts> {
  const flipped = own.scheme.toLowerCase() === 'https' ? 'http' : 'https';
  yield { ...own, scheme: flipped };
  yield { ...own, scheme: flipped, port: '' };
  if (own.port !== '') yield { ...own, port: '' };
  yield { ...own, port: standardPort(own.scheme) };
  yield { ...own, scheme: flipped, port: standardPort(flipped) };
  for (const path of otherSlashes(own.path)) yield { ...own, path };
  if (own.query !== '') yield { ...own, query: '' };
  if (configured !== null) {
    yield { ...own, query: configured.query };
    yield configured;
  }
  const targets = [own, ...forwardedTargets(own, message)];
  for (const parts of targets) yield parts;
  for (const { host, port } of forwardedHosts(message)) {
    for (const parts of targets) {
      yield { ...parts, host, port };
      yield { ...parts, scheme: flipped, host, port };
      if (port === '') continue;
      yield { ...parts, host, port: '' };
      yield { ...parts, scheme: flipped, host, port: '' };
    }
  }
}

function standardPort(scheme: string): string {
  return scheme.toLowerCase() === 'https' ? ':443' : ':80';
}

function otherSlashes(path: string): readonly string[] {
  if (path === '') return ['/'];
  return path.endsWith('/') ? [path.slice(0, -1)] : [`${path}/`];
}

/** Hosts that the request names, those of proxies first. */
function forwardedHosts(message: Message): readonly Pick<UrlParts, 'host' | 'port'>[] {
  const named = ['x-forwarded-host', 'x-original-host', 'x-host', 'x-forwarded-server', 'host'];
  const texts = named.flatMap((name) => headerValues(message.headers, name)).flatMap((value) => value.split(',', 3));
  const forwarded = headerValues(message.headers, 'forwarded')
    .flatMap((value) => [...value.matchAll(/\bhost="?([^";,\s]+)/gi)])
    .map((found) => found[1] ?? '');
  const port = headerValues(message.headers, 'x-forwarded-port')[0]?.trim() ?? '';
  const hosts = [...forwarded, ...texts].flatMap((text) => {
    const [, host = '', ownPort = ''] = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i.exec(text.trim()) ?? [];
    if (host === '') return [];
    const given = ownPort === '' && /^\d{1,5}$/.test(port) ? [{ host, port: `:${port}` }] : [];
    return [{ host, port: ownPort }, ...given];
  });
  return hosts.slice(0, 8);
}

/** Paths and queries before a proxy rewrote them. */
function forwardedTargets(own: UrlParts, message: Message): readonly UrlParts[] {
  const names = ['x-original-url', 'x-original-uri', 'x-forwarded-uri', 'x-rewrite-url', 'x-envoy-original-path', 'x-replaced-path']; // prettier-ignore
  const found = names
    .flatMap((name) => headerValues(message.headers, name).slice(0, 1))
    .flatMap((value) => targetsOf(own, value));
  const prefix = headerValues(message.headers, 'x-forwarded-prefix')[0] ?? '';
  if (prefix.startsWith('/')) found.push({ ...own, path: prefix.replace(/\/$/, '') + own.path });
  return found.slice(0, 4);
}

function targetsOf(own: UrlParts, value: string): readonly UrlParts[] {
  if (!value.startsWith('/')) {
    const parts = partsOf(value);
    return parts === null ? [] : [parts];
  }
  const [, path = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(value) ?? [];
  const exact = { ...own, path, query };
  return query === '' && own.query !== '' ? [{ ...own, path }, exact] : [exact];
}

/** The check with the body's hash in the URL again, where the scheme needs it there and the query was lost. */
export function* lostHashChange(session: Session, { provider, message }: Subject): Generator<void, Change | null> {
  const own = partsOf(message.url);
  const scheme = provider.schemes.filter(isRecipe).find(({ bodyHashQuery }) => bodyHashQuery !== undefined);
  const name = scheme?.bodyHashQuery;
  if (own === null || scheme === undefined || name === undefined || message.query(name) !== undefined) return null;
  const digest = yield* session.ledger.bodyHash('sha256', message.body);
  if (digest === null) return null;
  const query = `${own.query === '' ? '?' : `${own.query}&`}${name}=${digest.toString('hex')}`;
  return {
    scheme,
    message: withUrl(message, joinParts({ ...own, query })),
    cause: () => urlCause('url-query', `with ${name} in the query, which was lost on the way`, false),
  };
}

function causeOf(own: UrlParts, right: UrlParts, isConfigured: boolean): Cause {
  const cause = (code: Parameters<typeof urlCause>[0], what: string): Cause => urlCause(code, what, isConfigured);
  if (right.host.toLowerCase() !== own.host.toLowerCase())
    return cause('url-host', `for host ${right.host} instead of ${own.host}`);
  if (right.scheme !== own.scheme) return cause('url-scheme', `for ${right.scheme} instead of ${own.scheme}`);
  if (right.port !== own.port) return cause('url-port', `${portWords(right.port)} instead of ${portWords(own.port)}`);
  if (right.path !== own.path && right.query === own.query) {
    const isSlash = right.path.replace(/\/$/, '') === own.path.replace(/\/$/, '');
    if (!isSlash) return cause('url-host', 'for the path that a proxy received instead of the one it passed on');
    const what = right.path.endsWith('/') ? 'with a slash at the end of the path' : 'without the slash at the end of the path'; // prettier-ignore
    return cause('url-trailing-slash', what);
  }
  return cause('url-query', right.query === '' ? 'without the query' : 'with a query that was lost on the way');
}

function portWords(port: string): string {
  return port === '' ? 'without a port' : `with port ${port.slice(1)}`;
}

function partsOf(url: string): UrlParts | null {
  const found = /^(https?):\/\/(\[[^\]]*\]|[^/?#:]*)(:\d+)?([^?#]*)(\?[^#]*)?/is.exec(url);
  if (!found) return null;
  const [, scheme = '', host = '', port = '', path = '', query = ''] = found;
  return { scheme, host, port, path, query };
}

function joinParts({ scheme, host, port, path, query }: UrlParts): string {
  return `${scheme}://${host}${port}${path}${query}`;
}
