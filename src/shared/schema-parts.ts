// Pieces of schemas that more than one file needs.

import * as v from 'valibot';

/** A name that a person gives to something. */
export const name = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(100, 'must be at most 100 characters'),
);

/** Name of a header field (RFC 9110 section 5.6.2: a token). */
export const headerName = v.pipe(
  v.string(),
  v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'must be a header name: letters, digits and dashes'),
);
