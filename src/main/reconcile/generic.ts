// Any JSON API that lists events: the person says where its parts stand. The description is data; nothing in it is run.

import * as v from 'valibot';
import { headerName } from '../../shared/schema-parts.ts';
import { addressProblem } from './address.ts';
import { exactText, needItems, needText, needTime, scalarText, valueAt } from './json-text.ts';
import type { JsonText } from './json-text.ts';
import { nextLink } from './link.ts';
import type { ApiAnswer, ListedEvent, PullSource, SourcePage } from './source.ts';

/** Fields that the client writes itself. */
const ownHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'if-none-match',
  'expect',
  'te',
  'upgrade',
]);

const path = v.pipe(
  v.string('must be a dotted path such as data.items'),
  v.maxLength(200, 'must be at most 200 characters'),
);
const neededPath = v.pipe(path, v.minLength(1, 'must not be empty'));
const parameter = v.pipe(
  v.string('must be the name of a query parameter'),
  v.regex(/^[^\s&=#?]{1,100}$/, 'must be the name of a query parameter'),
);
const configHeader = v.pipe(
  headerName,
  v.check((name) => !ownHeaders.has(name.toLowerCase()), 'must not be a header that Hookbench writes itself'),
);

/** Schema of the description of a JSON API. Paths are dotted (`data.0.id`); all but `itemsPath` start at an item. */
export const genericConfigSchema = v.strictObject({
  /** First page; https, or http on this machine. */
  url: v.pipe(
    v.string('must be a full https:// address'),
    v.maxLength(8_192, 'must be at most 8,192 characters'),
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? addressProblem(dataset.value) : null;
      if (problem !== null) addIssue({ message: problem });
    }),
  ),
  method: v.optional(v.picklist(['GET', 'POST'], 'must be GET or POST'), 'GET'),
  /** Sent with every request, name and value. */
  headers: v.optional(
    v.record(
      configHeader,
      v.pipe(v.string('must be a text'), v.regex(/^[\x20-\x7e]{0,8000}$/, 'must be printable ASCII')),
      'must be an object of names and values',
    ),
    {},
  ),
  /** Header for the token. `Authorization`, also when absent, gets `Bearer` before a token that is a single word. */
  tokenHeader: v.optional(configHeader, 'Authorization'),
  /** List of events in a page; empty when the page itself is the list. */
  itemsPath: path,
  idPath: neededPath,
  timePath: neededPath,
  timeUnit: v.picklist(['seconds', 'milliseconds', 'iso'], 'must be seconds, milliseconds or iso'),
  eventPath: v.optional(neededPath),
  /** The body: a text is taken as it is, anything else as its JSON. Absent: the whole item. */
  bodyPath: v.optional(neededPath),
  /** Tells a failed delivery: `true`, a status outside 200 to 299, or a text that begins with fail or error. */
  failedPath: v.optional(neededPath),
  /** Where the next page is: a Link header, a cursor in the page, a counted page, or nowhere. */
  page: v.variant(
    'kind',
    [
      v.strictObject({ kind: v.literal('link') }),
      v.strictObject({ kind: v.literal('cursor'), path: neededPath, param: parameter }),
      v.strictObject({
        kind: v.literal('page'),
        param: parameter,
        start: v.pipe(
          v.number('must be a whole number'),
          v.safeInteger('must be a whole number'),
          v.minValue(0, 'must be 0 or more'),
        ),
      }),
      v.strictObject({ kind: v.literal('none') }),
    ],
    'must have a kind: link, cursor, page or none',
  ),
});
/** Description of a JSON API. */
export type GenericConfig = v.InferOutput<typeof genericConfigSchema>;

/** The events of a described API. Ids that are numbers are taken as they are written. */
export function genericSource(config: GenericConfig): PullSource {
  const first = new URL(config.url);
  const start = config.page.kind === 'page' ? String(config.page.start) : null;
  return {
    id: 'generic',
    name: 'The API',
    scope: `generic ${first.origin}${first.pathname}`,
    limits: 'Only what the described API tells is known; headers and signatures are not.',
    needsToken: false,
    tokenRight: 'a token that may read this list',
    method: config.method,
    newestFirst: null,
    baseUrl: () => first.origin,
    headers(token) {
      const headers = Object.entries(config.headers);
      if (token === null) return headers;
      const isBearer = config.tokenHeader.toLowerCase() === 'authorization' && !token.includes(' ');
      return [...headers, [config.tokenHeader, isBearer ? `Bearer ${token}` : token]];
    },
    pageUrl(base, _sinceAt, page) {
      // A link is a whole address; whether it may be asked is decided where the token is.
      if (config.page.kind === 'link' && page !== null) return page;
      const url = new URL(base + first.pathname + first.search);
      const { page: rule } = config;
      const value = page ?? start;
      if (value !== null && (rule.kind === 'cursor' || rule.kind === 'page')) url.searchParams.set(rule.param, value);
      return url.href;
    },
    readPage(answer, { url, page }) {
      const events = needItems(answer.json, config.itemsPath).map((item) => readItem(item, config));
      return { events, next: nextPage(config, answer, events.length, url, page) };
    },
  };
}

function nextPage(
  { page: rule }: GenericConfig,
  { headers, json }: ApiAnswer,
  items: number,
  url: string,
  page: string | null,
): SourcePage['next'] {
  switch (rule.kind) {
    case 'none':
      return null;
    case 'link': {
      const link = nextLink(headers);
      return link !== null && URL.canParse(link, url) ? new URL(link, url).href : null;
    }
    case 'cursor': {
      const cursor = scalarText(valueAt(json, rule.path));
      return cursor === '' ? null : cursor;
    }
    case 'page':
      return items === 0 ? null : String(Number(page ?? rule.start) + 1);
  }
}

function readItem(item: JsonText, config: GenericConfig): ListedEvent {
  const { idPath, timePath, timeUnit, eventPath, bodyPath, failedPath } = config;
  const body = bodyPath === undefined ? item : valueAt(item, bodyPath);
  return {
    event: {
      id: needText(item, idPath),
      event: eventPath === undefined ? null : scalarText(valueAt(item, eventPath)),
      at: needTime(item, timePath, timeUnit),
      state: failedPath !== undefined && isFailure(valueAt(item, failedPath)?.value) ? 'failed' : 'delivered',
      headers: null,
      body: body === undefined || body.value === null ? null : readBody(body),
    },
    detailId: null,
  };
}

function readBody(body: JsonText): Uint8Array {
  return new TextEncoder().encode(typeof body.value === 'string' ? body.value : exactText(body));
}

function isFailure(value: unknown): boolean {
  if (typeof value === 'number') return value < 200 || value > 299;
  return value === true || (typeof value === 'string' && /^(fail|error)/i.test(value));
}
