// A source and its API in memory: events of the form {"id","at","failed"}, newest first, some to a page.

import type { PullHttp, PullRequest, PullResponse } from '../../../../src/main/reconcile/http.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import type { PullSource } from '../../../../src/main/reconcile/source.ts';
import { createSource } from '../../../../src/main/reconcile/sources.ts';

/** Base address of the API. */
export const base = 'https://api.example.test';

/** A listed event. */
export interface MemoryEvent {
  readonly id: string;
  readonly at: number;
  readonly failed?: boolean;
}

/** The API. */
export interface MemoryApi {
  readonly source: PullSource;
  readonly http: PullHttp;
  readonly asked: PullRequest[];
  /** The list; may change between requests. */
  events: readonly MemoryEvent[];
  /** Answers instead of the list, once each; a function may do something first. */
  readonly troubles: (Partial<AnswerParts> | (() => Partial<AnswerParts>))[];
  /** Headers of every page. */
  headers: readonly HeaderPair[];
  /** Sends an ETag, and 304 for the same list. */
  hasEtag: boolean;
}

interface AnswerParts {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: string;
}

/** An API whose pages hold `perPage` events; the cursor is the index of the first. */
export function createMemoryApi(perPage: number): MemoryApi {
  const source = createSource('generic', {
    url: `${base}/events`,
    itemsPath: 'data',
    idPath: 'id',
    timePath: 'at',
    timeUnit: 'milliseconds',
    failedPath: 'failed',
    page: { kind: 'cursor', path: 'next', param: 'from' },
  });
  const api: MemoryApi = {
    source,
    asked: [],
    events: [],
    troubles: [],
    headers: [],
    hasEtag: false,
    async http(request) {
      api.asked.push(request);
      await Promise.resolve();
      const trouble = api.troubles.shift();
      return answer({ ...page(request), ...(typeof trouble === 'function' ? trouble() : trouble) });
    },
  };

  function page({ url, headers }: PullRequest): AnswerParts {
    const from = Number(new URL(url).searchParams.get('from') ?? 0);
    const data = api.events.slice(from, from + perPage);
    const next = from + perPage < api.events.length ? String(from + perPage) : null;
    const etag = `"${api.events.map(({ id }) => id).join('-')}"`;
    const wanted = headers.find(([name]) => name === 'If-None-Match')?.[1];
    if (api.hasEtag && wanted === etag) return { status: 304, headers: [], body: '' };
    const validator: HeaderPair[] = api.hasEtag ? [['ETag', etag]] : [];
    return { status: 200, headers: [...api.headers, ...validator], body: JSON.stringify({ data, next }) };
  }

  return api;
}

function answer({ status, headers, body }: AnswerParts): PullResponse {
  return { status, headers, body: new TextEncoder().encode(body) };
}
