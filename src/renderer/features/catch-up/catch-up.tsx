// What a provider says it sent, held against what arrived here: one pull per API, and the events of its last look.

import { Button } from '@mantine/core';
import { useCallback } from 'react';
import type { PullSetup, PullStatus } from '../../../shared/pulls.ts';
import { formatCount, plural } from '../../lib/format.ts';
import { pullProviderName } from '../../lib/pull-form.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Moment } from '../../ui/moment.tsx';
import { VirtualGrid } from '../../ui/virtual-grid.tsx';
import type { RowProps } from '../../ui/virtual-grid.tsx';
import { PullDetail } from './pull-detail.tsx';
import './catch-up.css';

const keyOf = (pull: PullSetup): string => pull.id;
const nameOf = (pull: PullSetup): string => visibleText(pull.name);
const rowHeight = 40;

/** The view "Catch-up"; `selected` is a pull's id. */
export function CatchUp({ selected }: { readonly selected: string | null }) {
  const pulls = useApp((state) => state.mirror.pulls);
  const ready = useApp((state) => state.mirror.status === 'ready');
  const missed = useApp((state) => state.mirror.pullStatus.reduce((sum, status) => sum + status.missed, 0));
  const actions = useActions();
  const select = useCallback((pull: PullSetup) => actions.go({ view: 'catch-up', id: pull.id }), [actions]);
  const open = pulls.find(({ id }) => id === selected) ?? pulls[0] ?? null;
  return (
    <section className="page" aria-label="Catch-up">
      <div className="page-head">
        <div className="grow">
          <h1>Catch-up</h1>
          <div className="meta">
            {missed > 0
              ? `${plural(missed, 'event')} missed or failed since Hookbench started`
              : 'Asks a provider’s API what it sent, and finds what never arrived'}
          </div>
        </div>
        <div className="actions">
          <Button component="a" variant="filled" href={hashOf({ view: 'pull', id: null })}>
            New pull
          </Button>
        </div>
      </div>
      {pulls.length === 0 && ready && (
        <div className="empty">
          <h2>Nothing is asked yet</h2>
          <p className="catch-up-words">
            While Hookbench is off, webhooks are lost. With a read token of yours it can ask GitHub, Stripe, Svix,
            Shopify, or any JSON API what was sent since, and puts what is missing into the Inbox, marked as pulled.
          </p>
        </div>
      )}
      {open !== null && (
        <>
          <div className="pull-list" style={{ height: 34 + Math.min(4, pulls.length) * rowHeight }}>
            <VirtualGrid
              label="Pulls"
              items={pulls}
              keyOf={keyOf}
              nameOf={nameOf}
              rowHeight={rowHeight}
              rowClass="pull-row"
              Row={PullRow}
              header={<PullHeader />}
              selected={open.id}
              onSelect={select}
            />
          </div>
          <PullDetail key={open.id} pull={open} />
        </>
      )}
    </section>
  );
}

function PullHeader() {
  return (
    <>
      <span role="columnheader">Pull</span>
      <span role="columnheader">Provider</span>
      <span role="columnheader">Last look</span>
      <span role="columnheader">Next</span>
      <span role="columnheader" className="pull-end">
        Missed
      </span>
    </>
  );
}

function PullRow({ item }: RowProps<PullSetup>) {
  const status = useApp((state) => state.mirror.pullStatus.find(({ id }) => id === item.id));
  const missed = status?.missed ?? 0;
  return (
    <>
      <b role="gridcell" className="cut">
        {visibleText(item.name)}
      </b>
      <span role="gridcell" className="cut soft">
        {pullProviderName(item.provider)}
      </span>
      <span role="gridcell" className="cut">
        <LastLook status={status} />
      </span>
      <span role="gridcell" className="cut muted">
        {status?.nextAt == null ? 'when asked' : <Countdown at={status.nextAt} />}
      </span>
      <span role="gridcell" className={missed > 0 ? 'pull-end tone-bad' : 'pull-end muted'}>
        {formatCount(missed)}
      </span>
    </>
  );
}

function LastLook({ status }: { readonly status: PullStatus | undefined }) {
  if (status?.running === true) return <span className="soft">looking…</span>;
  if (status !== undefined && status.problem !== null) return <span className="tone-bad">failed</span>;
  if (status?.lastAt == null) return <span className="muted">never</span>;
  return <Moment at={status.lastAt} />;
}
