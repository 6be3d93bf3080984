// Finds the token that a request carries instead of a signature.

import type { TokenPlace, TokenScheme } from '../../shared/providers/define.ts';
import { valueAt } from '../../shared/providers/read-value.ts';
import { itemsOf } from './items.ts';
import type { Message } from './message.ts';

/** The token at this place, or undefined when it is not there. A JSON place may be inside an item. */
export function tokenAt(place: TokenPlace, message: Message, item?: unknown): string | undefined {
  switch (place.in) {
    case 'header': {
      const value = message.header(place.name);
      if (place.prefix === undefined || value === undefined) return value;
      return value.toLowerCase().startsWith(place.prefix.toLowerCase()) ? value.slice(place.prefix.length) : undefined;
    }
    case 'query':
      return message.query(place.name);
    case 'json': {
      const value = valueAt(item === undefined ? message.json() : item, place.path);
      return typeof value === 'string' ? value : undefined;
    }
  }
}

/** Whether the request carries a token at any place of the scheme. */
export function isTokenSent(scheme: TokenScheme, message: Message): boolean {
  const items = scheme.items === undefined ? null : itemsOf(scheme.items, message);
  return scheme.places.some((place) =>
    place.in === 'json' && items !== null
      ? items.some((item) => tokenAt(place, message, item) !== undefined)
      : tokenAt(place, message) !== undefined,
  );
}

/** Where a token stands, in words. */
export function describePlace(place: TokenPlace): string {
  switch (place.in) {
    case 'header':
      return `header ${place.name}`;
    case 'query':
      return `the query parameter ${place.name}`;
    case 'json':
      return `the body’s ${place.path}`;
  }
}
