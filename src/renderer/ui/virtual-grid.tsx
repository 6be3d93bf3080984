// A long list of rows of which only the visible ones exist. It stays where the person left it when rows come in above:
// at the top it follows, elsewhere it says how many are new.

import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useId, useMemo, useRef } from 'react';
import type { ComponentType, KeyboardEvent, ReactNode } from 'react';
import { formatCount } from '../lib/format.ts';
import { useStickyTop } from './use-sticky-top.ts';
import './virtual-grid.css';

/** What a row's component is given: it draws the cells (`role="gridcell"`). */
export interface RowProps<T> {
  readonly item: T;
}

interface VirtualGridProps<T> {
  /** Accessible name. */
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** Accessible name of a row. */
  readonly nameOf: (item: T) => string;
  /** Px, the same for all rows. */
  readonly rowHeight: number;
  /** Class that lays out header and rows alike. */
  readonly rowClass: string;
  /** A component of module level: rows are memoised. */
  readonly Row: ComponentType<RowProps<T>>;
  /** Column headings, if any (`role="columnheader"`). */
  readonly header?: ReactNode;
  readonly selected: string | null;
  /** A new selection scrolls into sight, unless it is this one. */
  readonly leaveBe?: string | null;
  readonly onSelect: (item: T) => void;
  /** Enter or double click. */
  readonly onOpen?: (item: T) => void;
  /** Where the list is longer than `items`. */
  readonly rest?: RestOfList | undefined;
}

/** A list of which only a stretch is held: `items` lie between rows that are known by their number alone. */
export interface RestOfList {
  readonly above: number;
  readonly below: number;
  /** Rows near this place, 0 for the first of all, are about to be seen and not held. */
  readonly onMissing: (index: number) => void;
  /** Home or End was pressed and the row is not held. */
  readonly onEdge: (edge: 'start' | 'end') => Promise<void>;
}

const headerHeight = 32;
/** Rows next to the edge of what is held, at which more are asked for. */
const nearEdge = 40;

