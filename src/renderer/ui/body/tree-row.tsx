// One node in a row: its key and its value as they were sent, or how much it holds.

import { ChevronDown, ChevronRight } from 'lucide-react';
import type { BodyTree } from '../../lib/body-tree.ts';
import { formatCount, plural } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { Marked } from './marked.tsx';

interface TreeRowProps {
  readonly id: string;
  readonly tree: BodyTree;
  readonly node: number;
  readonly open: boolean;
  readonly chosen: boolean;
  /** The key occurs again in the same object. */
  readonly repeated: boolean;
  /** Px. */
  readonly top: number;
  readonly words: string;
  readonly onChoose: (node: number) => void;
  readonly onToggle: (node: number) => void;
}

const maxIndent = 24;
const maxShown = 400;

/** A row (role treeitem). The tree itself has the focus and the keys. */
export function TreeRow(props: TreeRowProps) {
  const { id, tree, node, open, chosen, repeated, top, words, onChoose, onToggle } = props;
  const depth = tree.depthOf(node);
  const holds = tree.childrenOf(node) > 0;
  const parent = tree.parentOf(node);
  const indent = 8 + Math.min(depth, maxIndent) * 14;
  return (
    <div
      id={id}
      role="treeitem"
      className="tree-row"
      aria-level={depth + 1}
      aria-setsize={parent < 0 ? -1 : tree.childrenOf(parent)}
      aria-posinset={tree.positionOf(node) + 1}
      aria-expanded={holds ? open : undefined}
      aria-selected={chosen}
      style={{ transform: `translateY(${top}px)`, paddingLeft: indent }}
      onClick={() => onChoose(node)}
      onDoubleClick={() => onToggle(node)}
    >
      <span className="tree-turn" aria-hidden="true" onClick={() => holds && onToggle(node)}>
        {holds && (open ? <ChevronDown size={13} /> : <ChevronRight size={13} />)}
      </span>
      {depth > maxIndent && <span className="muted">{depth}: </span>}
      <NodeKey tree={tree} node={node} words={words} />
      {repeated && <span className="badge warn tree-repeated">repeated key</span>}
      <NodeValue tree={tree} node={node} words={words} />
    </div>
  );
}

interface NodeProps {
  readonly tree: BodyTree;
  readonly node: number;
  readonly words: string;
}

function NodeKey({ tree, node, words }: NodeProps) {
  const kind = tree.kindOf(node);
  const parent = tree.parentOf(node);
  const key = tree.keyOf(node).slice(0, maxShown);
  if (kind === 'element') {
    return (
      <span className="tree-key" title={visibleText(key)}>
        {'<'}
        <Marked text={key} words={words} />
        {'> '}
      </span>
    );
  }
  if (key !== '') {
    return (
      <span className="tree-key" title={visibleText(key)}>
        <Marked text={key} words={words} />
        {kind === 'attribute' ? ' = ' : ': '}
      </span>
    );
  }
  const inList = parent >= 0 && tree.kindOf(parent) === 'array';
  return inList ? <span className="muted">{tree.positionOf(node)}: </span> : null;
}

function NodeValue({ tree, node, words }: NodeProps) {
  const kind = tree.kindOf(node);
  const children = tree.childrenOf(node);
  if (children > 0) return <span className="muted">{holding(kind, children)}</span>;
  if (kind === 'object' || kind === 'array') return <span className="muted">{kind === 'object' ? '{}' : '[]'}</span>;
  const length = tree.lengthOf(node);
  const value = tree.valueOf(node);
  if (kind === 'element' && value.startsWith('<')) return <span className="muted">empty</span>;
  const shown = value.slice(0, maxShown);
  return (
    <span className={`tree-${kind === 'element' || kind === 'attribute' ? 'string' : kind}`} title={visibleText(shown)}>
      <Marked text={shown} words={words} />
      {length > maxShown && <span className="muted"> … {formatCount(length)} characters</span>}
    </span>
  );
}

function holding(kind: string, children: number): string {
  if (kind === 'object') return `{ ${plural(children, 'key')} }`;
  return kind === 'array' ? `[ ${plural(children, 'item')} ]` : plural(children, 'node');
}
