// Reads a signature header more kindly than the provider's library does: a signature that was only written in another
// way shall be recognised. Nothing that is read here is ever believed; it only explains why a check failed.

import type { Encoding, RecipeScheme } from '../../../shared/providers/define.ts';
import { equalText } from '../compare.ts';

/** Most signatures that are looked at, as in a check. */
const tokenLimit = 20;
/** Most headers with a timestamp of their own. */
const claimLimit = 4;
/** Shorter texts are no signature, and match by chance. */
const shortest = 8;

/** Signatures that belong to one timestamp. */
export interface ReceivedClaim {
  /** Where the signature header carries it. */
  readonly timestamp?: string;
  readonly tokens: readonly string[];
}

/** How a right signature was written. `same` is the scheme's own way. */
export type Spelling =
  | 'same'
  | 'hex'
  | 'base64'
  | 'base64url'
  | 'upper-case'
  | 'case-changed'
  | 'unpadded'
  | 'base64-of-hex'
  | 'raw'
  | 'cut';

/** Everything in the values of a signature header that may be a signature. */
export function readClaims(scheme: RecipeScheme, values: readonly string[]): readonly ReceivedClaim[] {
  const { format } = scheme;
  if (format.kind !== 'pairs') return [{ tokens: values.flatMap(tokensOf).slice(0, tokenLimit) }];
  return values.slice(0, claimLimit).map((value) => {
    const timestamp = pairValue(value, format.timestampKey);
    const tokens = tokensOf(value).filter((token) => token !== timestamp);
    return { ...(timestamp === undefined ? {} : { timestamp }), tokens: tokens.slice(0, tokenLimit) };
  });
}

function tokensOf(value: string): readonly string[] {
  return value.split(/[\s,;]+/, 100).flatMap((part) => {
    const text = unescape(part.replace(/^["']|["']$/g, ''));
    const token = /^(?:[A-Za-z][\w.-]{0,19}[=:])?["']?([A-Za-z0-9+/_-]+={0,2})["']?$/.exec(text)?.[1];
    return token !== undefined && token.length >= shortest ? [token] : [];
  });
}

function unescape(text: string): string {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text;
  } catch {
    return text;
  }
}

function pairValue(header: string, key: string): string | undefined {
  for (const part of header.split(/[,;&]/, 100)) {
    const cut = part.indexOf('=');
    if (cut !== -1 && part.slice(0, cut).trim().toLowerCase() === key.toLowerCase()) {
      return part
        .slice(cut + 1)
        .trim()
        .replaceAll('"', '');
    }
  }
  return undefined;
}

/** How `token` writes the digest, or null when it is another one. Compares in constant time. */
export function spellingOf(digest: Buffer, token: string, encoding: Encoding): Spelling | null {
  if (equalText(digest.toString(encoding), token)) return 'same';
  const hex = digest.toString('hex');
  if (equalText(hex, token.toLowerCase())) return encoding === 'hex' ? 'upper-case' : 'hex';
  const standard = token.replaceAll('-', '+').replaceAll('_', '/').replaceAll('=', '');
  const base64 = digest.toString('base64').replaceAll('=', '');
  if (equalText(base64, standard)) return base64Spelling(token, encoding);
  if (equalText(base64.toLowerCase(), standard.toLowerCase())) return 'case-changed';
  const nested = Buffer.from(hex, 'latin1').toString('base64').replaceAll('=', '');
  if (equalText(nested, standard)) return 'base64-of-hex';
  return null;
}

function base64Spelling(token: string, encoding: Encoding): Spelling {
  if (/[-_]/.test(token)) return encoding === 'base64url' ? 'unpadded' : 'base64url';
  if (encoding === 'base64') return 'unpadded';
  return 'base64';
}

/** Whether `token` is the digest's text without its end or without its beginning. */
export function isCut(digest: Buffer, token: string, encoding: Encoding): boolean {
  const whole = digest.toString(encoding);
  if (token.length >= whole.length || token.length < shortest) return false;
  return equalText(whole.slice(0, token.length), token) || equalText(whole.slice(-token.length), token);
}

/** The bytes that `token` may stand for, as signature of a key pair, each way of reading once. */
export function signatureBytes(token: string, encoding: Encoding): readonly { bytes: Buffer; spelling: Spelling }[] {
  const found: { bytes: Buffer; spelling: Spelling }[] = [];
  const own = Buffer.from(token, encoding);
  if (own.toString(encoding) === token) found.push({ bytes: own, spelling: 'same' });
  if (/^(?:[0-9a-f]{2})+$/i.test(token) && !(encoding === 'hex' && found.length > 0)) {
    found.push({ bytes: Buffer.from(token, 'hex'), spelling: encoding === 'hex' ? 'upper-case' : 'hex' });
  }
  if (encoding === 'hex' || found.length === 0) {
    found.push({ bytes: Buffer.from(token, 'base64'), spelling: base64Spelling(token, encoding) });
  }
  return found;
}

/** Hashes whose digest has the length of `token`, in either encoding. */
export function hashesOfLength(token: string): readonly string[] {
  const base64Length = Math.floor((token.replace(/=+$/, '').length * 3) / 4);
  const lengths = /^[0-9a-f]+$/i.test(token) ? [token.length / 2, base64Length] : [base64Length];
  return lengths.flatMap((length) => hashNames.get(length) ?? []);
}

const hashNames = new Map([
  [16, 'md5'],
  [20, 'sha1'],
  [32, 'sha256'],
  [48, 'sha384'],
  [64, 'sha512'],
]);
