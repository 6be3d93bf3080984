// What may not leave: addresses, methods and header fields that would break a message apart. Checked when a draft is
// made, so that a person sees the field, and again before every attempt, since the queue file is only a file.

import { validateHeaderName, validateHeaderValue } from 'node:http';
import { AppError } from '../../shared/errors.ts';
import type { HeaderPair } from '../../shared/headers.ts';

/**
 * The parsed form of a target address. Throws AppError SEND_INVALID_URL, which names what is wrong: blanks and control
 * characters, the scheme, credentials, the host.
 */
export function checkTarget(text: string): URL {
  const fail = (what: string): never => {
    throw new AppError('SEND_INVALID_URL', `URL ${JSON.stringify(text.slice(0, 200))}: ${what}`);
  };
  // The URL parser drops line breaks and encodes blanks; both are mistakes here, not input to be mended.
  if (/[\u0000-\u0020\u007f]/.test(text)) return fail('it holds a blank, a line break or a control character');
  if (text.length > 8_192) return fail('it is longer than 8,192 characters');
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') {
    return fail(scheme === undefined ? 'the scheme is missing' : `the scheme must be http or https, not ${scheme}`);
  }
  if (!URL.canParse(text)) return fail('the host or port is not valid');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return fail('it must not hold a user name or password');
  if (url.hostname === '') return fail('the host is missing');
  return url;
}

/** What {@link checkTarget} gives, or why nothing can be sent there: a sentence without its full stop. */
export function readTarget(text: string): URL | string {
  try {
    return checkTarget(text);
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/** Throws AppError SEND_INVALID_METHOD unless `method` is a token other than CONNECT. */
export function checkMethod(method: string): void {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/.test(method)) {
    throw new AppError('SEND_INVALID_METHOD', `Method ${JSON.stringify(method.slice(0, 100))} is not a token`);
  }
  if (method.toUpperCase() === 'CONNECT') {
    throw new AppError('SEND_INVALID_METHOD', 'Method CONNECT opens a tunnel and cannot carry a message');
  }
}

/** Throws AppError SEND_INVALID_HEADER (details: `header`) for the first field that cannot stand in a message. */
export function checkHeaders(headers: readonly HeaderPair[]): void {
  for (const [name, value] of headers) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      const label = name === '' ? 'with an empty name' : JSON.stringify(name.slice(0, 100));
      const part = isToken(name) ? 'value holds a line break, NUL or a character above U+00FF' : 'name is not a token';
      throw new AppError('SEND_INVALID_HEADER', `Header ${label}: the ${part}`, { header: name.slice(0, 100) });
    }
  }
}

function isToken(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}
