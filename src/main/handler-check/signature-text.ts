// Changes the signature, or the token, where it stands in a request, and leaves the rest of the request alone. A handler
// that compares loosely takes some of these for the right one. One that compares two whole texts with == cannot be told
// from outside: it differs from a right one only by nanoseconds.

import { Buffer } from 'node:buffer';
import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { Encoding, RecipeScheme, SchemeDefinition, TokenScheme } from '../../shared/providers/define.ts';
import { parseJson, valueAt } from '../../shared/providers/read-value.ts';
import type { CheckRequest } from './events.ts';
import { setJson } from './json-text.ts';

/** Makes another signature text from the right one. */
export type SignatureChange = (text: string, encoding: Encoding | 'text') => string;

/** Nothing where the signature should be. */
export const emptied: SignatureChange = () => '';
/** The first half. */
export const halved: SignatureChange = (text) => text.slice(0, 2 * Math.floor(text.length / 4));
/** The right one with more beside it. In front for base64, whose readers often stop at the padding. */
export const lengthened: SignatureChange = (text, encoding) => (encoding === 'hex' ? `${text}00` : `AAAA${text}`);
/** Capitals and small letters exchanged. */
export const otherCase: SignatureChange = (text) =>
  text.replace(/[A-Za-z]/g, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));

/** The request with every signature changed; null where it stands in a place that is not known. */
export function changeSignature(
  scheme: SchemeDefinition,
  request: CheckRequest,
  change: SignatureChange,
): CheckRequest | null {
  switch (scheme.kind) {
    case 'token':
      return changeToken(scheme, request, change);
    case 'jwt':
      return editHeader(request, scheme.header, (value) =>
        value.replace(/[^.]*$/, (text) => change(text, 'base64url')),
      );
    case 'message-signature':
      return editHeader(request, 'Signature', (value) =>
        value.replace(/:([^:]*):/g, (_all, text: string) => `:${change(text, 'base64')}:`),
      );
    default:
      return changeRecipe(scheme, request, change);
  }
}

/** The request with its signature under another version, such as `v0` for `v1`; null where the scheme has no versions. */
export function withOtherVersion(scheme: SchemeDefinition, request: CheckRequest): CheckRequest | null {
  const format = isRecipe(scheme) ? scheme.format : null;
  if (format?.kind === 'versions') {
    return editSignatureHeader(scheme, request, (value) => value.replaceAll(`${format.version},`, 'v0,'));
  }
  if (format?.kind !== 'pairs' || !/\d$/.test(format.signatureKey)) return null;
  const other = format.signatureKey.replace(/\d+$/, '0');
  return editSignatureHeader(scheme, request, (value) => value.replaceAll(`${format.signatureKey}=`, `${other}=`));
}

/** Schemes of the form `t=...,v1=...` whose provider documents several signatures while a secret is changed. */
const rotating: ReadonlySet<string> = new Set(['stripe-v1', 'paddle-h1']);

/** `request` with the signature of `wrong` in front of its own; null where the scheme does not provide for several. */
export function withWrongFirst(
  scheme: SchemeDefinition,
  request: CheckRequest,
  wrong: CheckRequest,
): CheckRequest | null {
  if (!isRecipe(scheme)) return null;
  const { format, id } = scheme;
  const name = signatureHeader(scheme, request);
  const other = name === undefined ? undefined : headerValue(wrong.headers, name);
  if (other === undefined) return null;
  switch (format.kind) {
    case 'versions':
      return editSignatureHeader(scheme, request, (value) => `${other} ${value}`);
    case 'list':
      return editSignatureHeader(scheme, request, (value) => `${other}${format.separator}${value}`);
    case 'pairs': {
      const part = other.split(format.separator).find((text) => text.startsWith(`${format.signatureKey}=`));
      if (!rotating.has(id) || part === undefined) return null;
      const first = `${format.separator}${format.signatureKey}=`;
      return editSignatureHeader(scheme, request, (value) =>
        value.replace(first, () => `${format.separator}${part}${first}`),
      );
    }
    case 'value':
      return null;
  }
}

