// Reads and writes the signature header. Values come from strangers: work is bounded, nothing is trimmed or repaired
// that the provider's own library would refuse.

import type { RecipeScheme } from '../../shared/providers/define.ts';

/** Most signatures that are compared; rotation never needs more than a few. */
const sharedLimit = 20;
/** With a key pair each one costs a pass over the body. */
const pairLimit = 4;
/** Most headers with a timestamp of their own: each costs a pass over the body. */
const claimLimit = 4;

/** Signatures that stand or fall with one timestamp. */
interface Claim {
  /** Timestamp text where the signature header carries it. */
  readonly timestamp?: string;
  readonly signatures: readonly string[];
}

/** What a signature header says. */
type ParsedSignatures =
  | {
      readonly ok: true;
      readonly claims: readonly Claim[];
      /** More was sent than is compared. */ readonly cut: boolean;
    }
  | {
      readonly ok: false;
      readonly status: 'malformed' | 'unsupported';
      readonly reason: string;
      readonly message: string;
    };

/** Reads all values of the signature header (it may be repeated). Never throws. */
export function parseSignatures(scheme: RecipeScheme, values: readonly string[]): ParsedSignatures {
  switch (scheme.format.kind) {
    case 'value':
      return parseValues(scheme, scheme.format.prefix, values);
    case 'list': {
      const { separator, prefix } = scheme.format;
      return parseValues(
        scheme,
        prefix,
        values.flatMap((value) => value.split(separator)),
      );
    }
    case 'versions':
      return parseVersions(scheme, scheme.format.version, values);
    case 'pairs':
      return parsePairs(scheme, scheme.format, values);
  }
}

/** The header value that carries these signatures. Schemes with room for one only take the first. */
export function formatSignatures(scheme: RecipeScheme, timestamp: string, signatures: readonly string[]): string {
  const format = scheme.format;
  switch (format.kind) {
    case 'value':
      return `${format.prefix}${signatures[0] ?? ''}`;
    case 'list':
      return signatures.map((signature) => format.prefix + signature).join(format.separator);
    case 'versions':
      return signatures.map((signature) => `${format.version},${signature}`).join(' ');
    case 'pairs':
      return [
        `${format.timestampKey}=${timestamp}`,
        ...signatures.map((text) => `${format.signatureKey}=${text}`),
      ].join(format.separator);
  }
}

function parseValues(scheme: RecipeScheme, prefix: string, values: readonly string[]): ParsedSignatures {
  const signatures: string[] = [];
  for (const value of values) {
    if (!value.startsWith(prefix)) continue;
    const text = value.slice(prefix.length);
    if (isReadable(scheme, text)) signatures.push(text);
  }
  if (signatures.length === 0) return malformed(scheme, `is not ${shape(scheme, prefix)}`);
  return {
    ok: true,
    claims: [{ signatures: signatures.slice(0, limitOf(scheme)) }],
    cut: signatures.length > limitOf(scheme),
  };
}

function parseVersions(scheme: RecipeScheme, version: string, values: readonly string[]): ParsedSignatures {
  const signatures: string[] = [];
  let sawOwn = false;
  let sawOther = false;
  for (const value of values) {
    for (const part of value.split(' ')) {
      const comma = part.indexOf(',');
      if (comma < 1) continue;
      if (part.slice(0, comma) !== version) {
        sawOther = true;
        continue;
      }
      sawOwn = true;
      const text = part.slice(comma + 1);
      if (isReadable(scheme, text)) signatures.push(text);
    }
  }
  if (signatures.length > 0) {
    return {
      ok: true,
      claims: [{ signatures: signatures.slice(0, limitOf(scheme)) }],
      cut: signatures.length > limitOf(scheme),
    };
  }
  if (sawOther && !sawOwn) return unsupported(scheme, version);
  return malformed(scheme, `is not ${shape(scheme, `${version},`)}`);
}

function parsePairs(
  scheme: RecipeScheme,
  format: Extract<RecipeScheme['format'], { kind: 'pairs' }>,
  values: readonly string[],
): ParsedSignatures {
  const claims: Claim[] = [];
  let left = limitOf(scheme);
  let cut = false;
  let sawOwn = false;
  let sawOther = false;
  let sawTimestamp = false;
  for (const value of values) {
    let timestamp: string | undefined;
    const signatures: string[] = [];
    for (const part of value.split(format.separator)) {
      const equals = part.indexOf('=');
      if (equals < 1) continue;
      const key = part.slice(0, equals);
      const text = part.slice(equals + 1);
      if (key === format.timestampKey) timestamp = text;
      else if (key === format.signatureKey) {
        sawOwn = true;
        if (isReadable(scheme, text)) signatures.push(text);
      } else sawOther ||= /^v\d+[a-z]?$/.test(key);
    }
    sawTimestamp ||= timestamp !== undefined;
    if (timestamp === undefined || signatures.length === 0) continue;
    if (signatures.length > left || claims.length === claimLimit) cut = true;
    if (left === 0 || claims.length === claimLimit) continue;
    claims.push({ timestamp, signatures: signatures.slice(0, left) });
    left -= Math.min(left, signatures.length);
  }
  if (claims.length > 0) return { ok: true, claims, cut };
  if (sawOther && !sawOwn) return unsupported(scheme, format.signatureKey);
  return malformed(
    scheme,
    sawOwn && !sawTimestamp
      ? `holds no timestamp (${format.timestampKey}=...)`
      : `is not ${format.timestampKey}=TIMESTAMP${format.separator}${shape(scheme, `${format.signatureKey}=`)}`,
  );
}

/** Where the signature stands, in words. */
export function placeOf(scheme: RecipeScheme, header = scheme.signatureHeaders[0]): string {
  return header === undefined ? `the body’s ${scheme.signaturePath ?? 'signature'}` : `header ${header}`;
}

function limitOf({ algorithm }: RecipeScheme): number {
  return algorithm.kind === 'hmac' || algorithm.kind === 'hash' ? sharedLimit : pairLimit;
}

/** Right alphabet. A wrong length can be read, it is just not the signature. */
function isReadable(scheme: RecipeScheme, text: string): boolean {
  return scheme.encoding === 'hex' ? /^[0-9a-fA-F]+$/.test(text) : /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);
}

function shape(scheme: RecipeScheme, prefix: string): string {
  const name = scheme.encoding === 'hex' ? 'hexadecimal digits' : scheme.encoding;
  return prefix === '' ? name : `“${prefix}” followed by ${name}`;
}

function malformed(scheme: RecipeScheme, what: string): ParsedSignatures {
  return {
    ok: false,
    status: 'malformed',
    reason: 'signature-malformed',
    message: `Malformed: ${placeOf(scheme)} ${what}`,
  };
}

function unsupported(scheme: RecipeScheme, version: string): ParsedSignatures {
  return {
    ok: false,
    status: 'unsupported',
    reason: 'unknown-version',
    message: `Unsupported: ${placeOf(scheme)} holds no ${version} signature, only other versions`,
  };
}
