// The open request: what it is, whether it is genuine, and everything about it in tabs.

import { Tabs } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { BodyTab } from './body-tab.tsx';
import { DeliveriesTab } from './deliveries-tab.tsx';
import { HeadersTab } from './headers-tab.tsx';
import { Head } from './request-head.tsx';
import { RawTab } from './raw-tab.tsx';
import { ReplyTab } from './reply-tab.tsx';
import { SignatureTab } from './signature-tab.tsx';
import './detail.css';

/** The region "Request details". */
export function RequestDetails() {
  const id = useApp((state) => (state.view.route.view === 'inbox' ? state.view.route.id : null));
  const detail = useApp((state) => state.detail);
  const actions = useActions();
  useEffect(() => void actions.openDetail(id), [id, actions]);

  if (id === null || detail.id === null) {
    return (
      <Region>
        <div className="empty">
          <h1>Choose a request</h1>
          <p>
            <kbd>j</kbd> and <kbd>k</kbd> go down and up the list.
          </p>
        </div>
      </Region>
    );
  }
  if (detail.error !== null) {
    return (
      <Region>
        <div className="empty">
          <h2>{detail.error.message}</h2>
          <p>{detail.error.hint}</p>
        </div>
      </Region>
    );
  }
  return (
    <Region>
      {detail.value === null ? <div className="empty">Loading…</div> : <Details request={detail.value} />}
    </Region>
  );
}

function Region({ children }: { readonly children: ReactNode }) {
  return (
    <section className="page" aria-label="Request details">
      {children}
    </section>
  );
}

function Details({ request }: { readonly request: ExchangeDetail }) {
  const [tab, setTab] = useState('body');
  return (
    <>
      <Head key={request.id} request={request} />
      <Tabs value={tab} onChange={(next) => setTab(next ?? 'body')} keepMounted={false} className="detail-tabs">
        <Tabs.List aria-label="Parts of the request">
          <Tabs.Tab value="body">Body</Tabs.Tab>
          <Tabs.Tab value="headers">
            Headers <span className="tab-count">{request.headers.length}</span>
          </Tabs.Tab>
          <Tabs.Tab value="signature">Signature</Tabs.Tab>
          <Tabs.Tab value="deliveries">
            Deliveries <span className="tab-count">{request.group.length}</span>
          </Tabs.Tab>
          <Tabs.Tab value="reply">Reply</Tabs.Tab>
          <Tabs.Tab value="raw">Raw</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="body">
          <BodyTab key={request.id} request={request} />
        </Tabs.Panel>
        <Tabs.Panel value="headers">
          <HeadersTab request={request} />
        </Tabs.Panel>
        <Tabs.Panel value="signature">
          <SignatureTab request={request} />
        </Tabs.Panel>
        <Tabs.Panel value="deliveries">
          <DeliveriesTab request={request} />
        </Tabs.Panel>
        <Tabs.Panel value="reply">
          <ReplyTab request={request} />
        </Tabs.Panel>
        <Tabs.Panel value="raw">
          <RawTab key={request.id} request={request} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
