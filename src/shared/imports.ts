// What an import shows before anything is stored, and what it did.

/** Names of the formats that can be read. */
export const importFormats = [
  'hookbench',
  'har',
  'postman',
  'opencollection',
  'bruno',
  'curl',
  'http',
  'jsonl',
  'openapi',
] as const;
/** Name of a format that can be read. */
export type ImportFormat = (typeof importFormats)[number];

/** A part of the file that was not taken, or a thing to know about one that was. */
export interface LeftOut {
  /** Where it stands, for example `item 3` or `line 12`. */
  readonly place: string;
  /** What and why, a sentence. */
  readonly message: string;
}

/** A file that was read and not stored yet. */
export interface ImportPreview {
  /** Names the plan in `import.apply`; the newest few plans are kept. */
  readonly planId: string;
  readonly format: ImportFormat;
  /** Requests that would be stored. */
  readonly count: number;
  /** The first 200 of them. */
  readonly rows: readonly ImportRow[];
  /** At most 200. */
  readonly leftOut: readonly LeftOut[];
  readonly leftOutCount: number;
}

/** One request of the preview. */
export interface ImportRow {
  readonly method: string;
  readonly target: string;
  readonly provider: string | null;
  readonly event: string | null;
  /** Of the body, bytes. */
  readonly size: number;
}

/** Largest file that is read, bytes. */
export const maxImportBytes = 20 * 1_048_576;
