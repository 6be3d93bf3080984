// A signature scheme in words: what is computed over which bytes, where it stands, with which secret and how old it
// may be. One switch for each union of the definitions, so that a new kind is a type error here.

import { code, describeCondition, describeDuration, describeSource, joinWords } from './source-words.mjs';

/** @typedef {import('../../src/shared/providers/define.ts').RecipeScheme} RecipeScheme */
/** @typedef {import('../../src/shared/providers/define.ts').SchemeDefinition} SchemeDefinition */
/** @typedef {import('../../src/shared/providers/define.ts').SignatureFormat} SignatureFormat */
/** @typedef {import('../../src/shared/providers/define.ts').TimestampRule} TimestampRule */
/** @typedef {import('../../src/shared/providers/define.ts').TokenPlace} TokenPlace */
/** @typedef {import('../../src/shared/providers/define.ts').ItemList} ItemList */
/** @typedef {import('../../src/shared/providers/define.ts').RecipePart} RecipePart */
/** @typedef {import('../../src/shared/providers/define.ts').SecretForm} SecretForm */

/**
 * Writes a recipe in words. Given by the caller, so that the page says what the app says.
 * @typedef {(recipe: readonly RecipePart[]) => string} DescribeRecipe
 */

/**
 * What is computed.
 * @param {SchemeDefinition} scheme
 * @returns {string}
 */
export function describeAlgorithm(scheme) {
  switch (scheme.kind) {
    case 'token':
      return 'Shared token';
    case 'jwt':
      return `JWS, ${scheme.algorithm} only`;
    case 'message-signature':
      return 'HMAC-SHA256, Ed25519, ECDSA P-256, RSA-PSS (SHA-512) or RSA PKCS#1 v1.5 (SHA-256)';
    default:
      return describeRecipeAlgorithm(scheme);
  }
}

/**
 * @param {RecipeScheme} scheme
 * @returns {string}
 */
function describeRecipeAlgorithm({ algorithm }) {
  switch (algorithm.kind) {
    case 'hmac':
      return `HMAC-${algorithm.hash.toUpperCase()}`;
    case 'hash':
      return `Plain ${hashName(algorithm.hash)}, no HMAC`;
    case 'ed25519':
      return 'Ed25519';
    case 'ecdsa':
      return 'ECDSA P-256 with SHA-256, in DER';
    case 'rsa':
      return `RSA (PKCS#1 v1.5) with ${hashName(algorithm.hash)}`;
  }
}

/** @param {'sha256' | 'sha1'} hash */
function hashName(hash) {
  return { sha256: 'SHA-256', sha1: 'SHA-1' }[hash];
}

/**
 * The bytes that are signed.
 * @param {SchemeDefinition} scheme
 * @param {DescribeRecipe} describeRecipe
 * @returns {string}
 */
export function describeSigned(scheme, describeRecipe) {
  switch (scheme.kind) {
    case 'token':
      return 'Nothing: the request carries the secret itself';
    case 'jwt': {
      const issuer = scheme.issuer === undefined ? '' : `; the claim ${code('iss')} is ${code(scheme.issuer)}`;
      return `A token whose claim ${code(scheme.bodyHashClaim)} is the SHA-256 of the body in hex${issuer}`;
    }
    case 'message-signature':
      return `The components that ${code('Signature-Input')} lists; when signing ${joinWords(scheme.components.map(code))}`;
    default: {
      const words = scheme.recipe.map((part) => describePart(part, scheme, describeRecipe));
      const recipe = code(words.join(' + '));
      const inItem = scheme.items === undefined ? '' : ', for each item of the list';
      if (scheme.bodyHashQuery === undefined) return `${recipe}${inItem}`;
      return `${recipe}${inItem}; the query parameter ${code(scheme.bodyHashQuery)} holds the SHA-256 of the body in hex`;
    }
  }
}

/**
 * A part as the app writes it, with what only a page has room for.
 * @param {RecipePart} part
 * @param {RecipeScheme} scheme
 * @param {DescribeRecipe} describeRecipe
 */