function changeRecipe(scheme: RecipeScheme, request: CheckRequest, change: SignatureChange): CheckRequest | null {
  const { format, encoding, signaturePath } = scheme;
  if (signaturePath !== undefined) return changeBody(scheme, request, signaturePath, change);
  const changed = (text: string): string => change(text, encoding);
  return editSignatureHeader(scheme, request, (value) => {
    switch (format.kind) {
      case 'value':
        return format.prefix + changed(value.slice(format.prefix.length));
      case 'list':
        return value
          .split(format.separator)
          .map((part) => format.prefix + changed(part.slice(format.prefix.length)))
          .join(format.separator);
      case 'versions':
        return value
          .split(' ')
          .map((part) => `${format.version},${changed(part.slice(format.version.length + 1))}`)
          .join(' ');
      case 'pairs':
        return value
          .split(format.separator)
          .map((part) => {
            const start = `${format.signatureKey}=`;
            return part.startsWith(start) ? start + changed(part.slice(start.length)) : part;
          })
          .join(format.separator);
    }
  });
}

function changeToken(scheme: TokenScheme, request: CheckRequest, change: SignatureChange): CheckRequest | null {
  const place = scheme.places[0];
  switch (place?.in) {
    case 'header': {
      const prefix = place.prefix ?? '';
      return editHeader(request, place.name, (value) => prefix + change(value.slice(prefix.length), 'text'));
    }
    case 'query': {
      const url = new URL(request.url);
      const token = url.searchParams.get(place.name);
      if (token === null) return null;
      url.searchParams.set(place.name, change(token, 'text'));
      return { ...request, url: url.href };
    }
    case 'json':
      return changeBody(scheme, request, place.path, change);
    default:
      return null;
  }
}

/** Changes the signature in the body, or in each item of its list. */
function changeBody(
  scheme: RecipeScheme | TokenScheme,
  request: CheckRequest,
  path: string,
  change: SignatureChange,
): CheckRequest | null {
  const { items } = scheme;
  let text = new TextDecoder().decode(request.body);
  const list = items === undefined ? undefined : valueAt(parseJson(text), items.path);
  const count = Array.isArray(list) ? list.length : 0;
  const bases =
    items === undefined
      ? ['']
      : Array.from(
          { length: count },
          (_, n) => `${items.path}.${n}.${items.member === undefined ? '' : `${items.member}.`}`,
        );
  let found = false;
  for (const base of bases) {
    const value = valueAt(parseJson(text), base + path);
    if (typeof value !== 'string') continue;
    found = true;
    text = setJson(text, base + path, change(value, isRecipe(scheme) ? scheme.encoding : 'text'));
  }
  return found ? { ...request, body: Buffer.from(text, 'utf8') } : null;
}

function isRecipe(scheme: SchemeDefinition): scheme is RecipeScheme {
  return scheme.kind === undefined || scheme.kind === 'recipe';
}

function signatureHeader(scheme: RecipeScheme, request: CheckRequest): string | undefined {
  return scheme.signatureHeaders.find((name) => headerValue(request.headers, name) !== undefined);
}

function editSignatureHeader(
  scheme: SchemeDefinition,
  request: CheckRequest,
  edit: (value: string) => string,
): CheckRequest | null {
  const name = isRecipe(scheme) ? signatureHeader(scheme, request) : undefined;
  return name === undefined ? null : editHeader(request, name, edit);
}

function editHeader(request: CheckRequest, name: string, edit: (value: string) => string): CheckRequest | null {
  const wanted = name.toLowerCase();
  let found = false;
  const headers = request.headers.map(([key, value]): HeaderPair => {
    if (key.toLowerCase() !== wanted) return [key, value];
    found = true;
    return [key, edit(value)];
  });
  return found ? { ...request, headers } : null;
}
