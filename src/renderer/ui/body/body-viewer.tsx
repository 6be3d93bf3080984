// Bytes of any kind in the view that fits them best, with the others one click away. It never draws captured content as
// anything but text, tokens or the pixels of an image.

import { useMemo, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { inspectBody } from '../../lib/body-view.ts';
import type { BodyKind, BodyViewName } from '../../lib/body-view.ts';
import { BodyPane } from './body-pane.tsx';
import { BodyTools } from './body-tools.tsx';
import type { BodySource } from './body-source.ts';
import { sliceSize } from './body-source.ts';
import { FindBar } from './find-bar.tsx';
import { textOfBody } from './text-of-body.ts';
import { treeOfBody } from './tree-of-body.ts';
import { useFind } from './use-find.ts';
import type { FindPlace } from './use-find.ts';
import { useSlices } from './use-slices.ts';
import './body.css';

/** The view that a person chose for each kind of body. */
export interface ChosenViews {
  readonly views: Readonly<Partial<Record<BodyKind, BodyViewName>>>;
  readonly choose: (kind: BodyKind, view: BodyViewName) => void;
}

/** What the viewer is given; it must be keyed by the source's key. */
export interface BodyViewerProps {
  readonly source: BodySource;
  readonly contentType: string | undefined;
  /** Proposed name for saving. */
  readonly saveName: string;
  readonly chosen: ChosenViews;
  /** Drawn beside the type, given the first bytes; for the encoding. */
  readonly renderExtra?: (head: Uint8Array) => ReactNode;
  /** How many multipart bodies this one lies in. */
  readonly level?: number;
}

/** The viewer; fills its place. */
export function BodyViewer(props: BodyViewerProps) {
  const { source, contentType, chosen, renderExtra, level = 0 } = props;
  const slices = useSlices(source);
  const { bytes, complete } = slices;
  const [finding, setFinding] = useState(false);
  const [words, setWords] = useState('');
  const [asSent, setAsSent] = useState(false);
  const headSize = Math.min(bytes.length, sliceSize);
  const insight = useMemo(
    () => inspectBody(bytes.subarray(0, headSize), contentType, headSize >= source.size),
    // The bytes of the head do not change when more come.
    // oxlint-disable-next-line react/exhaustive-deps
    [headSize, contentType, source],
  );
  const shown = useMemo(() => textOfBody(insight, source.size, asSent), [insight, source.size, asSent]);
  const views = shown.broken ? [...new Set<BodyViewName>(['text', ...insight.views])] : insight.views;
  const preferred = chosen.views[insight.kind];
  const best = views[0] ?? 'hex';
  const view = preferred !== undefined && views.includes(preferred) && !shown.broken ? preferred : best;
  const [own, setOwn] = useState<BodyViewName | null>(null);
  const mode = own !== null && views.includes(own) ? own : view;
  const tree = useMemo(
    () => (mode === 'tree' ? treeOfBody(insight, bytes, contentType, complete) : null),
    [mode, insight, bytes, contentType, complete],
  );

  const searched = mode === 'tree' ? (tree?.text ?? null) : mode === 'text' ? shown.text : insight.text;
  const place = useMemo<FindPlace>(
    () => (searched === null ? { kind: 'source', source } : { kind: 'text', text: searched }),
    [searched, source],
  );
  const find = useFind(place, finding ? words : '');
  const canFind = mode === 'tree' || mode === 'text' || mode === 'form';
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== 'f' || !(event.ctrlKey || event.metaKey) || !canFind) return;
    event.preventDefault();
    event.stopPropagation();
    setFinding(true);
  };

  if (bytes.length === 0) return <div className="empty">{slices.error?.message ?? 'Loading…'}</div>;
  return (
    <div className="body-pane" onKeyDown={onKeyDown}>
      <BodyTools
        {...props}
        views={views}
        view={mode}
        onView={(next) => {
          setOwn(next);
          chosen.choose(insight.kind, next);
        }}
        slices={slices}
        shown={mode === 'text' ? shown : null}
        asSent={asSent}
        onAsSent={setAsSent}
        text={mode === 'text' ? shown.text : insight.text}
        canFind={canFind}
        onFind={() => setFinding(true)}
        extra={renderExtra?.(bytes.subarray(0, 4))}
      />
      {finding && canFind && (
        <FindBar
          words={words}
          onWords={setWords}
          find={find}
          size={source.size}
          onClose={() => {
            setFinding(false);
            setWords('');
          }}
        />
      )}
      <BodyPane
        source={source}
        insight={insight}
        slices={slices}
        view={mode}
        shown={shown}
        tree={tree}
        find={find}
        words={finding ? words : ''}
        renderPart={(part, { type }, name) =>
          level >= 5 ? (
            <div className="empty">More than five multipart bodies inside each other: save the part instead.</div>
          ) : (
            <BodyViewer
              key={part.key}
              source={part}
              contentType={type ?? undefined}
              saveName={name}
              chosen={chosen}
              level={level + 1}
            />
          )
        }
      />
    </div>
  );
}
