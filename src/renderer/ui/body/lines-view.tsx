// A long text in lines of bounded length. Slices come as the person scrolls; only the lines in sight are decoded.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { createBodyLines } from '../../lib/body-lines.ts';
import { formatSize } from '../../lib/format.ts';
import { sliceSize } from './body-source.ts';
import type { BodySource } from './body-source.ts';
import { Marked } from './marked.tsx';

interface LinesViewProps {
  readonly source: BodySource;
  readonly label: string;
  readonly words: string;
  /** Byte to bring into sight, or null. */
  readonly goTo: number | null;
}

const rowHeight = 19;
const ahead = 400;

/** The lines; the component must be keyed by the source's key. */
export function LinesView({ source, label, words, goTo }: LinesViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [lines] = useState(createBodyLines);
  const [loaded, setLoaded] = useState(0);
  const [failed, setFailed] = useState<string | null>(null);
  // Nothing here is memoised by the compiler, which the library does not support.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: lines.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 20,
    paddingStart: 8,
    paddingEnd: 8,
  });
  const rows = virtualizer.getVirtualItems();
  const last = rows.at(-1)?.index ?? -1;
  const wantsMore = loaded < source.size && !lines.full && failed === null;
  const needsMore = wantsMore && (last >= lines.count - ahead || (goTo !== null && goTo >= loaded));

  useEffect(() => {
    if (!needsMore) return undefined;
    let stale = false;
    void source.read(loaded, sliceSize).then((slice) => {
      if (stale) return;
      if (slice.ok) {
        lines.append(slice.value);
        setLoaded(loaded + slice.value.length);
      } else setFailed(slice.error.message);
    });
    return () => {
      stale = true;
    };
  }, [needsMore, loaded, lines, source]);

  const goToLine = goTo !== null && goTo < loaded ? lines.lineAt(goTo) : null;
  useEffect(() => {
    if (goToLine !== null) virtualizer.scrollToIndex(goToLine, { align: 'center' });
    // Only a new place moves the text.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [goTo, goToLine]);

  return (
    <>
      <div ref={scroller} className="lines" role="region" aria-label={label} tabIndex={0}>
        <div className="lines-rows" style={{ height: virtualizer.getTotalSize() }}>
          {rows.map(({ index, start }) => (
            <div
              key={index}
              className={`lines-row${index === goToLine ? ' lines-current' : ''}`}
              style={{ transform: `translateY(${start}px)` }}
            >
              <Marked text={lines.text(index)} words={words} />
            </div>
          ))}
        </div>
      </div>
      <div className="body-note muted" role="note">
        {failed ?? noteOf(loaded, source.size, lines.full)}
      </div>
    </>
  );
}

function noteOf(loaded: number, size: number, full: boolean): string {
  if (full) return `The first ${formatSize(loaded)} of ${formatSize(size)}: save the body to see the rest.`;
  if (loaded < size) return `${formatSize(loaded)} of ${formatSize(size)} loaded; more comes as you scroll.`;
  return `${formatSize(size)}, long lines broken for reading.`;
}
