// Which deliveries were dealt with: what mode `strict` and the filters of forwards mean by a repetition.

import type { Endpoint } from '../shared/workspace.ts';
import type { Parts } from './host-parts.ts';
import { duplicatesSince } from './pipeline/duplicate.ts';
import type { DuplicateKeys, Exchange } from './store/history.ts';

/** Knows deliveries. */
export interface Processed {
  /** Names the delivery of a request: its id, or without one its body; null where duplicates are not looked for. */
  keyOf(exchange: Exchange): string | null;
  /** The how-manieth arrival of its delivery a request is that is not stored yet, 1 for the first. */
  arrivalOf(exchange: Exchange): number;
  /** Whether the request repeats one that was dealt with, by the endpoint's own idea of a repetition. */
  was(exchange: Exchange, endpoint: Endpoint): boolean;
  /** It is dealt with, before the history knows: its reply is on its way, and the provider may repeat it meanwhile. */
  note(exchange: Exchange): void;
  /** Secrets are configured, so that a genuine request is signed. */
  expectsSignature(endpoint: Endpoint, provider: string | null): boolean;
}

/** Deliveries that are remembered; the history knows the others. */
const most = 10_000;

/** Knows what the history knows, and what it is told. */
export function createProcessed(parts: Pick<Parts, 'history' | 'settings' | 'secretsFor'>): Processed {
  const { history, settings } = parts;
  /** When they arrived, by their key, oldest first. */
  const recent = new Map<string, number>();

  function expectsSignature(endpoint: Endpoint, provider: string | null): boolean {
    return endpoint.secretNames.length > 0 || parts.secretsFor(endpoint, provider).length > 0;
  }

  return {
    keyOf(exchange) {
      const delivery = deliveryOf(exchange);
      return delivery && nameOf(delivery);
    },
    arrivalOf(exchange) {
      const delivery = deliveryOf(exchange);
      return delivery === null ? 1 : history.arrivals(delivery) + 1;
    },
    was(exchange, endpoint) {
      const delivery = deliveryOf(exchange);
      const sinceAt = duplicatesSince(endpoint.duplicates, settings.data, exchange.request.receivedAt);
      if (delivery === null || sinceAt === null) return false;
      const arrivedAt = recent.get(nameOf(delivery));
      if (arrivedAt !== undefined && arrivedAt >= sinceAt) return true;
      return history.wasProcessed(delivery, { sinceAt, unverified: !expectsSignature(endpoint, exchange.provider) });
    },
    note(exchange) {
      const delivery = deliveryOf(exchange);
      if (delivery === null) return;
      const name = nameOf(delivery);
      recent.delete(name);
      recent.set(name, exchange.request.receivedAt);
      if (recent.size > most) for (const [oldest] of recent) return void recent.delete(oldest);
    },
    expectsSignature,
  };
}

/** Without an id only the same bytes tell; with one, other ids are other deliveries. */
function deliveryOf({ duplicateKeys: { idKey, bodyKey }, deliveryId }: Exchange): DuplicateKeys | null {
  if (idKey !== null) return { idKey, bodyKey: null };
  return bodyKey === null || deliveryId !== null ? null : { idKey: null, bodyKey };
}

function nameOf({ idKey, bodyKey }: DuplicateKeys): string {
  return idKey ?? bodyKey ?? '';
}
