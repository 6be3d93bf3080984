// Schemes without a signature: the request carries the shared secret itself, and nothing protects the body.

import type { SignatureView, Verdict } from '../../shared/exchange.ts';
import type { TokenScheme } from '../../shared/providers/define.ts';
import { equalSecret } from './compare.ts';
import type { CheckContext, SchemeContext, SchemeEngine, SignContext, SignedParts } from './engine.ts';
import { itemLimit, itemsOf } from './items.ts';
import { editJson } from './json-edit.ts';
import type { Key } from './keys.ts';
import { describePlace, tokenAt } from './token-places.ts';
import { matched, mismatch, missing, verdict } from './verdicts.ts';
import type { Facts } from './verdicts.ts';

/** Constant tokens: GitLab, Telegram, Figma, Microsoft Graph, CloudEvents. */
export const tokenEngine: SchemeEngine<TokenScheme> = {
  check,
  sign,
  view,
  headerNames: (scheme) => scheme.places.flatMap((place) => (place.in === 'header' ? [place.name] : [])),
};

function check(context: CheckContext<TokenScheme>): Verdict {
  const { scheme, message, keys } = context;
  const facts: Facts = { scheme: scheme.id };
  const [place] = scheme.places;
  const items = scheme.items === undefined ? [undefined] : itemsOf(scheme.items, message);
  if (items === null || place === undefined) {
    return missing(facts, 'signature', place === undefined ? 'the token' : describePlace(place));
  }
  if (items.length > itemLimit) {
    const what = `the body holds more than ${itemLimit} items`;
    return verdict('malformed', 'too-many-items', `Malformed: ${what}`, facts);
  }
  let secretName = '';
  for (const item of items) {
    const token = findToken(scheme, message, item);
    if (token === undefined) return missing(facts, 'signature', describePlace(place));
    const key = keys.find((candidate) => isToken(candidate, token));
    if (key === undefined) {
      const names = keys.map(({ name }) => name);
      const what = names.length === 1 ? `secret “${names[0]}” is not the token` : 'no configured secret is the token';
      const wrong = mismatch(names, facts);
      return { ...wrong, message: `Invalid: ${what} that was sent` };
    }
    secretName = key.name;
  }
  return matched(context, secretName, facts, null);
}

function findToken(scheme: TokenScheme, message: SchemeContext['message'], item: unknown): string | undefined {
  for (const place of scheme.places) {
    const token = tokenAt(place, message, item);
    if (token !== undefined && token !== '') return token;
  }
  return undefined;
}

function isToken(key: Key, token: string): boolean {
  // Header values hold one character per byte; what came from JSON or a query is text.
  if (key.kind !== 'shared') return false;
  return (
    equalSecret(key.bytes, Buffer.from(token, 'utf8')) ||
    (/^[\0-\xff]*$/.test(token) && equalSecret(key.bytes, Buffer.from(token, 'latin1')))
  );
}

function sign({ scheme, message, keys, mode }: SignContext<TokenScheme>): SignedParts {
  const unsigned: SignedParts = { fields: [], body: message.body, url: message.url };
  const [key] = keys;
  const [place] = scheme.places;
  if (place === undefined || key?.kind !== 'shared') return unsigned;
  const token = Buffer.from(key.bytes).toString('utf8');
  const sent = mode === 'wrong-secret' ? `wrong-${token.length}` : token;
  switch (place.in) {
    case 'header': {
      // As bytes on the wire, which a header holds one per character.
      const value = Buffer.from(sent, 'utf8').toString('latin1');
      return { ...unsigned, fields: [[place.name, `${place.prefix ?? ''}${value}`]] };
    }
    case 'query': {
      const mark = message.url.includes('?') ? '&' : '?';
      return { ...unsigned, url: `${message.url}${mark}${place.name}=${encodeURIComponent(sent)}` };
    }
    case 'json': {
      const body = editJson(message, scheme.items, [[place.path, () => sent]]);
      const note = `The body is no JSON object that could hold ${place.path}, so it was sent without the token.`;
      return body === null ? { ...unsigned, note } : { ...unsigned, body };
    }
  }
}

function view({ scheme }: SchemeContext<TokenScheme>): SignatureView {
  const [place] = scheme.places;
  return {
    algorithm: 'None: the shared secret itself is sent',
    place: place === undefined ? '' : describePlace(place),
    received: null,
    expected: [],
    signatures: [],
    signedBytes: new Uint8Array(),
    signedSize: 0,
    recipe: 'nothing',
  };
}
