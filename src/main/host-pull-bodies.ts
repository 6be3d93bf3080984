// Finds arrived requests by a value in their bodies, where they do not carry the id that the provider's API tells
// (Shopify). The bodies are read once, a few at a time; later ones are entered as they arrive.

import type { ExchangeSummary } from '../shared/exchange.ts';
import { bodyMatches } from './reconcile/body-match.ts';
import { readJson, scalarText, valueAt } from './reconcile/json-text.ts';
import type { BodyCondition } from './reconcile/source.ts';
import type { Exchange, History } from './store/history.ts';

/** Requests by event and the value at one path of their bodies. */
export interface BodyIndex {
  /** Enters what arrived since `sinceAt` (epoch ms), unless that has been done. */
  load(sinceAt: number): Promise<void>;
  /** A request was stored. */
  noticed(exchange: Exchange): void;
  /** Id of a request of this event whose body fulfils all conditions, or null. */
  find(event: string | null, conditions: readonly BodyCondition[]): string | null;
}

/** What an index is given. */
export interface BodyIndexOptions {
  readonly history: Pick<History, 'list' | 'readBody'>;
  readonly endpoint: string;
  readonly provider: string;
  /** Where the value stands; `find` looks among the requests with the value of its condition for this path. */
  readonly path: string;
  readonly now: () => number;
}

type Row = Pick<ExchangeSummary, 'id' | 'endpoint' | 'provider' | 'event' | 'size'>;

const pageRows = 100;
const pageBudgetMs = 25;
/** Larger bodies are not read. */
const mostBytes = 2_097_152;
/** Requests that are held, and those that wait to be read. */
const mostHeld = 50_000;
const mostUnread = 10_000;
/** A webhook may arrive a little before the time that the API tells for its event, ms. */
const slackMs = 86_400_000;

/** An empty index. */
export function createBodyIndex({ history, endpoint, provider, path, now }: BodyIndexOptions): BodyIndex {
  const byValue = new Map<string, string[]>();
  /** Stored, but not read yet. */
  const unread: Row[] = [];
  let loadedFrom = Infinity;
  let held = 0;

  const isMeant = (row: Row): boolean =>
    row.endpoint === endpoint && row.provider === provider && row.event !== null && row.size <= mostBytes;

  function enter(row: Row): void {
    const value = valueIn(history.readBody(row.id));
    if (value === null || held >= mostHeld) return;
    const key = keyOf(row.event, value);
    const ids = byValue.get(key);
    if (ids?.includes(row.id)) return;
    held += 1;
    if (ids) ids.push(row.id);
    else byValue.set(key, [row.id]);
  }

  function valueIn(body: Uint8Array | null): string | null {
    try {
      return body && scalarText(valueAt(readJson(body), path));
    } catch {
      return null;
    }
  }

  return {
    async load(sinceAt) {
      const from = sinceAt - slackMs;
      if (from >= loadedFrom) return;
      const query = `endpoint:"${endpoint}" provider:"${provider}"`;
      for (let beforeSeq: number | undefined; ;) {
        const page = history.list({ query, beforeSeq, limit: pageRows, now: now(), budgetMs: pageBudgetMs });
        for (const row of page.rows) {
          if (!isMeant(row)) continue;
          enter(row);
          await new Promise<void>((resolve) => setImmediate(resolve));
        }
        // What was pulled bears the time of its event, which says nothing about when its neighbours arrived.
        const isPast = page.rows.some((row) => row.pulled === undefined && row.receivedAt < from);
        if (!page.more || isPast) break;
        beforeSeq = page.scannedTo;
      }
      loadedFrom = from;
    },
    noticed({ request, endpoint: at, provider: from, event }) {
      const row = { id: request.id, endpoint: at, provider: from, event, size: request.size };
      if (loadedFrom === Infinity || !isMeant(row)) return;
      unread.push(row);
      if (unread.length > mostUnread) unread.shift();
    },
    find(event, conditions) {
      for (const row of unread.splice(0)) enter(row);
      const value = conditions.find((condition) => condition.path === path)?.value;
      const ids = value === undefined ? undefined : byValue.get(keyOf(event, value));
      return (
        ids?.find((id) => {
          const body = history.readBody(id);
          return body !== null && bodyMatches(body, conditions);
        }) ?? null
      );
    },
  };
}

function keyOf(event: string | null, value: string): string {
  return `${event ?? ''}\n${value}`;
}
