// Bytes as hex, row by row; only the rows in sight exist.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { hexRow, hexRowSize } from '../lib/hex.ts';
import './hex-view.css';

const rowHeight = 19;

/** A scrolling hex view. */
export function HexView({ bytes, label }: { readonly bytes: Uint8Array; readonly label: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  // Nothing here is memoised by the compiler, which the library does not support.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: Math.ceil(bytes.length / hexRowSize),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 20,
  });
  return (
    <div ref={scroller} className="hex" role="region" aria-label={label} tabIndex={0}>
      <div className="hex-rows" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = hexRow(bytes, index);
          return (
            <div key={index} className="hex-row" style={{ transform: `translateY(${start}px)`, height: rowHeight }}>
              <span className="muted">{row.offset}</span>
              <span>{row.hex}</span>
              <span className="hex-ascii">{row.ascii}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