function describePart(part, scheme, describeRecipe) {
  const words = describeRecipe([part]);
  if (part.kind === 'companion') return scheme.companion ?? words;
  if (part.kind === 'url' && part.unescape) return `${words} with ${joinWords(part.unescape)} undone`;
  return words;
}

/**
 * How bytes become text, or null where the kind of scheme leaves no choice.
 * @param {SchemeDefinition} scheme
 */
export function describeEncoding(scheme) {
  if (scheme.kind !== undefined && scheme.kind !== 'recipe') return null;
  return { hex: 'hex', base64: 'base64', base64url: 'base64, URL-safe, no padding' }[scheme.encoding];
}

/**
 * Where the signature stands, in a few words.
 * @param {SchemeDefinition} scheme
 * @returns {string}
 */
export function describePlace(scheme) {
  switch (scheme.kind) {
    case 'token':
      return scheme.places.map((place) => describeTokenPlace(place, scheme.items)).join(', or ');
    case 'jwt':
      return `header ${code(scheme.header)}`;
    case 'message-signature':
      return `headers ${code('Signature-Input')} and ${code('Signature')}`;
    default:
      return describeSignaturePlace(scheme);
  }
}

/** @param {RecipeScheme} scheme */
function describeSignaturePlace(scheme) {
  if (scheme.signaturePath !== undefined) {
    const path = code(scheme.signaturePath);
    return scheme.items === undefined ? `body’s ${path}` : `${path} in each item of body’s ${code(scheme.items.path)}`;
  }
  const header = `header ${scheme.signatureHeaders.map(code).join(' or ')}`;
  return scheme.numbered ? `${header}, and the same with 2, 3 and so on` : header;
}

/**
 * @param {TokenPlace} place
 * @param {ItemList | undefined} items
 * @returns {string}
 */
function describeTokenPlace(place, items) {
  switch (place.in) {
    case 'header':
      return `header ${code(place.name)}${place.prefix === undefined ? '' : `, after ${code(place.prefix.trim())}`}`;
    case 'query':
      return `query parameter ${code(place.name)}`;
    case 'json':
      return items === undefined
        ? `body’s ${code(place.path)}`
        : `${code(place.path)} in each item of body’s ${code(items.path)}`;
  }
}

/**
 * How it is written there, or null for a bare value.
 * @param {SchemeDefinition} scheme
 * @returns {string | null}
 */
export function describeFormat(scheme) {
  if (scheme.kind === 'jwt') return 'a compact JWS';
  if (scheme.kind === 'token') return null;
  if (scheme.kind === 'message-signature') return `${code('LABEL=:SIGNATURE:')}, in base64`;
  const { format } = scheme;
  switch (format.kind) {
    case 'value':
      return format.prefix === '' ? null : code(`${format.prefix}SIGNATURE`);
    case 'list':
      return `${code(`${format.prefix}SIGNATURE`)}, several with ${code(format.separator)} between`;
    case 'pairs':
      return code(`${format.timestampKey}=TIME${format.separator}${format.signatureKey}=SIGNATURE`);
    case 'versions':
      return `${code(`${format.version},SIGNATURE`)}, several with blanks between`;
  }
}

/**
 * The signed message id, or null.
 * @param {SchemeDefinition} scheme
 */
export function describeSignedId(scheme) {
  if (scheme.kind !== undefined && scheme.kind !== 'recipe') return null;
  return scheme.idHeaders === undefined ? null : `header ${scheme.idHeaders.map(code).join(' or ')}`;
}

/** @type {Readonly<Record<SchemeDefinition['secretType'], string>>} */
const secretWords = {
  utf8: 'text, used as it stands',
  whsec: `base64 after ${code('whsec_')}, decoded`,
  hex: 'hex digits, decoded',
  'whpk-ed25519': `public key: ${code('whpk_')} and base64 (private: ${code('whsk_')})`,
  'whsk-ed25519': `private key: ${code('whsk_')} and base64`,
  'ed25519-public-hex': 'public key in hex',
  'ecdsa-p256-spki-base64': 'public key in base64 (SPKI)',
  'x509-pem': 'certificate in PEM',
  jwk: 'public key as JSON Web Key',
  'spki-pem': 'public key in PEM, or a shared key in base64',
  'hmac-base64': 'base64, decoded',
};

