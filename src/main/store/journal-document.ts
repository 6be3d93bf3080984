// A document whose list of entries changes all the time: what a save changed is appended to a journal, and the document
// is written whole only when the journal has outgrown it. Each journal carries the generation of the document that it
// continues. A new one is begun before the document of its generation is written, so that saves never wait for that;
// until it is there, the older document and both journals say the same.

import { basename, join } from 'node:path';
import { Low } from 'lowdb';
import type { Adapter } from 'lowdb';
import * as v from 'valibot';
import { AppError } from '../../shared/errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { createDurableFile, maxDocumentBytes, tooLarge } from './durable-file.ts';
import { removeLeftovers } from './durable-write.ts';
import { encodeInSlices } from './envelope.ts';
import { createJournalFile, maxJournalBytes, readJournals } from './journal-file.ts';
import type { FoundJournal, JournalFile } from './journal-file.ts';
import { encodeRecord } from './journal.ts';
import type { Identified } from './journal.ts';
import { createRoom } from './journal-room.ts';
import { setAside } from './set-aside.ts';
import { storageError, systemCode } from './storage-errors.ts';

/** A journal smaller than this is never folded into the document, bytes. */
const leastBytes = 1_048_576;
/** Nor one with fewer changed entries than this. */
const leastChanges = 4_096;
/** More changes at once than this are cheaper, and made in slices, as a whole document. */
const mostAppended = 1_000;

/** With these the disk may be at fault for a while; the journal goes on without a new document. */
const passing = new Set(['ENOSPC', 'EDQUOT', 'EIO']);

/** What a journaled document is given. */
export interface JournaledOptions<T> {
  readonly dir: string;
  readonly name: string;
  readonly version: number;
  readonly schema: v.GenericSchema<unknown, T>;
  readonly defaults: T;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  readonly readOnly: boolean;
  /** The field of the payload that holds the list of entries. */
  readonly journal: keyof T & string;
}

/** A document with a journal: as the document store's own, and with `put`. */
export interface JournaledDocument<T> {
  readonly data: T;
  readonly readOnly: boolean;
  readonly recovered: readonly string[];
  update(change: (data: T) => T | void): Promise<void>;
  put(changed: readonly Identified[], gone: readonly string[]): Promise<void>;
  flush(): Promise<void>;
}

interface Stamped {
  generation?: number | undefined;
}

