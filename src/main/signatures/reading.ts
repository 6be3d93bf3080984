// Chooses what to check: the provider's scheme, its header family, and the values that the recipe joins.

import { headerValue, headerValues } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition, RecipeScheme, SchemeDefinition } from '../../shared/providers/define.ts';
import { holds, valueAt } from '../../shared/providers/read-value.ts';
import { isTokenSent } from './token-places.ts';
import { itemsOf } from './items.ts';
import type { Message } from './message.ts';

/** Names of the headers of one family. */
interface HeaderNames {
  /** Undefined where the body carries the signature. */
  readonly signature: string | undefined;
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
}

/** What a request carries for one scheme. */
export interface Reading {
  readonly names: HeaderNames;
  readonly signatures: readonly string[];
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  /** Name of a header that was repeated with different values, so that nobody can say which one counts. */
  readonly ambiguous: string | undefined;
}

/**
 * The schemes that may judge the request; none when the request means a version that the provider's definition does
 * not know. A stronger scheme whose signature was sent decides, even where `schemeId` names a weaker one: a right
 * SHA-1 must not save a wrong SHA-256. Schemes that share a header come together.
 */
export function applicableSchemes(
  provider: ProviderDefinition,
  schemeId: string | undefined,
  message: Message,
): readonly SchemeDefinition[] {
  const { schemes } = provider;
  if (schemes.length === 1 && schemes[0]?.conditions === undefined) return schemes;
  const meant = schemes.filter((scheme) => scheme.conditions?.every((condition) => holds(condition, message)) ?? true);
  const strongest = meant.find((scheme) => isSent(scheme, message));
  const wanted = schemes.find((scheme) => scheme.id === schemeId);
  if (wanted) {
    const yields =
      strongest !== undefined &&
      !sharesHeader(strongest, wanted) &&
      schemes.indexOf(strongest) < schemes.indexOf(wanted);
    return [yields ? strongest : wanted];
  }
  if (meant.length === 0 && !schemes.some((scheme) => isSent(scheme, message))) return schemes.slice(0, 1);
  // Where nothing was sent, the secrets tell which scheme was meant.
  return strongest ? meant.filter((scheme) => sharesHeader(scheme, strongest)) : meant;
}

/** The header family of the request: the first that is whole, else the first with a signature, else the first. */
export function chooseFamily(scheme: RecipeScheme, headers: readonly HeaderPair[]): HeaderNames {
  if (scheme.signatureHeaders.length <= 1) return familyNames(scheme, 0);
  const families = scheme.signatureHeaders.map((_, index) => familyNames(scheme, index));
  const sent = (names: HeaderNames): boolean => names.signature !== undefined && has(headers, names.signature);
  const whole = families.find(
    (names) =>
      sent(names) &&
      (names.id === undefined || has(headers, names.id)) &&
      (names.timestamp === undefined || has(headers, names.timestamp)),
  );
  return whole ?? families.find(sent) ?? familyNames(scheme, 0);
}

/** What the request, or one item of it, carries for this scheme. Empty values count as absent. */
export function readRequest(scheme: RecipeScheme, message: Message, item?: unknown): Reading {
  const { headers } = message;
  const names = chooseFamily(scheme, headers);
  const ids = names.id === undefined ? none : headerValues(headers, names.id);
  const timestamps = names.timestamp === undefined ? bodyTime(scheme, message) : headerValues(headers, names.timestamp);
  const signatures = readSignatures(scheme, names.signature, message, item);
  return {
    names,
    signatures: signatures.includes('') ? signatures.filter((value) => value !== '') : signatures,
    id: ids[0] || undefined,
    timestamp: timestamps[0] || undefined,
    ambiguous: differs(ids) ? names.id : differs(timestamps) ? names.timestamp : ambiguousSigned(scheme, message),
  };
}