/**
 * How the secret's text becomes a key.
 * @param {SchemeDefinition} scheme
 */
export function describeSecret(scheme) {
  const words = secretWords[scheme.secretType];
  if (scheme.kind !== undefined && scheme.kind !== 'recipe') return words;
  const named = scheme.certificate === undefined ? '' : `; its address: ${describeSource(scheme.certificate.source)}`;
  return `${words}${scheme.companion === undefined ? '' : `, and the text ${code(scheme.companion)}`}${named}`;
}

/**
 * The secret that the app makes when it is asked for a new one.
 * @param {SecretForm} form
 */
export function describeSecretForm(form) {
  if (form.kind === 'key-pair') {
    const pair = { ed25519: 'Ed25519', 'ec-p256': 'P-256', 'rsa-2048': '2048-bit RSA' }[form.pair];
    return `a key pair (${pair}${form.certificate ? ', with a certificate' : ''})`;
  }
  const encoding = { hex: 'hex', base64: 'base64', base64url: 'URL-safe base64' }[form.encoding];
  return `32 random bytes in ${encoding}${form.prefix === '' ? '' : ` after ${code(form.prefix)}`}`;
}

/**
 * The time of a scheme with its limit, or null where it has none.
 * @param {SchemeDefinition} scheme
 */
export function describeTime(scheme) {
  switch (scheme.kind) {
    case 'token':
      return null;
    case 'jwt':
      return scheme.toleranceSeconds === undefined
        ? null
        : `claim ${code('iat')}; ${describeLimit({ toleranceSeconds: scheme.toleranceSeconds, direction: 'age' })}`;
    case 'message-signature':
      return `parameters ${code('created')} and ${code('expires')}; no limit of its own`;
    default: {
      const { timestamp } = scheme;
      if (timestamp === undefined) return null;
      const unit = { seconds: 'Unix seconds', milliseconds: 'Unix milliseconds', iso: 'ISO 8601' }[timestamp.unit];
      const signed = timestamp.signed ? '' : '; **not signed**';
      return `${describeTimePlace(timestamp)}, ${unit}; ${describeLimit(timestamp)}${signed}`;
    }
  }
}

/** @param {TimestampRule} rule */
function describeTimePlace(rule) {
  if (rule.headers !== undefined) return `header ${rule.headers.map(code).join(' or ')}`;
  return rule.path === undefined ? 'inside the signature header' : `body’s ${code(rule.path)}`;
}

/** @param {Pick<TimestampRule, 'toleranceSeconds' | 'direction' | 'exclusive'>} rule */
function describeLimit({ toleranceSeconds, direction, exclusive }) {
  if (toleranceSeconds === null) return 'no limit published';
  const limit = describeDuration(toleranceSeconds);
  if (exclusive) return `refused when ${limit} old or older`;
  return direction === 'age' ? `refused when older than ${limit}` : `refused when more than ${limit} off, either way`;
}

/**
 * The limit alone, for the overview.
 * @param {SchemeDefinition} scheme
 */
export function describeShortLimit(scheme) {
  /** @type {Pick<TimestampRule, 'toleranceSeconds' | 'direction'> | undefined} */
  let rule;
  if (scheme.kind === 'jwt') {
    if (scheme.toleranceSeconds !== undefined) rule = { toleranceSeconds: scheme.toleranceSeconds, direction: 'age' };
  } else if (scheme.kind === 'message-signature') {
    rule = { toleranceSeconds: null, direction: 'both' };
  } else if (scheme.kind !== 'token') {
    rule = scheme.timestamp;
  }
  if (rule === undefined) return '–';
  if (rule.toleranceSeconds === null) return 'not fixed';
  return `${rule.direction === 'both' ? '±' : ''}${describeDuration(rule.toleranceSeconds)}`;
}

/**
 * When the scheme applies at all, or null where that is always so.
 * @param {SchemeDefinition} scheme
 */
export function describeConditions(scheme) {
  return scheme.conditions === undefined ? null : joinWords(scheme.conditions.map(describeCondition));
}
