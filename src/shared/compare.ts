// What two captured requests do not have in common, as data: the window and the command line show the same list.

/** Where a difference stands. */
export type DifferencePart = 'method' | 'path' | 'query' | 'version' | 'header' | 'trailer' | 'body';

/**
 * What differs. `order`: the same fields in another order. `case`: the same header name, spelled otherwise. `layout`: the
 * same content, written otherwise (white space, escapes).
 */
export type DifferenceKind = 'changed' | 'added' | 'removed' | 'order' | 'case' | 'layout';

/** One difference between a first request and a second. */
export interface Difference {
  readonly part: DifferencePart;
  readonly kind: DifferenceKind;
  /**
   * Which field: a header's or parameter's name, a dotted path into JSON (`data.items.0.id`), `line 12`, `size`,
   * `sha256`, `offset 64`; empty where the part is one thing. Repeats of a name end in `#2` and so on; names that hold a
   * dot or `#` stand in double quotes.
   */
  readonly path: string;
  /** What the first request has there, as it was sent, cut at 2,000 characters; null where it has nothing. */
  readonly a: string | null;
  /** The same of the second. */
  readonly b: string | null;
}

/** Everything that two requests do not have in common. */
export interface Comparison {
  /** In the order of a request: at most 1,000. */
  readonly differences: readonly Difference[];
  /** Differences that were left out because they stand where something always changes. */
  readonly ignored: number;
  /** There are more than are listed. */
  readonly cut: boolean;
}
