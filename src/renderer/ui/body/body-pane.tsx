// Draws a body in one of its views.

import type { ReactNode } from 'react';
import { Button } from '@mantine/core';
import type { BodyInsight, BodyViewName } from '../../lib/body-view.ts';
import type { MultipartPart } from '../../lib/body-multipart.ts';
import { formatSize } from '../../lib/format.ts';
import { HexView } from '../hex-view.tsx';
import type { BodySource } from './body-source.ts';
import { FormView } from './form-view.tsx';
import { ImageView } from './image-view.tsx';
import { LinesView } from './lines-view.tsx';
import { PartsView } from './parts-view.tsx';
import type { ShownText } from './text-of-body.ts';
import { TextPane } from './text-pane.tsx';
import { maxTreeSize } from './tree-of-body.ts';
import type { TreeText } from './tree-of-body.ts';
import { TreePane } from './tree-pane.tsx';
import type { Find } from './use-find.ts';
import type { LoadedSlices } from './use-slices.ts';

interface BodyPaneProps {
  readonly source: BodySource;
  readonly insight: BodyInsight;
  readonly slices: LoadedSlices;
  readonly view: BodyViewName;
  readonly shown: ShownText;
  readonly tree: TreeText | null;
  readonly find: Find;
  readonly words: string;
  readonly renderPart: (source: BodySource, part: MultipartPart, name: string) => ReactNode;
}

/** The chosen view. */
export function BodyPane({ source, insight, slices, view, shown, tree, find, words, renderPart }: BodyPaneProps) {
  const place = find.found[find.at]?.start ?? null;
  switch (view) {
    case 'hex':
      return <HexView bytes={slices.bytes} label="Body as hex" />;
    case 'image':
      return insight.image === null ? null : <ImageView head={insight.image} slices={slices} size={source.size} />;
    case 'parts':
      return (
        <PartsView
          source={source}
          bytes={slices.bytes}
          complete={slices.complete}
          boundary={insight.boundary ?? ''}
          renderPart={renderPart}
        />
      );
    case 'form':
      return <FormView text={insight.text ?? ''} words={words} />;
    case 'text':
      return shown.text === null ? (
        <LinesView source={source} label="Body as text" words={words} goTo={place} />
      ) : (
        <TextPane text={shown.text} syntax={shown.syntax} found={find.found} at={find.at} note={shown.note} />
      );
    case 'tree':
      return tree === null ? null : (
        <>
          {tree.partial && <TreeHead slices={slices} size={source.size} />}
          <TreePane {...tree} label="Body as tree" words={words} goTo={place} />
        </>
      );
  }
}

function TreeHead({ slices, size }: { readonly slices: LoadedSlices; readonly size: number }) {
  const { bytes, loading, more } = slices;
  const full = bytes.length >= maxTreeSize;
  return (
    <div className="body-note row-line" role="note">
      <span className="grow">
        The tree shows the first {formatSize(Math.min(bytes.length, maxTreeSize))} of {formatSize(size)}
        {full ? '; the text shows all of it.' : '.'}
      </span>
      {!full && (
        <Button size="compact-xs" loading={loading} onClick={() => more(maxTreeSize)}>
          Build it of {size <= maxTreeSize ? 'all of it' : `the first ${formatSize(maxTreeSize)}`}
        </Button>
      )}
    </div>
  );
}