/** A header whose value is signed, sent with several: the signature covers only one of them. */
function ambiguousSigned({ recipe }: RecipeScheme, { headers, header }: Message): string | undefined {
  for (const part of recipe) {
    if (part.kind !== 'header' && part.kind !== 'signed-headers') continue;
    const names =
      part.kind === 'header'
        ? [part.name]
        : [part.list, ...(header(part.list) ?? '').split(',').map((name) => name.trim())];
    const repeated = names.find((name) => differs(headerValues(headers, name)));
    if (repeated !== undefined) return repeated;
  }
  return undefined;
}

/** Whether the scheme reads values out of the body, which a large body is not parsed for. */
export function looksIntoBody(scheme: SchemeDefinition): boolean {
  switch (scheme.kind) {
    case 'token':
      return scheme.places.some((place) => place.in === 'json');
    case 'jwt':
    case 'message-signature':
      return false;
    default:
      return (
        scheme.signaturePath !== undefined ||
        scheme.timestamp?.path !== undefined ||
        scheme.recipe.some(({ kind }) => kind === 'json' || kind === 'json-lines' || kind === 'form')
      );
  }
}

function readSignatures(
  scheme: RecipeScheme,
  header: string | undefined,
  message: Message,
  item: unknown,
): readonly string[] {
  if (scheme.signaturePath !== undefined) {
    const value = valueAt(item === undefined ? message.json() : item, scheme.signaturePath);
    return typeof value === 'string' ? [value] : none;
  }
  if (header === undefined) return none;
  if (scheme.numbered !== true) return headerValues(message.headers, header);
  const stem = header.toLowerCase().replace(/\d+$/, '');
  return message.headers
    .filter(([name]) => name.toLowerCase().startsWith(stem) && /^\d{1,3}$/.test(name.slice(stem.length)))
    .map(([, value]) => value);
}

function bodyTime(scheme: RecipeScheme, message: Message): readonly string[] {
  if (scheme.timestamp?.path === undefined) return none;
  const value = valueAt(message.json(), scheme.timestamp.path);
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : none;
}

function familyNames(scheme: RecipeScheme, index: number): HeaderNames {
  return {
    signature: scheme.signatureHeaders[index],
    id: scheme.idHeaders?.[index],
    timestamp: scheme.timestamp?.headers?.[index],
  };
}

function isSent(scheme: SchemeDefinition, message: Message): boolean {
  switch (scheme.kind) {
    case 'token':
      return isTokenSent(scheme, message);
    case 'jwt':
      return has(message.headers, scheme.header);
    case 'message-signature':
      return has(message.headers, 'signature') || has(message.headers, 'signature-input');
    default: {
      const { signaturePath } = scheme;
      if (signaturePath === undefined) return scheme.signatureHeaders.some((name) => has(message.headers, name));
      const roots = scheme.items === undefined ? [message.json()] : (itemsOf(scheme.items, message) ?? []);
      return roots.some((root) => (valueAt(root, signaturePath) ?? '') !== '');
    }
  }
}

function has(headers: readonly HeaderPair[], name: string): boolean {
  return headerValue(headers, name) !== undefined;
}

function sharesHeader(a: SchemeDefinition, b: SchemeDefinition): boolean {
  const places = placesOf(b);
  return placesOf(a).some((place) => places.includes(place));
}

/** Names of the places where the signature may stand; places in a body begin with a slash. */
function placesOf(scheme: SchemeDefinition): readonly string[] {
  switch (scheme.kind) {
    case 'token':
      return scheme.places.map((place) => (place.in === 'json' ? `/${place.path}` : place.name.toLowerCase()));
    case 'jwt':
      return [scheme.header.toLowerCase()];
    case 'message-signature':
      return ['signature'];
    default:
      return scheme.signaturePath === undefined
        ? scheme.signatureHeaders.map((name) => name.toLowerCase())
        : [`/${scheme.signaturePath}`];
  }
}

const none: readonly string[] = [];

function differs(values: readonly string[]): boolean {
  return values.length > 1 && values.some((value) => value !== values[0]);
}
