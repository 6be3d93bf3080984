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

/** Id of something that a person configured. */
export const identifier = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
);

/** An http or https address. */
export const httpUrl = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^https?:\/\/[^/\s]+/i, 'must start with http:// or https://'),
  v.maxLength(8_192, 'must be at most 8,192 characters'),
);

/** A header list. */
export const headerListSchema = v.pipe(
  v.array(v.pipe(v.tuple([v.string(), v.string()]), v.readonly())),
  v.maxLength(2_000, 'must hold at most 2,000 headers'),
  v.readonly(),
);