/** Loads a document and what its journals say came after it. Throws AppError STORE_UNREADABLE. */
export async function openJournaled<T extends object>(options: JournaledOptions<T>): Promise<JournaledDocument<T>> {
  const { dir, name, schema, defaults, clock, logger, journal: list } = options;
  const path = join(dir, name);
  const journalPath = path.replace(/(?:\.json)?$/, '.journal');
  const stamp: v.GenericSchema<unknown, Stamped> = v.object({ generation: v.optional(v.number()) });
  const file = createDurableFile<T & Stamped>({
    path,
    version: options.version,
    schema: v.intersect([schema, stamp]),
    defaults,
    clock,
    readOnly: options.readOnly,
    encode: async (version, data) => {
      const bytes = await encodeInSlices(version, data as Readonly<Record<string, unknown>>, nextTurn);
      if (bytes.length > mostWritten) throw tooLarge(name, mostWritten);
      return bytes;
    },
  });
  /** Of the document that is being written, bytes. */
  let mostWritten = maxDocumentBytes;
  let loadedAs = 0;
  /** The highest number that was ever used here. */
  let generation = 0;
  const adapter: Adapter<T> = {
    read: async () => {
      const read = await file.read();
      loadedAs = read?.generation ?? 0;
      if (read) delete read.generation;
      return read;
    },
    write: (data) => file.write({ ...data, generation }),
  };
  const low = new Low<T>(adapter, structuredClone(defaults));
  await low.read();
  const recovered = [...file.recovered];
  if (!file.readOnly) await removeLeftovers(journalPath);
  const { found: journals, damaged } = await readJournals(journalPath);
  const firstTold = recovered.push(...damaged.map(({ tell }) => tell(''))) - damaged.length;
  const entries = new Map(entriesOf(low.data).map((entry) => [entry.id, entry]));
  generation = journals.reduce((most, found) => Math.max(most, found.generation ?? 0), loadedAs);
  const standsIn = file.recovered.length > 0 || file.bytes === 0;
  const later = follow(journals, loadedAs, standsIn);
  for (const found of later) apply(found);
  if (standsIn && later.length > 0) {
    const held = entries.size === 1 ? '1 entry' : `${entries.size.toLocaleString('en-US')} entries`;
    recovered.push(`${name} goes on with what its journals hold of later changes: it has ${held}.`);
  }

  /** The journal of `generation`; null where the next save writes the document whole. */
  let journal: JournalFile | null = null;
  let records = 0;
  let changes = 0;
  /** Generation of the document on disk. */
  let folded = loadedAs;
  let folding: Promise<void> | null = null;
  /** Journal size at which the document is to be written next. */
  let foldAt = 0;
  let isWhole = true;
  /** Something is not saved yet. */
  let owed = recovered.length > 0;
  let isCurrent = later.length === 0;
  let pending = new Map<string, Identified | null>();
  const room = createRoom(nextTurn);
  let writing: Promise<void> | null = null;
  let waiting: Promise<void> | null = null;

  function entriesOf(data: T): readonly Identified[] {
    return data[list] as readonly Identified[];
  }

  function apply({ records: saves, name: from }: FoundJournal): void {
    let bad = 0;
    for (const { put, gone } of saves) {
      for (const id of gone) entries.delete(id);
      for (const entry of put) {
        const result = v.safeParse(schema, { ...defaults, [list]: [entry] });
        const good = result.success ? entriesOf(result.output)[0] : undefined;
        if (good) entries.set(good.id, good);
        else bad += 1;
      }
    }
    if (bad > 0)
      recovered.push(`${from}: entries with a wrong form that are left out: ${bad.toLocaleString('en-US')}.`);
  }

  function current(): T {
    if (!isCurrent) low.data = { ...low.data, [list]: [...entries.values()] };
    isCurrent = true;
    return low.data;
  }

  /** Writes the document as it is now, unless it would be larger than `most` bytes. */
  async function writeDocument(most: number): Promise<void> {
    const number = generation;
    const written = room.writing();
    mostWritten = most;
    current();
    await low.write();
    folded = number;
    written(file.bytes);
  }

  async function writeWhole(): Promise<void> {
    await folding;
    const ended = journal;
    journal = null;
    await ended?.close();
    generation += 1;
    // What is asked for from here on is not in it.
    isWhole = false;
    const held = room.fresh();
    await writeDocument(room.limit());
    room.saved(held);
    setDamagedAside();
  }

  /** Once what was good in them is saved, and before a new journal could take their place. */
  function setDamagedAside(): void {
    for (const [at, { path: from, tell }] of damaged.entries()) {
      try {
        recovered[firstTold + at] = tell(` and was kept as ${basename(setAside(from, clock.now()))}`);
      } catch (error) {
        logger.error(`${basename(from)} is damaged and could not be set aside`, error);
      }
    }
    damaged.length = 0;
  }

  /** The record of a save, and whether it is the first one of a journal that takes the place of a full one. */
  function prepare(batch: ReadonlyMap<string, Identified | null>): { isFull: boolean; record: Uint8Array } {
    const put: Identified[] = [];
    const gone: string[] = [];
    for (const [id, entry] of batch) {
      if (entry === null) gone.push(id);
      else put.push(entry);
    }
    const isFull =
      journal !== null &&
      folded === generation &&
      (journal.bytes > foldAt || changes > 2 * entries.size + leastChanges);
    const isFirst = journal === null || isFull;
    const place = { generation: isFull ? generation + 1 : generation, n: isFirst ? 1 : records + 1 };
    return { isFull, record: encodeRecord({ ...place, put, gone }) };
  }

  async function append(changed: number, { isFull, record }: ReturnType<typeof prepare>): Promise<void> {
    if (journal === null || isFull) {
      // The document of this generation may be there already, written whole.
      if (isFull) generation += 1;
      const made = await createJournalFile(journalPath, record);
      await journal?.close();
      journal = made;
      records = 1;
      changes = changed;
      foldAt = Math.max(leastBytes, file.bytes);
    } else {
      await journal.append(record);
      records += 1;
      changes += changed;
    }
    room.appended(record.length);
    if (folded !== generation && folding === null && (isFull || journal.bytes > foldAt)) fold();
  }

  /** Writes the document of the current journal's generation. What the journal says on top changes nothing in it. */
  function fold(): void {
    folding = writeDocument(maxDocumentBytes)
      .catch((error: unknown) => {
        // Nothing is lost: the older document and both journals stay. Tried again when this one has grown as much again.
        foldAt = (journal?.bytes ?? 0) + leastBytes;
        // Else the next save tries the same, and its caller learns how that ends.
        if (!passing.has(systemCode(error instanceof Error ? error.cause : null))) isWhole = true;
        logger.error(`${name} could not be written; its journal goes on`, error);
      })
      .finally(() => {
        folding = null;
      });
  }

  async function save(): Promise<void> {
    if (!owed) return;
    const batch = pending;
    pending = new Map();
    owed = false;
    const held = room.fresh();
    const prepared = isWhole || batch.size > mostAppended ? null : prepare(batch);
    if (prepared && !(await room.fits(prepared.record.length, entries.values()))) {
      // All of it goes with the next save, when its caller has taken back what is too much.
      pending = new Map([...batch, ...pending]);
      owed = true;
      throw tooLarge(name, room.limit());
    }
    try {
      // A journal that can never be folded ends before it is larger than the reader accepts.
      const isTooLong =
        prepared && !prepared.isFull && (journal?.bytes ?? 0) + prepared.record.length > maxJournalBytes;
      if (prepared === null || isTooLong) return await writeWhole();
      try {
        await append(batch.size, prepared);
        room.saved(held);
      } catch (error) {
        // A file that failed is never flushed again: the document, written whole, takes its place.
        logger.error(`The journal of ${name} failed; the document is written whole`, error);
        await writeWhole();
      }
    } catch (error) {
      owed = true;
      isWhole = true;
      throw storageError(error, `save ${name}`);
    }
  }

  /** The next save that will hold what is in memory now: the one that waits, or a new one after the one in flight. */
  function nextSave(): Promise<void> {
    waiting ??= (async () => {
      // A caller takes back what was refused, a turn later, and that goes with the save that waits.
      await writing?.catch(() => nextTurn().then(nextTurn));
      waiting = null;
      writing = save();
      try {
        await writing;
      } finally {
        writing = null;
      }
    })();
    return waiting;
  }

  function checkWritable(): void {
    if (file.readOnly) throw new AppError('STORE_READ_ONLY', `${name} is open for reading only.`);
  }

  async function put(changed: readonly Identified[], gone: readonly string[]): Promise<void> {
    checkWritable();
    for (const id of gone) {
      if (entries.delete(id)) pending.set(id, null);
      room.remove(id);
    }
    for (const entry of changed) {
      if (!entries.has(entry.id)) room.add(entry.id);
      entries.set(entry.id, entry);
      pending.set(entry.id, entry);
    }
    if (pending.size > 0) {
      owed = true;
      isCurrent = false;
    }
    await nextSave();
  }

  async function update(change: (data: T) => T | void): Promise<void> {
    checkWritable();
    const data = current();
    const before = new Set(entries.keys());
    low.data = change(data) ?? data;
    room.forget();
    for (const { id } of entriesOf(low.data)) if (!before.delete(id)) room.add(id);
    for (const id of before) room.remove(id);
    entries.clear();
    for (const entry of entriesOf(low.data)) entries.set(entry.id, entry);
    isWhole = true;
    owed = true;
    await nextSave();
  }

  async function flush(): Promise<void> {
    if (file.readOnly) return;
    await nextSave();
    await folding;
    if (journal === null) return;
    isWhole = true;
    owed = true;
    await nextSave().catch((error: unknown) => {
      logger.error(`${name} could not be written; its journal holds what changed`, error);
    });
  }

  if (recovered.length > 0 && !file.readOnly) {
    // What was pieced together becomes a good file at once; should the disk refuse, the next change tries again.
    await nextSave().catch((error: unknown) => logger.error(`${name} was recovered but not saved`, error));
  }
  for (const sentence of recovered) logger.warn(sentence);

  return {
    get data() {
      return current();
    },
    get readOnly() {
      return file.readOnly;
    },
    recovered,
    put,
    update,
    flush,
  };
}

/** The journals that go on from generation `from`, in order: without a gap, or all later ones where a copy stands in. */
function follow(journals: readonly FoundJournal[], from: number, isCopy: boolean): FoundJournal[] {
  const byNumber = new Map<number, FoundJournal>();
  for (const found of journals) {
    if (found.generation === null || found.generation < from || byNumber.has(found.generation)) continue;
    byNumber.set(found.generation, found);
  }
  if (isCopy) return [...byNumber.values()].sort((a, b) => (a.generation ?? 0) - (b.generation ?? 0));
  const followed: FoundJournal[] = [];
  for (let number = from; byNumber.has(number); number += 1) followed.push(byNumber.get(number) as FoundJournal);
  return followed;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
