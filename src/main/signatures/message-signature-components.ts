// What a covered component (RFC 9421, section 2) is worth in one request. Text holds one character per byte (Latin-1),
// as headers do, so that the signature base is made of the bytes that came over the wire.

import { headerValues } from '../../shared/headers.ts';
import { parseDictionary, parseList, writeDictionary, writeList, writeMember } from './message-signature-fields.ts';
import type { FieldDictionary, FieldItem } from './message-signature-fields.ts';
import type { Message } from './message.ts';

/** Why a signature cannot be checked. `what` continues a sentence after the status. */
export interface SignatureProblem {
  readonly status: 'invalid' | 'malformed' | 'unsupported';
  readonly reason: string;
  readonly what: string;
}

/** Gives the value of a component, or why it has none. */
export type ComponentReader = (component: FieldItem) => string | SignatureProblem;

/** Request-target components of section 2.2 that depend on the URL, with their names in words. */
const urlComponents: ReadonlyMap<string, string> = new Map([
  ['@target-uri', 'target URI'],
  ['@authority', 'authority'],
  ['@scheme', 'scheme'],
  ['@request-target', 'request target'],
  ['@path', 'path'],
  ['@query', 'query'],
  ['@query-param', 'query parameter'],
]);

/** Parameters of a field component (section 2.1). */
const fieldParameters: ReadonlySet<string> = new Set(['sf', 'key', 'bs', 'tr', 'req']);

/** Registered fields that are dictionaries though they may look like lists (all members flags). */
const dictionaryFields: ReadonlySet<string> = new Set([
  'content-digest',
  'repr-digest',
  'want-content-digest',
  'want-repr-digest',
  'signature',
  'signature-input',
  'accept-signature',
  'priority',
  'cdn-cache-control',
]);

/** A reader for one message. Fields and URL are parsed at most once, however often components ask. */
export function createComponentReader(message: Message): ComponentReader {
  const fields = new Map<string, readonly string[]>();
  const dictionaries = new Map<string, FieldDictionary | null>();
  let target: Target | undefined;
  let query: ReadonlyMap<string, readonly string[]> | undefined;

  function valuesOf(name: string): readonly string[] {
    let values = fields.get(name);
    if (values === undefined) fields.set(name, (values = headerValues(message.headers, name).map(unfold)));
    return values;
  }

  function dictionaryOf(name: string, text: string): FieldDictionary | null {
    let dictionary = dictionaries.get(name);
    if (dictionary === undefined) dictionaries.set(name, (dictionary = parseDictionary(text)));
    return dictionary;
  }

  function structured(name: string, text: string): string | null {
    const list = dictionaryFields.has(name) ? null : parseList(text);
    if (list !== null) return writeList(list);
    const dictionary = dictionaryOf(name, text);
    return dictionary === null ? null : writeDictionary(dictionary);
  }

  function readField(name: string, { parameters }: FieldItem): string | SignatureProblem {
    const values = valuesOf(name);
    const shown = `header ${shorten(name)}`;
    if (values.length === 0) return notSent(shown);
    const wrapped = parameters.has('bs');
    const key = parameters.get('key');
    if (wrapped && (key !== undefined || parameters.has('sf'))) {
      return malformed(`${shown} is covered with bs and, at once, as a structured field`);
    }
    if (wrapped) return values.map((value) => `:${Buffer.from(value, 'latin1').toString('base64')}:`).join(', ');
    const text = values.join(', ');
    if (key !== undefined) {
      const member = dictionaryOf(name, text)?.get(key.value);
      return member === undefined ? notSent(`member ${shorten(key.value)} of ${shown}`) : writeMember(member);
    }
    if (!parameters.has('sf')) return text;
    return structured(name, text) ?? malformed(`${shown} is covered as a structured field (sf), but is none`);
  }

  function readQueryParameter(component: FieldItem): string | SignatureProblem {
    const name = component.parameters.get('name');
    if (name?.kind !== 'string') return malformed('@query-param is covered without the name of a parameter');
    const values = (query ??= queryValues((target ??= targetOf(message)).query)).get(name.value) ?? [];
    const shown = `query parameter ${shorten(name.value)}`;
    if (values.length > 1) {
      return problem('invalid', 'component-repeated', `the signature covers ${shown}, which is there more than once`);
    }
    return values[0] ?? notSent(shown);
  }

  function readDerived(name: string, component: FieldItem): string | SignatureProblem {
    if (name === '@method') return message.method;
    if (name === '@query-param') return readQueryParameter(component);
    const { scheme, authority, path, query, requestTarget } = (target ??= targetOf(message));
    switch (name) {
      case '@target-uri':
        return scheme === '' ? unknownAddress : `${scheme}://${authority}${path}${query}`;
      case '@authority':
        return authority === '' ? unknownAddress : authority;
      case '@scheme':
        return scheme === '' ? unknownAddress : scheme;
      case '@request-target':
        return requestTarget;
      case '@path':
        return path;
      case '@query':
        return query === '' ? '?' : query;
      default:
        return unsupported(`component ${shorten(name)}`);
    }
  }

  return (component) => {
    const name = component.bare.value;
    const refused = refusal(component);
    if (refused !== null) return refused;
    const value = name.startsWith('@') ? readDerived(name, component) : readField(name, component);
    return typeof value === 'string' && /[\r\n]/.test(value)
      ? malformed(`${describeComponent(component)} holds a line break, which cannot be signed`)
      : value;
  };
}

