// Secrets in running text: values that the person stored, shapes that are secrets wherever they stand, and secrets in
// URLs. Every pattern is linear in the text, because the text comes from whoever can reach the receiver.

import { isSecretParameter } from './redact-names.ts';

/** Replaces a secret by its mask. */
export type Mask = (secret: string) => string;

const masked = /^«redacted:[0-9a-f]{6}»$/;

/** Whole matches of these are secrets. Each begins at the start of a word, so that no text is scanned twice. */
const shapes =
  /(?<![A-Za-z0-9_-])(?:[sr]k_[A-Za-z0-9_]{6,}|sk-[A-Za-z0-9_-]{20,}|wh(?:sec|sk)[_-][A-Za-z0-9+/_-]{6,}=*|eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*|gh[opsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{15,}|xox[abeprs]-[\w-]{10,}|AIza[\w-]{30,}|AKIA[A-Z0-9]{16})/g;
const schemes = /\b(Bearer|Basic)(\s+)([A-Za-z0-9._~+/-]{6,}=*)/gi;
const userInfo = /:\/\/([^\s/?#@"'<>\\]{1,1024})@/g;
const parameter = /([?&])([^=&?#\s"'<>\\]{1,64})=([^&#\s"'<>\\]+)/g;
/** Addresses that open something by themselves: incoming hooks of Slack and Discord, Telegram's bot path. */
const secretPaths =
  /(hooks\.slack\.com\/services\/|discord(?:app)?\.com\/api\/webhooks\/\d{1,20}\/|api\.telegram\.org\/bot)([\w:/-]{6,})/gi;

/** Masks what is secret in any text, whatever its format. */
export function createTextRedactor(mask: Mask, secrets: readonly string[]): (text: string) => string {
  const known = knownPattern(secrets);
  const once: Mask = (secret) => (masked.test(secret) ? secret : mask(secret));
  return (text) => {
    let result = text;
    if (known) result = result.replace(known.pattern, (found) => mask(known.original.get(found) ?? found));
    result = result.replace(schemes, (_, word: string, gap: string, value: string) => word + gap + once(value));
    result = result.replace(shapes, (found) => mask(found));
    if (!/[?&:]/.test(result)) return result;
    result = result.replace(userInfo, (_, value: string) => `://${once(value)}@`);
    result = result.replace(secretPaths, (_, start: string, value: string) => start + once(value));
    return result.replace(parameter, (whole, start: string, name: string, value: string) => {
      return isSecretParameter(decodeParameter(name)) ? `${start}${name}=${once(decodeParameter(value))}` : whole;
    });
  };
}

/** A percent-encoded part of a query or form; as it stands when the escapes are broken. */
export function decodeParameter(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/**
 * One pattern for all stored values in the spellings in which they travel. Very short values count only as whole
 * words: masking every `a` would tell more than it hides.
 */
function knownPattern(secrets: readonly string[]) {
  const original = new Map<string, string>();
  for (const secret of secrets) {
    if (secret === '') continue;
    const key = secret.replace(/^wh(sec|sk|pk)_/, '');
    const spellings = [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('latin1'),
      Buffer.from(secret).toString('base64'),
    ];
    if (key.length >= 8) spellings.push(key, encodeURIComponent(key));
    for (const spelling of spellings) if (!original.has(spelling)) original.set(spelling, secret);
  }
  if (original.size === 0) return null;
  const longestFirst = [...original.keys()].sort((a, b) => b.length - a.length);
  const source = longestFirst.map((spelling) => {
    const literal = spelling.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    return spelling.length >= 4 ? literal : `(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`;
  });
  return { pattern: new RegExp(source.join('|'), 'g'), original };
}
