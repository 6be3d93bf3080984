// Reads what a provider's data points at (delivery id, event type) from one request. Bodies are hostile: whatever
// cannot be read is simply not there.

import { headerValue } from '../headers.ts';
import type { HeaderPair } from '../headers.ts';
import type { ValueSource } from './define.ts';

/** Longest value that still counts as an id or an event name, in characters. */
const longest = 500;

/** Gives the first value that one of the sources holds, or null. */
export type ValueReader = (sources: readonly ValueSource[]) => string | null;

/**
 * A reader for one request. `text` gives the body as text; it is called and parsed at most once, and not at all where
 * headers suffice. Never throws for anything in the request.
 */
export function createValueReader(headers: readonly HeaderPair[], text: () => string): ValueReader {
  let body: { json: unknown; form: ReadonlyMap<string, string> } | undefined;

  function parsed(): { json: unknown; form: ReadonlyMap<string, string> } {
    if (body !== undefined) return body;
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(headerValue(headers, 'content-type') ?? '');
    body = { json: isForm ? undefined : parseJson(text()), form: isForm ? parseForm(text()) : new Map() };
    return body;
  }

  function readOne(source: ValueSource): string | null {
    switch (source.from) {
      case 'header': {
        const value = scalar(headerValue(headers, source.name));
        const suffix = value !== null && source.suffix ? read(source.suffix) : null;
        return suffix === null ? value : `${value}.${suffix}`;
      }
      case 'json':
        return scalar(at(parsed().json, source.path));
      case 'form': {
        const field = parsed().form.get(source.name);
        return scalar(source.path === undefined || field === undefined ? field : at(parseJson(field), source.path));
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

/** Only own properties count, so that a path cannot reach a prototype. */
function at(value: unknown, path: string): unknown {
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
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
