// GitHub's log of webhook deliveries (docs.github.com, REST API endpoints for repository and organization webhooks).
// The list tells ids and outcomes; headers and payload of one delivery are fetched one by one.

import * as v from 'valibot';
import { headerValue, headerValues } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { isSuccess } from '../../shared/http-status.ts';
import { BrokenPage, compactText, needItems, needText, needTime, scalarText, valueAt } from './json-text.ts';
import type { JsonText } from './json-text.ts';
import { nextLinkParameter } from './link.ts';
import type { ApiAnswer, ListedEvent, PullSource, RemoteEvent } from './source.ts';

const perPage = 100;

/** Part of a path; `.` and `..` would change the path. */
const name = v.pipe(
  v.string(),
  v.regex(/^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}$/, 'must be letters, digits, dots, dashes or underscores'),
);
const hookId = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.safeInteger(), v.minValue(1))], 'must be the number of the hook'),
  v.transform(String),
  v.regex(/^\d{1,20}$/, 'must be the number of the hook'),
);

const repositoryHook = v.strictObject({ owner: name, repo: name, hookId });
const organizationHook = v.strictObject({ org: name, hookId });

/** Schema of what is listed: a hook of a repository (`owner`, `repo`) or of an organization (`org`). */
export const githubConfigSchema: v.GenericSchema<unknown, GithubConfig> = v.lazy((input) =>
  // A plain union could not say which field is wrong.
  typeof input === 'object' && input !== null && 'org' in input ? organizationHook : repositoryHook,
);
/** Which hook's deliveries are listed. */
export type GithubConfig = v.InferOutput<typeof repositoryHook> | v.InferOutput<typeof organizationHook>;

/**
 * Deliveries of one hook, newest first. `id` is the guid, which X-GitHub-Delivery carries; several attempts share it,
 * and the newest one tells the state. The payload comes as JSON: blanks are taken out, as GitHub sends it compact, but
 * escapes may differ from what was sent; the signature header, which is told too, decides whether the bytes are right.
 */
export function githubSource(config: GithubConfig): PullSource {
  const isOrg = 'org' in config;
  const hooks = isOrg ? `orgs/${config.org}/hooks` : `repos/${config.owner}/${config.repo}/hooks`;
  const deliveries = `${hooks}/${config.hookId}/deliveries`;
  return {
    id: 'github',
    name: 'GitHub',
    scope: `github ${hooks}/${config.hookId}`,
    limits: 'GitHub keeps deliveries for 3 days, and lists those of one hook only.',
    needsToken: true,
    tokenRight: isOrg
      ? 'a token of an organization owner with “Webhooks: read” (classic: admin:org_hook)'
      : 'a token with “Webhooks: read” for the repository (classic: read:repo_hook)',
    method: 'GET',
    newestFirst: true,
    baseUrl: () => 'https://api.github.com',
    headers: (token) => [
      ['Accept', 'application/vnd.github+json'],
      ['X-GitHub-Api-Version', '2022-11-28'],
      ...(token === null ? [] : [['Authorization', `Bearer ${token}`] as const]),
    ],
    pageUrl(base, _sinceAt, page) {
      const cursor = page === null ? '' : `&cursor=${encodeURIComponent(page)}`;
      return `${base}/${deliveries}?per_page=${perPage}${cursor}`;
    },
    readPage({ headers, json }) {
      // Only the cursor is taken from the link: its host may be another one behind a proxy.
      return { events: needItems(json, '').map(readItem), next: nextLinkParameter(headers, 'cursor') };
    },
    detail: {
      url: (base, detailId) => `${base}/${deliveries}/${encodeURIComponent(detailId)}`,
      read: readDetail,
    },
  };
}

function readItem(item: JsonText): ListedEvent {
  const id = needText(item, 'guid');
  const name = needText(item, 'event');
  const action = scalarText(valueAt(item, 'action'));
  const status = valueAt(item, 'status_code')?.value;
  return {
    event: {
      id,
      event: action === null || action === '' ? name : `${name}.${action}`,
      at: needTime(item, 'delivered_at', 'iso'),
      // GitHub writes 0 or a status of its own where there was no connection.
      state: typeof status === 'number' && isSuccess(status) ? 'delivered' : 'failed',
      headers: [
        ['X-GitHub-Delivery', id],
        ['X-GitHub-Event', name],
      ],
      body: null,
    },
    // As written: newer ids are beyond 2^53.
    detailId: needText(item, 'id'),
  };
}

function readDetail(event: RemoteEvent, { json }: ApiAnswer): RemoteEvent {
  if (needText(json, 'guid') !== event.id) throw new BrokenPage('it is another delivery');
  const told = readHeaders(valueAt(json, 'request.headers'));
  const missing = (event.headers ?? []).filter(([name]) => headerValues(told, name).length === 0);
  const headers = [...told, ...missing];
  const target = readTarget(scalarText(valueAt(json, 'url')));
  const whole = { ...event, headers, body: readBody(valueAt(json, 'request.payload'), headers) };
  return target === null ? whole : { ...whole, target };
}

function readHeaders(json: JsonText | undefined): HeaderPair[] {
  const { value } = json ?? {};
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, content]: [string, unknown]) =>
    typeof content === 'string' && isHeader(name, content) ? [[name, content] as const] : [],
  );
}

/** Whether this can have been a header at all (RFC 9110 section 5). */
function isHeader(name: string, value: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && !/[\r\n\0]/.test(value);
}

function readBody(payload: JsonText | undefined, headers: readonly HeaderPair[]): Uint8Array | null {
  if (payload === undefined || payload.value === null) return null;
  const text = typeof payload.value === 'string' ? payload.value : compactText(payload);
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headerValue(headers, 'content-type') ?? '');
  return new TextEncoder().encode(isForm ? new URLSearchParams({ payload: text }).toString() : text);
}

/** Path and query of the hook's address. */
function readTarget(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { pathname, search } = new URL(url);
  return pathname + search;
}
