// Two panes with a bar between them that a person can drag; the sizes are remembered.

import type { ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import './split.css';

interface SplitProps {
  /** Names the remembered sizes. */
  readonly id: string;
  readonly direction: 'horizontal' | 'vertical';
  readonly first: ReactNode;
  readonly second: ReactNode;
  /** For example `388px` or `50%`. */
  readonly firstSize: string;
  readonly firstMin: string;
  readonly secondMin: string;
  /** What the bar moves, for assistive technology. */
  readonly label: string;
}

/** What is in a pane scrolls by itself; a pane that scrolled too could not be reached by keyboard. */
const clipped = { overflow: 'hidden' } as const;

/** Two panes side by side or one above the other. */
export function Split({ id, direction, first, second, firstSize, firstMin, secondMin, label }: SplitProps) {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({ id: `hookbench-${id}`, storage: localStorage });
  return (
    <Group
      orientation={direction}
      className="split"
      defaultLayout={defaultLayout}
      onLayoutChanged={onLayoutChanged}
      resizeTargetMinimumSize={{ fine: 9, coarse: 20 }}
    >
      <Panel id="first" defaultSize={firstSize} minSize={firstMin} style={clipped}>
        {first}
      </Panel>
      <Separator className={`split-bar ${direction}`} aria-label={label} />
      <Panel id="second" minSize={secondMin} style={clipped}>
        {second}
      </Panel>
    </Group>
  );
}
