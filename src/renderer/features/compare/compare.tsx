// Two requests side by side: what is the same is left out, what differs stands in a table.

import { Button, Checkbox } from '@mantine/core';
import { ArrowLeftRight, Equal } from 'lucide-react';
import { useState } from 'react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { comparisonWords } from '../../lib/compare-words.ts';
import { formatDuration, formatSize } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { titleOf, verdictTitles, verdictTone } from '../../lib/words.ts';
import { hashOf } from '../../state/route.ts';
import { useActions } from '../../state/use-app.ts';
import { Moment } from '../../ui/moment.tsx';
import { Page } from '../../ui/page.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';
import { ChooseOther } from './choose-other.tsx';
import { DifferenceTable } from './difference-table.tsx';
import { useComparison } from './use-comparison.ts';
import type { ComparisonState } from './use-comparison.ts';
import './compare.css';

interface CompareProps {
  readonly a: string;
  /** Null while it is to be chosen. */
  readonly b: string | null;
}

/** The view "Compare". */
export function Compare({ a, b }: CompareProps) {
  return b === null ? <ChooseOther key={a} a={a} /> : <Both a={a} b={b} />;
}

function Both({ a, b }: { readonly a: string; readonly b: string }) {
  const actions = useActions();
  const [ignore, setIgnore] = useState(false);
  const state = useComparison(a, b, ignore);
  return (
    <Page
      title="Compare"
      meta={state.kind === 'ready' ? <span role="status">{comparisonWords(state.comparison)}</span> : undefined}
      actions={
        <div className="compare-tools">
          <Checkbox
            label="Ignore what always changes"
            checked={ignore}
            onChange={(event) => setIgnore(event.currentTarget.checked)}
          />
          <Button
            leftSection={<ArrowLeftRight size={14} aria-hidden="true" />}
            onClick={() => actions.go({ view: 'compare', a: b, b: a })}
          >
            Swap
          </Button>
          <Button onClick={() => actions.go({ view: 'compare', a, b: null })}>With another…</Button>
        </div>
      }
    >
      <section className="comparison" aria-label="Comparison">
        <Content state={state} />
      </section>
    </Page>
  );
}

function Content({ state }: { readonly state: ComparisonState }) {
  if (state.kind === 'loading') return <div className="empty">Loading…</div>;
  if (state.kind === 'failed') {
    return (
      <div className="empty">
        <h2>{state.error.message}</h2>
        <p>{state.error.hint}</p>
      </div>
    );
  }
  const { a, b, comparison } = state;
  return (
    <>
      <div className="compared">
        <RequestCard side="Left" request={a} />
        <RequestCard side="Right" request={b} after={b.receivedAt - a.receivedAt} />
      </div>
      {comparison.differences.length === 0 ? (
        <div className="empty">
          <Equal size={22} aria-hidden="true" />
          <h2>{comparisonWords(comparison)}</h2>
          <p>{a.truncated || b.truncated ? 'As far as the bodies were kept.' : 'Method, target, headers and body.'}</p>
        </div>
      ) : (
        <div className="card">
          <DifferenceTable differences={comparison.differences} />
        </div>
      )}
    </>
  );
}

interface RequestCardProps {
  readonly side: string;
  readonly request: ExchangeDetail;
  /** Ms since the other one was received; negative when it came first. */
  readonly after?: number;
}

function RequestCard({ side, request, after }: RequestCardProps) {
  const { id, verdict } = request;
  return (
    <div className="card compared-request" role="group" aria-label={side}>
      <ToneIcon tone={verdictTone(verdict.status)} />
      <div className="grow">
        <a className="cut compared-title" href={hashOf({ view: 'inbox', id })}>
          {visibleText(request.method)} {titleOf(request)}
        </a>
        <div className="muted">
          {verdictTitles[verdict.status]} · {formatSize(request.size)} · <Moment at={request.receivedAt} />
          {after !== undefined &&
            after !== 0 &&
            ` · ${formatDuration(Math.abs(after))} ${after > 0 ? 'later' : 'earlier'}`}
        </div>
        <div className="mono muted cut">{id}</div>
      </div>
    </div>
  );
}
