// The second request of a comparison: found by the inbox's own query language, or by its pasted id.

import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { ExchangeSummary } from '../../../shared/exchange.ts';
import { formatSize } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { titleOf, verdictTitles, verdictTone } from '../../lib/words.ts';
import { hashOf } from '../../state/route.ts';
import { useServices } from '../../state/use-app.ts';
import { Moment } from '../../ui/moment.tsx';
import { Page } from '../../ui/page.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';

/** Requests that are offered. */
const offered = 50;

interface Found {
  readonly rows: readonly ExchangeSummary[] | null;
  readonly error: ErrorValue | null;
}

/** Offers requests to lay beside `a`. */
export function ChooseOther({ a }: { readonly a: string }) {
  const { bridge } = useServices();
  const [text, setText] = useState('');
  const [query] = useDebouncedValue(queryOf(text), 150);
  const [found, setFound] = useState<Found>({ rows: null, error: null });
  useEffect(() => {
    let stale = false;
    // One more than offered: the first request itself is left out.
    void bridge.call('requests.list', { query, limit: offered + 1 }).then((answer) => {
      if (stale) return;
      if (answer.ok) setFound({ rows: answer.value.rows, error: null });
      else setFound(({ rows }) => ({ rows, error: answer.error }));
    });
    return () => {
      stale = true;
    };
  }, [bridge, query]);
  const rows = found.rows?.filter(({ id }) => id !== a).slice(0, offered);

  return (
    <Page
      title="Compare"
      meta={
        <>
          <a className="mono" href={hashOf({ view: 'inbox', id: a })}>
            {a}
          </a>{' '}
          with which request?
        </>
      }
      narrow
    >
      <TextInput
        aria-label="Find a request"
        placeholder="Paste an id, or filter: verdict:invalid provider:stripe"
        leftSection={<Search size={14} aria-hidden="true" />}
        className="mono-input"
        spellCheck={false}
        autoComplete="off"
        value={text}
        error={found.error?.message}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
        autoFocus
      />
      {rows === undefined ? (
        <div className="empty">Loading…</div>
      ) : rows.length === 0 ? (
        <div className="empty">
          <h2>No other request matches</h2>
          <p>The newest {offered} that match are offered here.</p>
        </div>
      ) : (
        <ul className="card compare-choices" aria-label="Requests to compare with">
          {rows.map((row) => (
            <li key={row.id}>
              <a href={hashOf({ view: 'compare', a, b: row.id })}>
                <ToneIcon tone={verdictTone(row.verdict.status)} />
                <span className="grow cut">
                  {visibleText(row.method)} {titleOf(row)}
                </span>
                <span className="muted">{verdictTitles[row.verdict.status]}</span>
                <span className="muted">{formatSize(row.size)}</span>
                <Moment at={row.receivedAt} />
              </a>
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}

/** A pasted id is looked up as one. */
function queryOf(text: string): string {
  const typed = text.trim();
  return /^req_[a-z0-9]+$/i.test(typed) ? `id:${typed}` : typed;
}
