// Schemes that send a compact JWS (RFC 7515) whose payload holds the hash of the body. The algorithm is the scheme's
// own: a token that names another one is refused before anything is computed.

import { createHash, createHmac, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import type { SignatureView, Verdict } from '../../shared/exchange.ts';
import type { JwtScheme } from '../../shared/providers/define.ts';
import { parseJson, valueAt } from '../../shared/providers/read-value.ts';
import { equalText } from './compare.ts';
import type { CheckContext, SchemeContext, SchemeEngine, SignContext, SignedParts } from './engine.ts';
import { wrongKey } from './keys.ts';
import type { Key } from './keys.ts';
import { isDate } from './timestamp.ts';
import { matched, mismatch, missing, verdict } from './verdicts.ts';
import type { Facts } from './verdicts.ts';

/** Plaid and Netlify. */
export const jwtEngine: SchemeEngine<JwtScheme> = {
  check,
  sign,
  view,
  headerNames: (scheme) => [scheme.header],
};

interface Token {
  /** What is signed: header and payload with the dot between them. */
  readonly signed: string;
  readonly signature: string;
  readonly header: unknown;
  readonly payload: unknown;
}

function readToken(text: string): Token | null {
  const parts = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(text);
  if (!parts) return null;
  const [, header = '', payload = '', signature = ''] = parts;
  const json = (part: string): unknown => parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return { signed: `${header}.${payload}`, signature, header: json(header), payload: json(payload) };
}

function check(context: CheckContext<JwtScheme>): Verdict {
  const { scheme, message, keys } = context;
  const seconds = scheme.toleranceSeconds === undefined ? undefined : (context.toleranceSeconds ?? scheme.toleranceSeconds); // prettier-ignore
  const facts: Facts = { scheme: scheme.id, toleranceMs: seconds === undefined ? undefined : seconds * 1_000 };
  const text = message.header(scheme.header);
  if (!text) return missing(facts, 'signature', `header ${scheme.header}`);
  const token = readToken(text);
  const algorithm = valueAt(token?.header, 'alg');
  if (token === null || typeof algorithm !== 'string') {
    return verdict('malformed', 'signature-malformed', `Malformed: header ${scheme.header} is no JWT`, facts);
  }
  if (algorithm !== scheme.algorithm) {
    const what = `the token is signed with another algorithm than ${scheme.algorithm}, the only one accepted`;
    return verdict('unsupported', 'unknown-algorithm', `Unsupported: ${what}`, facts);
  }
  // RFC 7515 section 4.1.11: extensions that are critical and not understood are refused.
  if (valueAt(token.header, 'crit') !== undefined) {
    const what = 'the token needs an extension (crit) that nobody here understands';
    return verdict('unsupported', 'critical-extension', `Unsupported: ${what}`, facts);
  }
  const key = keys.find((candidate) => isSigned(scheme, candidate, token));
  if (key === undefined) {
    return mismatch(
      keys.map(({ name }) => name),
      facts,
    );
  }
  return judgeClaims(context, token, key, facts);
}

function judgeClaims(context: CheckContext<JwtScheme>, token: Token, key: Key, facts: Facts): Verdict {
  const { scheme, message } = context;
  const invalid = (reason: string, what: string): Verdict => verdict('invalid', reason, `Invalid: ${what}`, facts);
  if (scheme.issuer !== undefined && valueAt(token.payload, 'iss') !== scheme.issuer) {
    return invalid('issuer-mismatch', `the token is right, but was not issued by ${scheme.issuer}`);
  }
  const claimed = valueAt(token.payload, scheme.bodyHashClaim);
  if (typeof claimed !== 'string' || !equalText(hexHash(message.body), claimed)) {
    return invalid('body-hash-mismatch', `the token is right, but the body is not the one that ${scheme.bodyHashClaim} in it names`); // prettier-ignore
  }
  const seconds = Math.floor(context.now / 1_000);
  const [expiresAt, notBefore] = [valueAt(token.payload, 'exp'), valueAt(token.payload, 'nbf')];
  if (typeof expiresAt === 'number' && seconds >= expiresAt) {
    return verdict('expired', 'past-expires', 'Expired: the token is right, but past its own end (exp)', facts);
  }
  if (typeof notBefore === 'number' && seconds < notBefore) {
    return verdict(
      'future',
      'before-start',
      'From the future: the token is right, but not yet to be used (nbf)',
      facts,
    );
  }
  if (scheme.toleranceSeconds === undefined) return matched(context, key.name, facts, null);
  const issuedAt = valueAt(token.payload, 'iat');
  if (typeof issuedAt !== 'number' || !isDate(issuedAt * 1_000)) {
    return verdict('malformed', 'timestamp-malformed', 'Malformed: the token holds no time (iat)', facts);
  }
  return matched(context, key.name, facts, { at: issuedAt * 1_000, rule: { direction: 'age' } });
}

function isSigned(scheme: JwtScheme, key: Key, token: Token): boolean {
  if (scheme.algorithm === 'HS256') {
    const expected = macOf(key, token.signed);
    return expected !== null && equalText(expected, token.signature);
  }
  if (key.kind !== 'pair') return false;
  const signature = Buffer.from(token.signature, 'base64url');
  if (signature.length !== 64 || signature.toString('base64url') !== token.signature) return false;
  return verifyBytes('sha256', Buffer.from(token.signed), { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, signature);
}

function macOf(key: Key, text: string): string | null {
  return key.kind === 'shared' ? createHmac('sha256', key.handle).update(text).digest('base64url') : null;
}

function hexHash(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

function sign({ scheme, message, keys, at, mode }: SignContext<JwtScheme>): SignedParts {
  const parts: SignedParts = { fields: [], body: message.body, url: message.url };
  const [key] = keys;
  if (key === undefined) return parts;
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { alg: scheme.algorithm, ...(key.kind === 'pair' ? { kid: key.name } : {}), typ: 'JWT' };
  const payload = {
    ...(scheme.issuer === undefined ? {} : { iss: scheme.issuer }),
    ...(scheme.toleranceSeconds === undefined ? {} : { iat: Math.floor(at / 1_000) }),
    [scheme.bodyHashClaim]: hexHash(message.body),
  };
  const text = `${encode(header)}.${encode(payload)}`;
  const signature = signatureOf(key, text, mode === 'wrong-secret');
  return signature === null ? parts : { ...parts, fields: [[scheme.header, `${text}.${signature}`]] };
}

function signatureOf(key: Key, text: string, wrong: boolean): string | null {
  if (key.kind === 'shared') return macOf(wrong ? wrongKey(key) : key, text);
  if (key.privateKey === null) return null;
  // The signature of other bytes looks to the receiver like that of another key.
  const bytes = Buffer.from(wrong ? `${text}.` : text);
  return signBytes('sha256', bytes, { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

function view({ scheme, message, keys }: SchemeContext<JwtScheme>): SignatureView {
  const received = message.header(scheme.header) ?? null;
  const token = received === null ? null : readToken(received);
  const hash = hexHash(message.body);
  const signed = Buffer.from(token?.signed ?? '');
  return {
    algorithm: scheme.algorithm === 'HS256' ? 'JWT, HMAC-SHA256' : 'JWT, ECDSA P-256 with SHA-256',
    place: `header ${scheme.header}`,
    received,
    expected: [{ secretName: `body’s SHA-256, expected in ${scheme.bodyHashClaim}`, value: hash }],
    signatures: token
      ? [{ text: token.signature, secretName: keys.find((key) => isSigned(scheme, key, token))?.name ?? null }]
      : [],
    signedBytes: Uint8Array.from(signed.subarray(0, 65_536)),
    signedSize: signed.length,
    recipe: `JWT header + "." + payload, whose ${scheme.bodyHashClaim} is the SHA-256 of body`,
  };
}
