// Types made from captured events, as they cross from the generator to whoever shows them.

/** What is written. */
export type TypeLanguage = 'typescript' | 'json-schema';

/** The types of the bodies of one event. */
export interface GeneratedTypes {
  /** A TypeScript module, or a JSON Schema of draft 2020-12. */
  readonly text: string;
  /** Requests whose bodies were used. */
  readonly samples: number;
  /** Those that were not, a sentence each. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
  /** What the types cannot say, a sentence each. */
  readonly notes: readonly string[];
}
