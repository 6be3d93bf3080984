// Reads what a provider's data points at (delivery id, event type, a condition's value) from one request. Bodies are
// hostile: whatever cannot be read is simply not there.

import { headerValue } from '../headers.ts';
import type { HeaderPair } from '../headers.ts';
import type { RequestCondition, ValueSource } from './sources.ts';

/** Longest value that still counts as an id or an event name, in characters. */
const longest = 500;

const formType = /^application\/x-www-form-urlencoded\b/i;

/** Whether the headers say that the body is a form. */
export function isForm(headers: readonly HeaderPair[]): boolean {
  return formType.test(headerValue(headers, 'content-type') ?? '');
}

/** Gives the first value that one of the sources holds, or null. */
export type ValueReader = (sources: readonly ValueSource[]) => string | null;

/** Looks into one request, parsing its body once and only when something asks for it. */
export interface RequestLook {
  readonly headers: readonly HeaderPair[];
  /** The first value of the header. */
  header(name: string): string | undefined;
  /** The parsed JSON body; undefined when it is none. */
  json(): unknown;
  /** The decoded query parameter of the URL, or undefined. */
  query(name: string): string | undefined;
  /** Decoded form fields in order; null when the body is no form. */
  form(): readonly (readonly [string, string])[] | null;
}

/**
 * A look at one request. `text` gives the body as text; it is called at most once per kind of body, and not at all where
 * headers suffice. `target` is the URL or request target. Nothing throws for anything in the request.
 */
export function lookAt(headers: readonly HeaderPair[], target: string, text: () => string): RequestLook {
  let parsed: { readonly json: unknown } | undefined;
  let form: { readonly fields: readonly (readonly [string, string])[] | null } | undefined;
  return {
    headers,
    header: (name) => headerValue(headers, name),
    json: () => (parsed ??= { json: parseJson(text()) }).json,
    query: (name) => queryValue(target, name),
    form: () => (form ??= { fields: isForm(headers) ? parseForm(text()) : null }).fields,
  };
}

/** A reader of values for one request; see {@link lookAt}. */
export function createValueReader(headers: readonly HeaderPair[], text: () => string, target = ''): ValueReader {
  return valueReader(lookAt(headers, target, text));
}

/** A reader of values over a look. */
export function valueReader(look: RequestLook): ValueReader {
  function withSuffix(value: string | null, suffix: readonly ValueSource[] | undefined): string | null {
    const rest = value !== null && suffix ? read(suffix) : null;
    return rest === null ? value : `${value}.${rest}`;
  }

  function readOne(source: ValueSource): string | null {
    switch (source.from) {
      case 'header':
        return withSuffix(scalar(look.header(source.name)), source.suffix);
      case 'json':
        return look.form() === null ? withSuffix(scalar(valueAt(look.json(), source.path)), source.suffix) : null;
      case 'form': {
        const field = look.form()?.find(([name]) => name === source.name)?.[1];
        return scalar(
          source.path === undefined || field === undefined ? field : valueAt(parseJson(field), source.path),
        );
      }
      case 'query':
        return scalar(look.query(source.name));
      case 'present':
        return look.form() === null && valueAt(look.json(), source.path) !== undefined ? source.value : null;
    }
  }

  function read(sources: readonly ValueSource[]): string | null {
    for (const source of sources) {
      const value = readOne(source);
      if (value !== null) return value;
    }
    return null;
  }

  return read;
}

/** Whether the request is as the condition says. */
export function holds(condition: RequestCondition, look: RequestLook): boolean {
  const found = findConditionValue(condition, look);
  if (condition.absent) return found === undefined;
  return condition.value === undefined ? found !== undefined : found === condition.value;
}

function findConditionValue(condition: RequestCondition, look: RequestLook): unknown {
  switch (condition.from) {
    case 'header':
      return look.header(condition.name);
    case 'query':
      return look.query(condition.name);
    case 'json':
      return look.form() === null ? valueAt(look.json(), condition.path) : undefined;
  }
}

/** The value under a dotted path. Only own properties count, so that a path cannot reach a prototype. */
export function valueAt(value: unknown, path: string): unknown {
  if (!path.includes('.')) return own(value, path);
  for (const key of path.split('.')) value = own(value, key);
  return value;
}

/** The JSON value of a text, or undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function scalar(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= longest ? value : null;
}

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** The fields that can be decoded, in order. */
function parseForm(text: string): readonly (readonly [string, string])[] {
  const fields: [string, string][] = [];
  for (const pair of text.split('&', 1_000)) {
    if (pair === '') continue;
    const cut = pair.indexOf('=');
    const name = decodeField(cut === -1 ? pair : pair.slice(0, cut));
    const value = cut === -1 ? '' : decodeField(pair.slice(cut + 1));
    if (name !== null && value !== null) fields.push([name, value]);
  }
  return fields;
}

function queryValue(target: string, name: string): string | undefined {
  const [, query] = /^[^?#]*\?([^#]*)/.exec(target) ?? [];
  return query === undefined ? undefined : parseForm(query).find(([key]) => key === name)?.[1];
}

function decodeField(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
