// What differs, part by part: which field, how, and both values with the stretch that differs marked.

import { Button } from '@mantine/core';
import { memo, useState } from 'react';
import type { Difference } from '../../../shared/compare.ts';
import { byPart, kindWord, shownValues } from '../../lib/compare-words.ts';
import type { Excerpt } from '../../lib/compare-words.ts';
import { formatCount } from '../../lib/format.ts';
import { Visible } from '../../ui/visible.tsx';

/** Rows that are drawn at first. */
const firstRows = 200;

/** The table "Differences". */
export function DifferenceTable({ differences }: { readonly differences: readonly Difference[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? differences : differences.slice(0, firstRows);
  return (
    <>
      <table className="plain-table difference-table" aria-label="Differences">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Left</th>
            <th scope="col">Right</th>
          </tr>
        </thead>
        {byPart(shown).map(({ part, title, differences: rows }) => (
          <tbody key={part}>
            <tr className="difference-part">
              <th scope="rowgroup" colSpan={3}>
                {title}
              </th>
            </tr>
            {rows.map((row, index) => (
              // Differences have no identity of their own, and the list is never reordered.
              <Row key={index} difference={row} />
            ))}
          </tbody>
        ))}
      </table>
      {shown.length < differences.length && (
        <div className="difference-more">
          <Button size="compact-sm" onClick={() => setAll(true)}>
            Show all {formatCount(differences.length)}
          </Button>
        </div>
      )}
    </>
  );
}

const Row = memo(function Row({ difference }: { readonly difference: Difference }) {
  const { kind, path } = difference;
  const [whole, setWhole] = useState(false);
  const shown = shownValues(difference, whole);
  return (
    <tr>
      <th scope="row" className="difference-field">
        {path !== '' && (
          <span className="mono">
            <Visible text={path} />
          </span>
        )}
        <span className="badge">{kindWord(kind)}</span>
        {shown.short && (
          <button type="button" className="difference-whole" aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? 'Show less' : 'Show all'}
          </button>
        )}
      </th>
      <td className="mono">
        <Value excerpt={shown.a} tone="a" />
      </td>
      <td className="mono">
        <Value excerpt={shown.b} tone="b" />
      </td>
    </tr>
  );
});

interface ValueProps {
  /** Null where this side has nothing. */
  readonly excerpt: Excerpt | null;
  readonly tone: 'a' | 'b';
}

function Value({ excerpt, tone }: ValueProps) {
  if (excerpt === null) return <span className="muted not-there">not there</span>;
  const { before, differs, after } = excerpt;
  if (before + differs + after === '') return <span className="muted not-there">empty</span>;
  return (
    <>
      <Visible text={before} />
      {differs !== '' && (
        <mark className={`differs ${tone}`}>
          <Visible text={differs} whitespace />
        </mark>
      )}
      <Visible text={after} />
    </>
  );
}
