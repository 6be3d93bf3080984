// Chooses what to check: the provider's scheme, its header family, and the values that the recipe joins.

import { headerValue, headerValues } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition, SchemeDefinition } from '../../shared/providers/define.ts';

/** Names of the headers of one family. */
interface HeaderNames {
  readonly signature: string;
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
}

/** What a request carries for one scheme. */
interface Reading {
  readonly names: HeaderNames;
  readonly signatures: readonly string[];
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  /** Name of a header that was repeated with different values, so that nobody can say which one counts. */
  readonly ambiguous: string | undefined;
}

/**
 * The schemes that may judge the request, at least one. A stronger scheme whose header was sent decides, even where
 * `schemeId` names a weaker one: a right SHA-1 must not save a wrong SHA-256. Schemes that share a header come together.
 */
export function applicableSchemes(
  provider: ProviderDefinition,
  schemeId: string | undefined,
  headers: readonly HeaderPair[],
): readonly SchemeDefinition[] {
  const { schemes } = provider;
  if (schemes.length === 1) return schemes;
  const strongest = schemes.find((scheme) => scheme.signatureHeaders.some((name) => has(headers, name)));
  const wanted = schemes.find((scheme) => scheme.id === schemeId);
  if (wanted) {
    const yields =
      strongest !== undefined &&
      !sharesHeader(strongest, wanted) &&
      schemes.indexOf(strongest) < schemes.indexOf(wanted);
    return [yields ? strongest : wanted];
  }
  const head = strongest ?? schemes[0];
  return head ? schemes.filter((scheme) => sharesHeader(scheme, head)) : schemes;
}

/** The header family of the request: the first that is whole, else the first with a signature, else the first. */
export function chooseFamily(scheme: SchemeDefinition, headers: readonly HeaderPair[]): HeaderNames {
  if (scheme.signatureHeaders.length === 1) return familyNames(scheme, 0);
  const families = scheme.signatureHeaders.map((_, index) => familyNames(scheme, index));
  const whole = families.find(
    (names) =>
      has(headers, names.signature) &&
      (names.id === undefined || has(headers, names.id)) &&
      (names.timestamp === undefined || has(headers, names.timestamp)),
  );
  return whole ?? families.find((names) => has(headers, names.signature)) ?? familyNames(scheme, 0);
}

/** What the request carries for this scheme. Empty values count as absent. */
export function readRequest(scheme: SchemeDefinition, headers: readonly HeaderPair[]): Reading {
  const names = chooseFamily(scheme, headers);
  const ids = names.id === undefined ? none : headerValues(headers, names.id);
  const timestamps = names.timestamp === undefined ? none : headerValues(headers, names.timestamp);
  const signatures = headerValues(headers, names.signature);
  return {
    names,
    signatures: signatures.includes('') ? signatures.filter((value) => value !== '') : signatures,
    id: ids[0] || undefined,
    timestamp: timestamps[0] || undefined,
    ambiguous: differs(ids) ? names.id : differs(timestamps) ? names.timestamp : undefined,
  };
}

function familyNames(scheme: SchemeDefinition, index: number): HeaderNames {
  return {
    signature: scheme.signatureHeaders[index] ?? '',
    id: scheme.idHeaders?.[index],
    timestamp: scheme.timestamp?.headers?.[index],
  };
}

function has(headers: readonly HeaderPair[], name: string): boolean {
  return headerValue(headers, name) !== undefined;
}

function sharesHeader(a: SchemeDefinition, b: SchemeDefinition): boolean {
  return a.signatureHeaders.some((name) => b.signatureHeaders.includes(name));
}

const none: readonly string[] = [];

function differs(values: readonly string[]): boolean {
  return values.length > 1 && values.some((value) => value !== values[0]);
}
