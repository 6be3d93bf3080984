// A body as a tree that a keyboard walks: only the rows in sight exist, however many nodes there are.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import {
  nodeAtOffset,
  openAtFirst,
  openUpTo,
  repeatedKeys,
  rowOfNode,
  visibleNodes,
} from '../../lib/body-tree-rows.ts';
import type { OpenNodes } from '../../lib/body-tree-rows.ts';
import type { BodyTree } from '../../lib/body-tree.ts';
import { TreeRow } from './tree-row.tsx';
import { TreeFoot } from './tree-foot.tsx';

interface TreeViewProps {
  readonly tree: BodyTree;
  readonly syntax: 'json' | 'xml';
  /** Accessible name. */
  readonly label: string;
  /** Words to mark. */
  readonly words: string;
  /** Offset in the source to bring into sight, or null. */
  readonly goTo: number | null;
}

const rowHeight = 20;

/** The tree and, below it, what can be done with the chosen node. */
export function TreeView({ tree, syntax, label, words, goTo }: TreeViewProps) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<OpenNodes>(() => openAtFirst(tree));
  const [chosen, setChosen] = useState(0);
  const [gone, setGone] = useState<number | null>(null);
  const repeated = useMemo(() => repeatedKeys(tree), [tree]);
  const rows = useMemo(() => visibleNodes(tree, open), [tree, open]);
  // A place that is looked for is opened and chosen while rendering, once.
  if (goTo !== gone) {
    setGone(goTo);
    if (goTo !== null) {
      const node = nodeAtOffset(tree, goTo);
      setOpen(openUpTo(tree, open, node));
      setChosen(node);
    }
  }
  const chosenRow = rowOfNode(rows, chosen);
  // Nothing here is memoised by the compiler, which the library does not support.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    paddingStart: 6,
    paddingEnd: 6,
  });
  const visible = virtualizer.getVirtualItems();

  useEffect(() => {
    virtualizer.scrollToIndex(chosenRow, { align: 'auto' });
    // Only a choice moves the tree; opening a node must not.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [chosen]);

  const toggle = (node: number): void => {
    if (tree.childrenOf(node) === 0) return;
    const next = open.slice();
    next[node] = open[node] === 1 ? 0 : 1;
    setOpen(next);
  };
  const chooseRow = (row: number): void => {
    const node = rows[Math.min(rows.length - 1, Math.max(0, row))];
    if (node !== undefined) setChosen(node);
  };
  const goRight = (): void => {
    if (tree.childrenOf(chosen) === 0) return;
    if (open[chosen] === 1) chooseRow(chosenRow + 1);
    else toggle(chosen);
  };
  const goLeft = (): void => {
    if (tree.childrenOf(chosen) > 0 && open[chosen] === 1) toggle(chosen);
    else if (tree.parentOf(chosen) >= 0) setChosen(tree.parentOf(chosen));
  };
  const openBelow = (): void => setOpen(open.slice().fill(1, chosen, tree.afterOf(chosen)));

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => chooseRow(chosenRow + 1),
      ArrowUp: () => chooseRow(chosenRow - 1),
      PageDown: () => chooseRow(chosenRow + page),
      PageUp: () => chooseRow(chosenRow - page),
      Home: () => chooseRow(0),
      End: () => chooseRow(rows.length - 1),
      ArrowRight: goRight,
      ArrowLeft: goLeft,
      Enter: () => toggle(chosen),
      ' ': () => toggle(chosen),
      '*': openBelow,
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  }

  const inSight = visible.some((row) => row.index === chosenRow);
  return (
    <div className="body-tree">
      <div
        ref={scroller}
        role="tree"
        className="tree"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={inSight ? `${id}-${rows[chosenRow]}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div className="tree-rows" role="presentation" style={{ height: virtualizer.getTotalSize() }}>
          {visible.map(({ index, start }) => {
            const node = rows[index] as number;
            return (
              <TreeRow
                key={node}
                id={`${id}-${node}`}
                tree={tree}
                node={node}
                open={open[node] === 1}
                chosen={index === chosenRow}
                repeated={repeated(node)}
                top={start}
                words={words}
                onChoose={setChosen}
                onToggle={toggle}
              />
            );
          })}
        </div>
      </div>
      <TreeFoot tree={tree} node={rows[chosenRow] ?? 0} syntax={syntax} />
    </div>
  );
}
