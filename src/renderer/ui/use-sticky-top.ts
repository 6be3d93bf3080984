// Keeps a scrolled list still while rows come in above it or leave, and counts those that are new.

import { useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

interface StickyTopOptions<T> {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly items: readonly T[];
  /** Rows above `items` that the list has but does not hold. */
  readonly above: number;
  readonly keyOf: (item: T) => string;
  readonly rowHeight: number;
}

/** What the list is told. */
export interface StickyTop {
  /** Rows above that the person has not seen; 0 at the top. */
  readonly fresh: number;
  readonly toTop: () => void;
  readonly onScroll: () => void;
}

interface Ends {
  readonly first: string;
  readonly last: string;
  readonly above: number;
  readonly count: number;
}

/** At the top the list follows; elsewhere it is moved by as much as came in. */
export function useStickyTop<T>({ scroller, items, above, keyOf, rowHeight }: StickyTopOptions<T>): StickyTop {
  const [fresh, setFresh] = useState(0);
  const ends = useRef<Ends | null>(null);

  useLayoutEffect(() => {
    const element = scroller.current;
    const before = ends.current;
    const first = items[0];
    const last = items.at(-1);
    ends.current =
      first === undefined || last === undefined
        ? null
        : { first: keyOf(first), last: keyOf(last), above, count: items.length };
    const after = ends.current;
    if (element === null || before === null || after === null || element.scrollTop < rowHeight / 2) return;
    if (after.first === before.first && after.above === before.above) return;
    const added = items.findIndex((item) => keyOf(item) === before.first);
    if (added >= 0) {
      const moved = after.above + added - before.above;
      if (moved !== 0) element.scrollBy({ top: moved * rowHeight });
      // Rows that were there and are held now are not new.
      const isNew = before.above === 0 ? after.above === 0 : added === 0;
      if (moved > 0 && isNew) setFresh((count) => count + moved);
      return;
    }
    const end = items.findLastIndex((item) => keyOf(item) === before.last);
    if (end >= 0) {
      const moved = after.above + end - (before.above + before.count - 1);
      if (moved !== 0) element.scrollBy({ top: moved * rowHeight });
    } else if (after.above === 0) {
      // Another list altogether, or its newest rows.
      element.scrollTo({ top: 0 });
      setFresh(0);
    }
  }, [scroller, items, above, keyOf, rowHeight]);

  return {
    fresh,
    toTop: () => {
      scroller.current?.scrollTo({ top: 0 });
      setFresh(0);
    },
    onScroll: () => {
      if ((scroller.current?.scrollTop ?? 0) < rowHeight / 2) setFresh(0);
    },
  };
}
