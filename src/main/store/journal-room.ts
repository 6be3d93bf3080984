// How much more a document with a journal can take: a save is only confirmed when the document that it leads to can be
// written and read again. While the document and its journals together are small, nothing is measured.

import { maxDocumentBytes } from './durable-file.ts';
import type { Identified } from './journal.ts';

/** A document this large takes no new entries, bytes: the rest is for what those that it has grow by. */
const roomForNew = 32 * 1_048_576;
/** At most what the document has beside its entries, bytes. */
const frame = 4_096;
/** Measured without a pause, bytes. */
const slice = 1_048_576;

/** Keeps count of one document. */
export interface JournalRoom {
  /** Largest document that may be written now, bytes: less while entries are new. */
  limit(): number;
  /** An entry that no save holds yet. */
  add(id: string): void;
  remove(id: string): void;
  /** Ids of the new entries. */
  fresh(): readonly string[];
  /** A save holds these entries now. */
  saved(ids: readonly string[]): void;
  /** A record of `bytes` was appended. */
  appended(bytes: number): void;
  /** Call at the start of a write of the document, and what it returns with the document's bytes after it. */
  writing(): (bytes: number) => void;
  /** Whether the document with `entries`, of which a record of `added` bytes tells, can be written. */
  fits(added: number, entries: Iterable<Identified>): Promise<boolean>;
  /** Entries may have changed in place. */
  forget(): void;
}

/** The count of a document of which nothing is known; it is written before anything is appended. */
export function createRoom(pause: () => Promise<void>): JournalRoom {
  const fresh = new Set<string>();
  let sizes = new WeakMap<Identified, number>();
  let total = 0;
  /** The document is at most this large if it is written now, bytes. */
  let bound = 0;

  function limit(): number {
    return fresh.size > 0 ? roomForNew : maxDocumentBytes;
  }

  /** Each entry is measured once. */
  async function measure(entries: Iterable<Identified>): Promise<number> {
    let sum = frame;
    let sincePause = 0;
    for (const entry of entries) {
      const known = sizes.get(entry);
      const size = known ?? Buffer.byteLength(JSON.stringify(entry), 'utf8') + 1;
      sum += size;
      if (known !== undefined) continue;
      sizes.set(entry, size);
      sincePause += size;
      if (sincePause < slice) continue;
      sincePause = 0;
      await pause();
    }
    return sum;
  }

  return {
    limit,
    add: (id) => void fresh.add(id),
    remove: (id) => void fresh.delete(id),
    fresh: () => [...fresh],
    saved: (ids) => {
      for (const id of ids) fresh.delete(id);
    },
    appended: (bytes) => {
      bound += bytes;
      total += bytes;
    },
    writing: () => {
      const before = total;
      return (bytes) => {
        bound = bytes + total - before;
      };
    },
    fits: async (added, entries) => {
      if (bound + added <= limit()) return true;
      const most = limit();
      const size = await measure(entries);
      if (size > most) return false;
      bound = size;
      return true;
    },
    forget: () => {
      sizes = new WeakMap();
    },
  };
}