/** A virtual grid with a selected row; arrows, Home, End and Page keys move the selection. */
export function VirtualGrid<T>(props: VirtualGridProps<T>) {
  const { label, items, keyOf, nameOf, rowHeight, rowClass, Row, header, selected, onSelect, onOpen, rest } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const margin = header === undefined ? 0 : headerHeight;
  const above = rest?.above ?? 0;
  const held = above + items.length;
  const count = held + (rest?.below ?? 0);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => {
      const item = items[index - above];
      return item === undefined ? index : keyOf(item);
    },
    overscan: 8,
    scrollMargin: margin,
    scrollPaddingStart: margin,
  });
  const { fresh, toTop, onScroll } = useStickyTop({ scroller, items, above, keyOf, rowHeight });
  const visible = virtualizer.getVirtualItems();
  const selectedIndex = useMemo(
    () => (selected === null ? -1 : items.findIndex((item) => keyOf(item) === selected)),
    [items, keyOf, selected],
  );
  const firstVisible = visible[0]?.index ?? -1;
  const lastVisible = visible.at(-1)?.index ?? -1;

  useEffect(() => {
    if (selectedIndex >= 0 && selected !== props.leaveBe)
      virtualizer.scrollToIndex(above + selectedIndex, { align: 'auto' });
    // Only a new selection moves the list; rows that arrive must not.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [selected]);

  const onMissing = rest?.onMissing;
  /** The rows of an edge are on their way: what is in sight is about to leave it. */
  const leaving = useRef(false);
  const goTo = (edge: 'start' | 'end'): void => {
    leaving.current = true;
    void rest?.onEdge(edge).finally(() => {
      leaving.current = false;
    });
  };
  useEffect(() => {
    if (leaving.current || onMissing === undefined || lastVisible < 0 || items.length === 0) return;
    if (lastVisible >= held - nearEdge && held < count) onMissing(Math.max(held, firstVisible));
    else if (firstVisible < above + nearEdge && above > 0) onMissing(Math.min(above - 1, lastVisible));
  }, [onMissing, firstVisible, lastVisible, items, above, held, count]);

  function move(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -items.length,
      End: items.length,
    };
    const step = steps[event.key];
    const current = items[selectedIndex];
    if (event.key === 'Enter' && current !== undefined) onOpen?.(current);
    if (step === undefined || items.length === 0) return;
    event.preventDefault();
    const edge = event.key === 'Home' && above > 0 ? 'start' : event.key === 'End' && held < count ? 'end' : null;
    if (edge !== null) {
      goTo(edge);
      return;
    }
    const next = selectedIndex < 0 ? 0 : Math.min(items.length - 1, Math.max(0, selectedIndex + step));
    const item = items[next];
    if (item !== undefined) onSelect(item);
  }

  const shown = visible.some((row) => row.index === above + selectedIndex);
  const showTop = (): void => {
    if (above > 0) goTo('start');
    toTop();
  };
  return (
    <div className="vgrid-frame">
      {fresh > 0 && (
        <button type="button" className="vgrid-pill" onClick={showTop}>
          {formatCount(fresh)} new
        </button>
      )}
      <div
        ref={scroller}
        role="grid"
        className="vgrid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={count + (header === undefined ? 0 : 1)}
        aria-activedescendant={shown ? `${id}-${selected}` : undefined}
        onKeyDown={move}
        onScroll={onScroll}
      >
        {header !== undefined && (
          <div role="row" className={`vgrid-header ${rowClass}`} style={{ height: headerHeight }}>
            {header}
          </div>
        )}
        <div role="rowgroup" className="vgrid-rows" style={{ height: virtualizer.getTotalSize() }}>
          {visible.map((row) => {
            const item = items[row.index - above];
            if (item === undefined) {
              return <AbsentRow key={row.index} top={row.start - margin} height={rowHeight} />;
            }
            const key = keyOf(item);
            return (
              <GridRow
                key={key}
                id={`${id}-${key}`}
                item={item}
                name={nameOf(item)}
                index={row.index + (header === undefined ? 1 : 2)}
                place={row.index - above}
                top={row.start - margin}
                height={rowHeight}
                className={rowClass}
                selected={key === selected}
                Row={Row as ComponentType<RowProps<unknown>>}
                onSelect={onSelect as (item: unknown) => void}
                onOpen={onOpen as ((item: unknown) => void) | undefined}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** A row that is on its way. */
function AbsentRow({ top, height }: { readonly top: number; readonly height: number }) {
  return (
    <div aria-hidden="true" className="vgrid-row vgrid-absent" style={{ transform: `translateY(${top}px)`, height }}>
      <span />
    </div>
  );
}

interface GridRowProps {
  readonly id: string;
  readonly item: unknown;
  readonly name: string;
  readonly index: number;
  /** Among the items. */
  readonly place: number;
  readonly top: number;
  readonly height: number;
  readonly className: string;
  readonly selected: boolean;
  readonly Row: ComponentType<RowProps<unknown>>;
  readonly onSelect: (item: unknown) => void;
  readonly onOpen: ((item: unknown) => void) | undefined;
}

const GridRow = memo(function GridRow(props: GridRowProps) {
  const { id, item, name, index, place, top, height, className, selected, Row, onSelect, onOpen } = props;
  return (
    // The grid itself has the focus and the keys; rows only take the pointer.
    <div
      id={id}
      role="row"
      className={`vgrid-row ${className}`}
      aria-label={name}
      aria-rowindex={index}
      data-place={place}
      aria-selected={selected}
      style={{ transform: `translateY(${top}px)`, height }}
      onClick={() => onSelect(item)}
      onDoubleClick={() => onOpen?.(item)}
    >
      <Row item={item} />
    </div>
  );
});
