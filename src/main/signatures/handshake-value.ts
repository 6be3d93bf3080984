// The one value that a handshake gives back or is judged by. Apart from read-value.ts because a challenge may be far
// longer than an id or an event name, and because it must come back exactly as it was sent.

import type { ValueSource } from '../../shared/providers/sources.ts';
import { parseJson, valueAt, valueReader } from '../../shared/providers/read-value.ts';
import type { RequestLook } from '../../shared/providers/read-value.ts';

/** Longest value that is echoed, in characters: a handshake must not turn the receiver into a mirror for anything. */
const longest = 4_096;

/** The text at the source; null when it is not there, empty, longer than 4,096 characters or no text. */
export function readHandshakeValue(source: ValueSource, look: RequestLook): string | null {
  if (source.from === 'present' || ('suffix' in source && source.suffix !== undefined)) {
    return valueReader(look)([source]);
  }
  const value = find(source, look);
  // Numbers beyond the safe ones would not come back as they were sent.
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  return typeof value === 'string' && value !== '' && value.length <= longest ? value : null;
}

function find(source: Exclude<ValueSource, { from: 'present' }>, look: RequestLook): unknown {
  switch (source.from) {
    case 'header':
      return look.header(source.name);
    case 'query':
      return look.query(source.name);
    case 'json':
      return look.form() === null ? valueAt(look.json(), source.path) : undefined;
    case 'form': {
      const field = look.form()?.find(([name]) => name === source.name)?.[1];
      return source.path === undefined || field === undefined ? field : valueAt(parseJson(field), source.path);
    }
  }
}
