// Reads what a provider's data points at (delivery id, event type) from one request. Bodies are hostile: whatever
// cannot be read is simply not there.

import { headerValue } from '../headers.ts';
import type { HeaderPair } from '../headers.ts';
import type { ValueSource } from './define.ts';

/** Longest value that still counts as an id or an event name, in characters. */
const longest = 500;

const formType = /^application\/x-www-form-urlencoded\b/i;

/** Gives the first value that one of the sources holds, or null. */
export type ValueReader = (sources: readonly ValueSource[]) => string | null;

/**
 * A reader for one request. `text` gives the body as text; it is called and parsed at most once, and not at all where
 * headers suffice. Never throws for anything in the request.
 */
export function createValueReader(headers: readonly HeaderPair[], text: () => string): ValueReader {
  const json = parsedLookup(text);
  let hasForm: boolean | undefined;
  let form: ReadonlyMap<string, string> | undefined;

  const isForm = (): boolean => (hasForm ??= formType.test(headerValue(headers, 'content-type') ?? ''));

  function readOne(source: ValueSource): string | null {
    switch (source.from) {
      case 'header': {
        const value = scalar(headerValue(headers, source.name));
        const suffix = value !== null && source.suffix ? read(source.suffix) : null;
        return suffix === null ? value : `${value}.${suffix}`;
      }
      case 'json':
        return isForm() ? null : scalar(json(source.path));
      case 'form': {
        if (!isForm()) return null;
        form ??= parseForm(text());
        const field = form.get(source.name);
        return scalar(
          source.path === undefined || field === undefined ? field : valueAt(parseJson(field), source.path),
        );
      }
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

function scalar(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= longest ? value : null;
}

function parsedLookup(text: () => string): (path: string) => unknown {
  let body: { readonly json: unknown } | undefined;
  return (path) => valueAt((body ??= { json: parseJson(text()) }).json, path);
}

/** The value under a dotted path. Only own properties count, so that a path cannot reach a prototype. */
function valueAt(value: unknown, path: string): unknown {
  if (!path.includes('.')) return own(value, path);
  for (const key of path.split('.')) value = own(value, key);
  return value;
}

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first field of each name, as a server would take it. */
function parseForm(text: string): Map<string, string> {
  const form = new Map<string, string>();
  for (const pair of text.split('&', 1_000)) {
    const cut = pair.indexOf('=');
    const name = decodeField(cut === -1 ? pair : pair.slice(0, cut));
    const value = cut === -1 ? '' : decodeField(pair.slice(cut + 1));
    if (name !== null && value !== null && !form.has(name)) form.set(name, value);
  }
  return form;
}

function decodeField(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