/** Whether the component's value comes from the URL. */
export function dependsOnUrl(component: FieldItem): boolean {
  return urlComponents.has(component.bare.value);
}

/** The component in words, for example `header date` or `query parameter id`. */
export function describeComponent({ bare, parameters }: FieldItem): string {
  const name = shorten(bare.value);
  const detail = shorten((parameters.get('name') ?? parameters.get('key'))?.value ?? '');
  if (name === '@method') return 'method';
  const words = urlComponents.get(name);
  if (words !== undefined) return name === '@query-param' ? `${words} ${detail}` : words;
  if (name.startsWith('@')) return name;
  if (parameters.has('key')) return `header ${name}’s ${detail}`;
  if (parameters.has('bs')) return `header ${name} in base64`;
  return parameters.has('sf') ? `header ${name} in canonical form` : `header ${name}`;
}

/** A name from a request, short enough for a sentence. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Parameters and names that a request's signature cannot have, or that nobody knows (section 2.5). */
function refusal({ bare, parameters }: FieldItem): SignatureProblem | null {
  const name = bare.value;
  const derived = name.startsWith('@');
  if (name === '' || /[A-Z]/.test(name)) return malformed(`component ${JSON.stringify(shorten(name))} is no name in lower case`); // prettier-ignore
  for (const [key, value] of parameters) {
    if (key === 'req' || (key === 'tr' && !derived)) {
      const from = key === 'req' ? 'the request that led to a response' : 'the trailers';
      return unsupported(`component ${shorten(name)};${key}, taken from ${from}`);
    }
    const known = derived ? name === '@query-param' && key === 'name' : fieldParameters.has(key);
    if (!known) return unsupported(`parameter ${shorten(key)} of component ${shorten(name)}`);
    const fits = key === 'name' || key === 'key' ? value.kind === 'string' : value.text === '?1';
    if (!fits) return malformed(`parameter ${key} of component ${shorten(name)} has a value that it cannot have`);
  }
  return null;
}

interface Target {
  /** Empty where only a path is known. */
  readonly scheme: string;
  readonly authority: string;
  /** Never empty. */
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly query: string;
  readonly requestTarget: string;
}

const standardPorts: ReadonlyMap<string, string> = new Map([
  ['http', ':80'],
  ['https', ':443'],
]);

/** The parts of the target URI, normalised as RFC 9110, section 4.2.3, says. Escapes stay as they are. */
function targetOf(message: Message): Target {
  const url = wireText(message.url);
  const parts = /^(?:([a-z][a-z0-9+.-]*):\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?/i.exec(url) ?? [];
  const [, written = '', place = message.header('host') ?? '', rawPath = '', query = ''] = parts;
  const scheme = written.toLowerCase();
  const host = place.slice(place.lastIndexOf('@') + 1).toLowerCase();
  const port = /:\d*$/.exec(host)?.[0];
  const isStandard = port === ':' || (port !== undefined && port === standardPorts.get(scheme));
  const authority = isStandard ? host.slice(0, -port.length) : host;
  const path = rawPath === '' ? '/' : rawPath;
  const requestTarget = message.method === 'CONNECT' && scheme !== '' ? host : `${path}${query}`;
  return { scheme, authority, path, query, requestTarget };
}

/** The UTF-8 bytes of a text, one character per byte. */
function wireText(text: string): string {
  return /[^\x00-\x7f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

/** Parameters of a form query by their name, names and values encoded as section 2.2.8 says. */
function queryValues(query: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  const ascii = query.replaceAll(/[^\x00-\x7f]/g, percentOf);
  for (const [name, value] of new URLSearchParams(ascii)) {
    const key = encodeForm(name);
    const found = values.get(key);
    if (found === undefined) values.set(key, [encodeForm(value)]);
    else found.push(encodeForm(value));
  }
  return values;
}

/** The URL standard keeps letters, digits and `*-._`; a space becomes %20. */
function encodeForm(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()~]/g, percentOf);
}

function percentOf(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A field's value without blanks around it, and with folded lines on one line (section 2.1). */
function unfold(value: string): string {
  if (!value.includes('\n')) return trimBlanks(value);
  return trimBlanks(
    value
      .split(/\r?\n[ \t]+/)
      .map(trimBlanks)
      .join(' '),
  );
}

/** String.trim would also take bytes such as 0xA0. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && (text[start] === ' ' || text[start] === '\t')) start += 1;
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  return text.slice(start, end);
}

const unknownAddress = problem('invalid', 'component-missing', 'the signature covers the address, which is not known');

function notSent(what: string): SignatureProblem {
  return problem('invalid', 'component-missing', `the signature covers ${what}, which was not sent`);
}

function malformed(what: string): SignatureProblem {
  return problem('malformed', 'component-malformed', what);
}

function unsupported(what: string): SignatureProblem {
  return problem('unsupported', 'unknown-component', `the signature covers ${what}, which a request does not have or Hookbench does not know`); // prettier-ignore
}

function problem(status: SignatureProblem['status'], reason: string, what: string): SignatureProblem {
  return { status, reason, what };
}
