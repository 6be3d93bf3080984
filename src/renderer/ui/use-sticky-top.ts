// Keeps a scrolled list still while rows come in above it, and counts them.

import { useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

interface StickyTopOptions<T> {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly items: readonly T[];
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

/** At the top the list follows; elsewhere it is moved by as much as came in. */
export function useStickyTop<T>({ scroller, items, keyOf, rowHeight }: StickyTopOptions<T>): StickyTop {
  const [fresh, setFresh] = useState(0);
  const top = useRef<string | null>(null);

  useLayoutEffect(() => {
    const element = scroller.current;
    const first = items[0];
    const before = top.current;
    top.current = first === undefined ? null : keyOf(first);
    if (element === null || before === null || before === top.current || element.scrollTop < rowHeight / 2) return;
    const added = items.findIndex((item) => keyOf(item) === before);
    if (added < 0) {
      // Another list altogether: another query, or a place too far back.
      element.scrollTo({ top: 0 });
      setFresh(0);
      return;
    }
    element.scrollBy({ top: added * rowHeight });
    setFresh((count) => count + added);
  }, [scroller, items, keyOf, rowHeight]);

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
