// Parts of a multipart body: what each is, its bytes in the same viewers, and a way to save it.

import { Button, VisuallyHidden } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { readMultipart } from '../../lib/body-multipart.ts';
import type { MultipartPart } from '../../lib/body-multipart.ts';
import { formatCount, formatSize, plural } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { partOfSource } from './body-source.ts';
import type { BodySource } from './body-source.ts';

interface PartsViewProps {
  readonly source: BodySource;
  /** The loaded head. */
  readonly bytes: Uint8Array;
  readonly complete: boolean;
  readonly boundary: string;
  /** Draws the part that is open. */
  readonly renderPart: (source: BodySource, part: MultipartPart, name: string) => ReactNode;
}

/** The view "Parts". */
export function PartsView({ source, bytes, complete, boundary, renderPart }: PartsViewProps) {
  const read = useMemo(() => readMultipart(bytes, boundary), [bytes, boundary]);
  const [opened, setOpened] = useState<number | null>(null);
  if (read === null)
    return <div className="empty">The boundary “{visibleText(boundary)}” does not occur in the body.</div>;
  const part = opened === null ? undefined : read.parts[opened];
  const note = noteOf(read.closed, read.more, read.parts.length, complete);
  return (
    <div className="parts-view">
      <div className="parts-list" role="region" aria-label="Multipart body" tabIndex={0}>
        <table className="plain-table" aria-label="Parts">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">File</th>
              <th scope="col">Type</th>
              <th scope="col">Size</th>
              <th scope="col">At byte</th>
              <th scope="col">
                <VisuallyHidden>Actions</VisuallyHidden>
              </th>
            </tr>
          </thead>
          <tbody>
            {read.parts.map((each, index) => (
              <tr key={each.offset} className={index === opened ? 'parts-open' : ''}>
                <td className="mono">{each.name === null ? '' : visibleText(each.name)}</td>
                <td className="mono">{each.fileName === null ? '' : visibleText(each.fileName)}</td>
                <td className="mono soft">{each.type === null ? '' : visibleText(each.type)}</td>
                <td>{sizeOf(each, complete)}</td>
                <td className="soft">{formatCount(each.offset)}</td>
                <td>
                  <span className="row-line">
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      aria-label={`${index === opened ? 'Close' : 'Open'} part ${index + 1}`}
                      aria-expanded={index === opened}
                      onClick={() => setOpened(index === opened ? null : index)}
                    >
                      {index === opened ? 'Close' : 'Open'}
                    </Button>
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      aria-label={`Save part ${index + 1}`}
                      disabled={!each.whole && !complete}
                      onClick={() => void source.save(each.offset, each.length, nameOf(each, index))}
                    >
                      Save
                    </Button>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {note !== null && (
          <div className="body-note muted" role="note">
            {note}
          </div>
        )}
      </div>
      {part !== undefined && opened !== null && (
        <section className="parts-part" aria-label={`Part ${opened + 1}`}>
          {part.length === 0 ? (
            <div className="empty">The part is empty.</div>
          ) : (
            renderPart(partOfSource(source, part.offset, part.length), part, nameOf(part, opened))
          )}
        </section>
      )}
    </div>
  );
}

function nameOf({ fileName, name }: MultipartPart, index: number): string {
  return fileName ?? name ?? `part-${index + 1}`;
}

function sizeOf({ length, whole }: MultipartPart, complete: boolean): string {
  return whole || complete ? formatSize(length) : `over ${formatSize(length)}`;
}

function noteOf(closed: boolean, more: boolean, count: number, complete: boolean): string | null {
  if (more) return `The first ${plural(count, 'part')}; there are more.`;
  if (!complete) return 'More of the body has to be loaded to see all parts.';
  return closed ? null : 'The closing delimiter is missing: the body was cut off, or its sender is wrong.';
}
