// What an import would do: the requests of the file, and what of it is left behind.

import { Button } from '@mantine/core';
import type { ImportPreview, ImportRow } from '../../../shared/imports.ts';
import { formatCount, formatSize, plural } from '../../lib/format.ts';
import { importFormatWords } from '../../lib/import-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useActions } from '../../state/use-app.ts';
import { Card } from '../../ui/card.tsx';
import { Visible } from '../../ui/visible.tsx';

/** Rows and places that are drawn of each list. */
const shown = 50;

interface PreviewProps {
  /** Of the file. */
  readonly name: string;
  readonly preview: ImportPreview;
}

/** The preview and the button that stores it. */
export function ImportPreviewCards({ name, preview }: PreviewProps) {
  const { format, count, rows, leftOut, leftOutCount } = preview;
  const actions = useActions();
  return (
    <>
      <div className="banner" role="status" aria-label="Import">
        <div className="grow">
          <b>
            {importFormatWords[format]}, {plural(count, 'request')}
          </b>
          <p>
            <Visible text={name} />
            {leftOutCount > 0 && ` · ${plural(leftOutCount, 'remark')} below`}
          </p>
        </div>
        <Button variant="filled" disabled={count === 0} onClick={() => void actions.applyImport()}>
          Import {plural(count, 'request')}
        </Button>
      </div>
      {count === 0 && <p className="soft">The file is well-formed but holds no request that could be imported.</p>}
      {count > 0 && (
        <Card title="Requests" aside={count > shown && `first ${shown} of ${formatCount(count)}`}>
          <div className="import-list" role="region" aria-label="Requests in the file" tabIndex={0}>
            <table className="plain-table">
              <thead>
                <tr>
                  <th>Method</th>
                  <th>Target</th>
                  <th>Event</th>
                  <th className="import-size">Size</th>
                </tr>
              </thead>
              <tbody>
                {rows.slice(0, shown).map((row, n) => (
                  // Rows have no identity yet, and the list never changes.
                  <Row key={n} row={row} />
                ))}
              </tbody>
            </table>
          </div>
        </Card>
      )}
      {leftOutCount > 0 && (
        <Card
          title="Left out, or good to know"
          aside={leftOutCount > shown && `first ${shown} of ${formatCount(leftOutCount)}`}
        >
          <div className="import-list" role="region" aria-label="Left out" tabIndex={0}>
            <dl className="facts card-body">
              {leftOut.slice(0, shown).map(({ place, message }, n) => (
                <div key={n} className="import-remark">
                  <dt>
                    <Visible text={place} />
                  </dt>
                  <dd>
                    <Visible text={message} />
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        </Card>
      )}
    </>
  );
}

function Row({ row: { method, target, event, provider, size } }: { readonly row: ImportRow }) {
  return (
    <tr>
      <td className="mono">{visibleText(method).slice(0, 30)}</td>
      <td className="mono">{visibleText(target.slice(0, 300))}</td>
      <td>
        {[event, provider].flatMap((word) => (word === null ? [] : [visibleText(word.slice(0, 100))])).join(' · ')}
      </td>
      <td className="import-size">{formatSize(size)}</td>
    </tr>
  );
}
