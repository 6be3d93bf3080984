// The view "Tree" of a text, with what is to be said about it above.

import { useTree } from './use-tree.ts';
import { TreeView } from './tree-view.tsx';
import { formatCount } from '../../lib/format.ts';
import { placeOf } from '../../lib/text-place.ts';

interface TreePaneProps {
  readonly text: string;
  readonly syntax: 'json' | 'xml';
  /** The text is only the head of the body. */
  readonly partial: boolean;
  readonly label: string;
  readonly words: string;
  readonly goTo: number | null;
}

/** The tree, or how far it has come. */
export function TreePane({ text, syntax, partial, label, words, goTo }: TreePaneProps) {
  const { builder, done } = useTree(text, syntax, partial);
  if (!done) return <div className="empty">Building the tree…</div>;
  const { tree, brokenAt, cut } = builder;
  return (
    <>
      {brokenAt !== null && (
        <div className="body-note tone-warn" role="note">
          Not valid {syntax === 'json' ? 'JSON' : 'XML'} at {placeOf(text, brokenAt)}. The tree shows what comes before.
        </div>
      )}
      {cut && (
        <div className="body-note" role="note">
          The tree shows the first {formatCount(tree.count)} nodes.
        </div>
      )}
      {tree.count === 0 ? (
        <div className="empty">Nothing here makes a tree.</div>
      ) : (
        <TreeView
          key={`${text.length} ${tree.count}`}
          tree={tree}
          syntax={syntax}
          label={label}
          words={words}
          goTo={goTo}
        />
      )}
    </>
  );
}
