// Small JSON documents (workspace, settings, queue, dead letters, secrets) kept in lowdb over the durable adapter.

import { join } from 'node:path';
import { Low } from 'lowdb';
import type * as v from 'valibot';
import { AppError } from '../../shared/errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { createDurableFile } from './durable-file.ts';
import { openJournaled } from './journal-document.ts';
import type { Identified } from './journal.ts';

/** A document in memory whose changes are written durably, coalesced, one write in flight. */
export interface Document<T> {
  /** The current value. Treat as read-only; change it through `update`. */
  readonly data: T;
  /** A newer version wrote the file: reading only; `update` throws STORE_READ_ONLY. */
  readonly readOnly: boolean;
  /** What was found broken at load and what became of it, one sentence each. */
  readonly recovered: readonly string[];
  /**
   * Applies `change` to `data` at once (it may mutate or return a new value) and resolves when a durable write that
   * holds the change is done. Rejects with AppError STORE_FULL, STORE_TOO_LARGE or STORE_FAULT when that write failed;
   * the change stays in memory and goes with the next write.
   */
  update(change: (data: T) => T | void): Promise<void>;
  /**
   * Of a document with a journal: puts `changed` entries in their places, new ones last, takes out `gone` ids, and
   * resolves when that is on disk. Costs what changes, not what the document holds. Rejects as `update` does.
   */
  put?(changed: readonly Identified[], gone: readonly string[]): Promise<void>;
  /** Resolves when everything applied so far is on disk, a journal's content in the document itself. */
  flush(): Promise<void>;
}

/** What a document is given. */
export interface DocumentOptions<T> {
  /** The data folder. */
  readonly dir: string;
  /** File name, for example `queue.json`. */
  readonly name: string;
  /** Version of the payload's form, from 1. */
  readonly version: number;
  readonly schema: v.GenericSchema<unknown, T>;
  /** The value where no file is; copied, never changed. */
  readonly defaults: T;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  /** Another process owns the folder: read only, write and remove nothing. */
  readonly readOnly?: boolean | undefined;
  /** Least time between the starts of two writes; 50. */
  readonly minIntervalMs?: number | undefined;
  /**
   * Field with the list of entries whose changes go to a journal beside the document (`queue.journal`). Who reads such
   * a document must say so too.
   */
  readonly journal?: (keyof T & string) | undefined;
}

/** Loads a document. Throws AppError STORE_UNREADABLE when its file is there but cannot be read. */
export async function openDocument<T extends object>(options: DocumentOptions<T>): Promise<Document<T>> {
  const { journal } = options;
  if (journal !== undefined) return openJournaled({ ...options, journal, readOnly: options.readOnly ?? false });
  const minIntervalMs = options.minIntervalMs ?? 50;
  const file = createDurableFile<T>({
    path: join(options.dir, options.name),
    version: options.version,
    schema: options.schema,
    defaults: options.defaults,
    clock: options.clock,
    readOnly: options.readOnly ?? false,
  });
  const low = new Low<T>(file, structuredClone(options.defaults));
  await low.read();
  for (const sentence of file.recovered) options.logger.warn(sentence);

  let lastStart = Number.NEGATIVE_INFINITY;
  let unsaved = false;
  let writing: Promise<void> | null = null;
  let waiting: Promise<void> | null = null;

  /** The next write that will hold what is in memory now: the one that waits, or a new one after the one in flight. */
  function nextWrite(): Promise<void> {
    waiting ??= (async () => {
      await writing?.catch(() => undefined);
      // Real time, whatever clock the host runs on: this paces the disk.
      const pause = lastStart + minIntervalMs - performance.now();
      await new Promise<void>((start) => (pause > 0 ? setTimeout(start, pause) : setImmediate(start)));
      lastStart = performance.now();
      waiting = null;
      unsaved = false;
      writing = low.write();
      try {
        await writing;
      } catch (error) {
        unsaved = true;
        throw error;
      } finally {
        writing = null;
      }
    })();
    return waiting;
  }

  async function update(change: (data: T) => T | void): Promise<void> {
    if (file.readOnly) throw new AppError('STORE_READ_ONLY', `${options.name} is open for reading only.`);
    const replacement = change(low.data);
    if (replacement !== undefined) low.data = replacement;
    unsaved = true;
    await nextWrite();
  }

  async function flush(): Promise<void> {
    if (waiting || (unsaved && !file.readOnly)) await nextWrite();
    else await writing;
  }

  if (file.recovered.length > 0 && !file.readOnly) {
    // What was pieced together becomes a good file at once; should the disk refuse, the next change tries again.
    unsaved = true;
    await nextWrite().catch((error: unknown) =>
      options.logger.error(`${options.name} was recovered but not saved`, error),
    );
  }

  return {
    get data() {
      return low.data;
    },
    get readOnly() {
      return file.readOnly;
    },
    recovered: file.recovered,
    update,
    flush,
  };
}
