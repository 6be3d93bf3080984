// When requests came, as one bar for each stretch of time. Failed ones stand striped and red under a dot. A click or a
// drag narrows the filter to that time; with the keyboard the filter box does the same (since:, before:). A chart
// library would be larger than these bars, and draws on a canvas that assistive technology cannot read.

import { useElementSize } from '@mantine/hooks';
import { useId, useState } from 'react';
import type { PointerEvent } from 'react';
import {
  activityBuckets,
  activityWords,
  bucketRange,
  bucketStart,
  rangeWords,
  totals,
  withTimes,
} from '../../lib/activity.ts';
import { formatCount } from '../../lib/format.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { useActivity } from './use-activity.ts';

const height = 30;
const dotSpace = 6;

/** The line above the list; nothing before its first answer. */
export function ActivityLine() {
  const activity = useActivity();
  const query = useApp((state) => state.inbox.query);
  const actions = useActions();
  const stripes = useId();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | null>(null);
  if (activity === null) return <div className="activity" />;

  const { range, counts, at } = activity;
  const most = Math.max(1, ...counts.map(({ total }) => total));
  const step = width / activityBuckets;
  const high = (count: number): number => (count === 0 ? 0 : Math.max(3, (count / most) * (height - dotSpace)));
  const bucketAt = (event: PointerEvent<SVGSVGElement>): number => {
    const { left, width: wide } = event.currentTarget.getBoundingClientRect();
    const bucket = Math.floor(((event.clientX - left) / wide) * activityBuckets);
    return Math.min(activityBuckets - 1, Math.max(0, bucket));
  };
  const narrow = (): void => {
    if (drag === null) return;
    setDrag(null);
    void actions.applyQuery(withTimes(query, bucketRange(range, drag.from, drag.to)));
  };
  const sum = totals(counts);
  return (
    <div className="activity">
      <div ref={ref} className="activity-bars">
        <svg
          role="img"
          aria-label={activityWords(range, counts, at)}
          width={width}
          height={height}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            setDrag({ from: bucketAt(event), to: bucketAt(event) });
          }}
          onPointerMove={(event) => drag !== null && setDrag({ from: drag.from, to: bucketAt(event) })}
          onPointerUp={narrow}
          onPointerCancel={() => setDrag(null)}
        >
          <pattern id={stripes} width="3" height="3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="2" height="3" className="activity-failed" />
          </pattern>
          <rect y={height - 1} width={width} height="1" className="activity-base" />
          {counts.map(({ total, failed }, index) => (
            <g key={bucketStart(range, index)} transform={`translate(${index * step} 0)`}>
              <rect
                y={height - high(total)}
                width={Math.max(1, step - 1)}
                height={high(total)}
                className="activity-bar"
              />
              {failed > 0 && (
                <>
                  <rect
                    y={height - high(failed)}
                    width={Math.max(1, step - 1)}
                    height={high(failed)}
                    className="activity-gap"
                  />
                  <rect
                    y={height - high(failed)}
                    width={Math.max(1, step - 1)}
                    height={high(failed)}
                    fill={`url(#${stripes})`}
                  />
                  <circle cx={(step - 1) / 2} cy={height - high(total) - 3} r="2" className="activity-failed" />
                </>
              )}
            </g>
          ))}
          {drag !== null && (
            <rect
              x={Math.min(drag.from, drag.to) * step}
              width={(Math.abs(drag.to - drag.from) + 1) * step}
              height={height}
              className="activity-drag"
            />
          )}
        </svg>
      </div>
      <div className="activity-words" aria-hidden="true" title={activityWords(range, counts, at)}>
        <span className="cut">{rangeWords(range, at)}</span>
        <span className="cut">
          {formatCount(sum.total)}
          {sum.failed > 0 && <span className="tone-bad"> · {formatCount(sum.failed)} failed</span>}
        </span>
      </div>
    </div>
  );
}
