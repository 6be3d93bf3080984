// What the filter box offers while a query is typed: keys, then values. Pure, so that every offer can be tested; what is
// inserted is always a term that parseQuery takes, or a key that waits for its value.

import { duplicateKinds, queryKeys, verdictStatuses } from '../../shared/query.ts';

/** One offer. */
export interface Suggestion {
  /** What stands in the list. */
  readonly label: string;
  /** What it means, or an empty text. */
  readonly about: string;
  /** What takes the place of the term that is being typed. */
  readonly insert: string;
  /** A key: its value is typed next. */
  readonly isKey: boolean;
}

/** Offers for the term at the caret, which reaches from `from` to `to`. */
export interface Suggestions {
  readonly from: number;
  readonly to: number;
  readonly items: readonly Suggestion[];
}

/** A value with what it means. */
export interface NamedValue {
  readonly value: string;
  readonly about: string;
}

/** Values that only the window knows. */
export interface SuggestionSources {
  readonly endpoints: readonly NamedValue[];
  readonly providers: readonly NamedValue[];
  readonly events: readonly string[];
  readonly methods: readonly string[];
}

const mostValues = 12;

const keyWords: Readonly<Record<string, string>> = {
  endpoint: 'where it came in',
  provider: 'who sent it',
  event: 'event type, * for any run',
  verdict: 'how the signature was judged',
  duplicate: 'first, retry, conflict, same body',
  method: 'HTTP method',
  path: 'part of the path',
  status: 'what was answered',
  id: 'request or delivery id',
  'header.NAME': 'a header and part of its value',
  'body.JSON.PATH': 'a value inside a JSON body',
  size: 'bytes, such as >10k',
  since: 'not older than 10m, 2h or a date',
  before: 'older than',
  pinned: 'true or false',
  pulled: 'fetched from the provider later',
  imported: 'read from a file',
  note: 'part of a note',
};

const plain = (...values: readonly string[]): readonly NamedValue[] => values.map((value) => ({ value, about: '' }));
const ages: readonly NamedValue[] = [
  { value: '10m', about: '10 minutes ago' },
  { value: '1h', about: 'an hour ago' },
  { value: '24h', about: 'a day ago' },
  { value: '7d', about: 'a week ago' },
];
const yesNo = plain('true', 'false');
const sizes = plain('>10k', '>100k', '>1m', '<1k');
const statuses: readonly NamedValue[] = [
  { value: '2xx', about: 'taken' },
  { value: '3xx', about: 'sent elsewhere' },
  { value: '4xx', about: 'turned away' },
  { value: '5xx', about: 'failed' },
  { value: '>=400', about: 'not taken' },
];

/** Offers for `text` with the caret at `caret`. Empty where the term is complete or nothing is known to fit. */
export function suggestTerms(text: string, caret: number, sources: SuggestionSources): Suggestions {
  const { from, to } = termAt(text, caret);
  const typed = text.slice(from, caret);
  const minus = typed.startsWith('-') ? '-' : '';
  const term = typed.slice(minus.length);
  const colon = term.indexOf(':');
  const quote = term.indexOf('"');
  if (quote >= 0 && (colon < 0 || quote < colon)) return { from, to, items: [] };
  const items =
    colon < 0
      ? keysFor(term, minus)
      : valuesFor(term.slice(0, colon), term.slice(colon + 1).replaceAll('"', ''), minus, sources);
  return { from, to, items };
}

/** `text` with an offer in its place, and where the caret stands then. */
export function withSuggestion(
  text: string,
  { from, to }: Suggestions,
  { insert, isKey }: Suggestion,
): { readonly text: string; readonly caret: number } {
  const rest = text.slice(to);
  const gap = isKey || rest.startsWith(' ') ? '' : ' ';
  return { text: `${text.slice(0, from)}${insert}${gap}${rest}`, caret: from + insert.length + (isKey ? 0 : 1) };
}

/** Start and end of the term that holds the caret; quotes group. */
function termAt(text: string, caret: number): { readonly from: number; readonly to: number } {
  let from = 0;
  let quoted = false;
  let at = 0;
  for (; at < caret; at += 1) {
    const character = text[at] as string;
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && /\s/.test(character)) from = at + 1;
  }
  let to = caret;
  for (; to < text.length; to += 1) {
    const character = text[to] as string;
    if (character === '"') quoted = !quoted;
    else if (!quoted && /\s/.test(character)) break;
  }
  return { from, to };
}

function keysFor(term: string, minus: string): readonly Suggestion[] {
  const wanted = term.toLowerCase();
  return queryKeys
    .filter((key) => key.toLowerCase().startsWith(wanted))
    .map((key) => {
      const dot = key.indexOf('.');
      // The name is the person's own: header.X-Request-Id:1.
      const insert = dot < 0 ? `${minus}${key}:` : `${minus}${key.slice(0, dot + 1)}`;
      return { label: dot < 0 ? `${minus}${key}:` : `${minus}${key}`, about: keyWords[key] ?? '', insert, isKey: true };
    })
    .filter(({ insert }) => insert !== minus + term);
}

function valuesFor(key: string, typed: string, minus: string, sources: SuggestionSources): readonly Suggestion[] {
  const wanted = typed.toLowerCase();
  const known = knownValues(key.toLowerCase(), sources);
  if (known.some(({ value }) => value.toLowerCase() === wanted)) return [];
  const begins = known.filter(({ value }) => value.toLowerCase().startsWith(wanted));
  const holds = known.filter(
    (one) => !begins.includes(one) && `${one.value}\n${one.about}`.toLowerCase().includes(wanted),
  );
  return [...begins, ...holds].slice(0, mostValues).map(({ value, about }) => ({
    label: value,
    about,
    insert: `${minus}${key}:${quoted(value)}`,
    isKey: false,
  }));
}

function knownValues(key: string, sources: SuggestionSources): readonly NamedValue[] {
  switch (key) {
    case 'verdict':
      return plain(...verdictStatuses);
    case 'duplicate':
      return plain(...duplicateKinds);
    case 'endpoint':
      return sources.endpoints;
    case 'provider':
      return sources.providers;
    case 'event':
      return plain(...sources.events);
    case 'method':
      return plain(...sources.methods);
    case 'status':
      return statuses;
    case 'size':
      return sizes;
    case 'since':
    case 'before':
      return ages;
    case 'pinned':
    case 'pulled':
    case 'imported':
      return yesNo;
    default:
      return [];
  }
}

/** As the query language writes it. */
function quoted(value: string): string {
  return /[\s"\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}
