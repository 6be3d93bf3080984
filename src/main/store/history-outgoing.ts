// The sending side of the history: bytes of outgoing messages by hash, attempts in full, finished deliveries.

import { createHash } from 'node:crypto';
import type { AttemptRecord, Delivery } from '../../shared/delivery.ts';
import type { GroupCommit } from './group-commit.ts';
import type { History } from './history-contract.ts';
import type { Connection } from './sqlite.ts';

/** The part of {@link History} that this file makes. */
export type OutgoingHistory = Pick<
  History,
  | 'putMessageBody'
  | 'messageBody'
  | 'appendAttempt'
  | 'attempts'
  | 'archiveDeliveries'
  | 'archivedDelivery'
  | 'listArchived'
  | 'replaysOf'
>;

/** What it is given; `commits` throws where the history is read-only. */
export interface OutgoingOptions {
  readonly connection: Connection;
  readonly commits: () => Pick<GroupCommit, 'join'>;
  /** Called inside the transaction that keeps a message's body. */
  readonly bodyKept: (hash: string) => void;
}

/** Reads and writes the tables message_bodies, attempts and deliveries. */
export function createOutgoingHistory({ connection, commits, bodyKept }: OutgoingOptions): OutgoingHistory {
  return {
    async putMessageBody(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex');
      await commits().join(() => {
        connection.run('INSERT OR IGNORE INTO message_bodies VALUES (?, ?)', hash, bytes);
        bodyKept(hash);
      });
      return hash;
    },
    messageBody(hash) {
      const body = connection.get('SELECT body FROM message_bodies WHERE hash = ?', hash)?.['body'];
      return body instanceof Uint8Array ? body : null;
    },
    async appendAttempt(record) {
      const { response, ...rest } = record;
      const head = response && { status: response.status, headers: response.headers, bodyCut: response.bodyCut };
      const text = JSON.stringify({ ...rest, response: head });
      await commits().join(() =>
        connection.run(
          'INSERT INTO attempts (delivery_id, record, body) VALUES (?, ?, ?)',
          record.deliveryId,
          text,
          response?.body ?? null,
        ),
      );
    },
    attempts(deliveryId) {
      return connection
        .all('SELECT record, body FROM attempts WHERE delivery_id = ? ORDER BY row', deliveryId)
        .map((row) => {
          const record = JSON.parse(row['record'] as string) as AttemptRecord;
          const body = row['body'] instanceof Uint8Array ? row['body'] : new Uint8Array(0);
          return record.response ? { ...record, response: { ...record.response, body } } : record;
        });
    },
    async archiveDeliveries(deliveries) {
      await commits().join(() => {
        for (const delivery of deliveries) {
          connection.run(
            'INSERT INTO deliveries (id, replay_of, delivery) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET delivery = excluded.delivery',
            delivery.id,
            delivery.replayOf ?? null,
            JSON.stringify(delivery),
          );
        }
      });
    },
    archivedDelivery(id) {
      const row = connection.get('SELECT delivery FROM deliveries WHERE id = ?', id);
      return row ? (JSON.parse(row['delivery'] as string) as Delivery) : null;
    },
    listArchived(limit) {
      const rows = connection.all('SELECT delivery FROM deliveries ORDER BY row DESC LIMIT ?', limit > 0 ? limit : -1);
      return rows.map((row) => JSON.parse(row['delivery'] as string) as Delivery);
    },
    replaysOf(requestId) {
      const rows = connection.all('SELECT id FROM deliveries WHERE replay_of = ? ORDER BY row LIMIT 1000', requestId);
      return rows.map((row) => row['id'] as string);
    },
  };
}
