// What can be done with the chosen node: its path, its value and a filter that finds the like.

import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { filterTerm, jsonPath, xmlPath } from '../../lib/body-tree-rows.ts';
import type { BodyTree } from '../../lib/body-tree.ts';
import { visibleText } from '../../lib/visible-text.ts';

interface TreeFootProps {
  readonly tree: BodyTree;
  readonly node: number;
  readonly syntax: 'json' | 'xml';
}

/** The line below a tree. */
export function TreeFoot({ tree, node, syntax }: TreeFootProps) {
  if (tree.count === 0) return null;
  const path = syntax === 'json' ? jsonPath(tree, node) : xmlPath(tree, node);
  const term = syntax === 'json' ? filterTerm(tree, node) : null;
  return (
    <div className="tree-foot" role="group" aria-label="Chosen node">
      <span className="mono grow cut" title={path === null ? undefined : visibleText(path)}>
        {path === null ? `nested ${tree.depthOf(node)} levels deep` : visibleText(path)}
      </span>
      {path !== null && <CopyText text={() => path} label="Copy path" />}
      <CopyText text={() => tree.valueOf(node)} label="Copy value" />
      {term !== null && <CopyText text={() => term} label="Copy as filter" />}
    </div>
  );
}

function CopyText({ text, label }: { readonly text: () => string; readonly label: string }) {
  const { copied, copy } = useClipboard({ timeout: 1_500 });
  return (
    <Button variant="subtle" size="compact-xs" onClick={() => copy(text())}>
      {copied ? 'Copied' : label}
    </Button>
  );
}
