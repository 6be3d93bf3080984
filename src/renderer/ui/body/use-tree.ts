// Builds a tree in steps between frames, so that a large body never holds the window up.

import { useEffect, useMemo, useState } from 'react';
import { jsonTreeBuilder } from '../../lib/body-json-tree.ts';
import type { TreeBuilder } from '../../lib/body-tree.ts';
import { xmlTreeBuilder } from '../../lib/body-xml-tree.ts';

/** Nodes per step; about ten milliseconds. */
const stepNodes = 15_000;

/** A tree and whether it is complete. */
export interface BuiltTree {
  readonly builder: TreeBuilder;
  readonly done: boolean;
}

/** The tree of `text`; a small one is there at once. `partial`: the text is only a head. */
export function useTree(text: string, syntax: 'json' | 'xml', partial: boolean): BuiltTree {
  const start = useMemo(() => {
    const builder = syntax === 'json' ? jsonTreeBuilder(text, partial) : xmlTreeBuilder(text, partial);
    return { builder, done: builder.step(stepNodes) };
  }, [text, syntax, partial]);
  const [finished, setFinished] = useState<TreeBuilder | null>(null);

  useEffect(() => {
    if (start.done) return undefined;
    const { builder } = start;
    let timer = 0;
    const go = (): void => {
      if (builder.step(stepNodes)) setFinished(builder);
      else timer = window.setTimeout(go);
    };
    timer = window.setTimeout(go);
    return () => window.clearTimeout(timer);
  }, [start]);

  return { builder: start.builder, done: start.done || finished === start.builder };
}
