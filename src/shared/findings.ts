// The causes that a failed signature check can have: the one table of codes, which the command line prints and the
// window explains. Sentences that depend on the request are made where the cause is found.

/** Every code, in the order in which a cause is looked for and named. */
export const findingCodes = [
  'header-missing',
  'header-repeated',
  'replayed-late',
  'clock-skew',
  'timestamp-unit',
  'other-secret',
  'other-endpoint-secret',
  'secret-encoding',
  'secret-whitespace',
  'other-scheme',
  'signature-encoding',
  'other-algorithm',
  'signature-cut',
  'body-reserialized',
  'body-newline',
  'body-bom',
  'body-decompressed',
  'body-charset',
  'body-form-reencoded',
  'url-scheme',
  'url-port',
  'url-trailing-slash',
  'url-query',
  'url-host',
  'no-known-cause',
] as const;

/** Stable code of a cause. */
export type FindingCode = (typeof findingCodes)[number];
