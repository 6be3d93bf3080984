// The open request: what it is, whether it is genuine, and everything about it in tabs.

import { Button, Tabs } from '@mantine/core';
import { DownloadCloud, RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { formatDuration, formatSize } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { titleOf, verdictTone } from '../../lib/words.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { useProviderName } from '../../state/use-providers.ts';
import { Moment } from '../../ui/moment.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';
import { Visible } from '../../ui/visible.tsx';
import { BodyTab } from './body-tab.tsx';
import { CopyAs } from './copy-as.tsx';
import { DeliveriesTab } from './deliveries-tab.tsx';
import { HeadersTab } from './headers-tab.tsx';
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
      <Head request={request} />
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

/** A request that never arrived can still be sent to where it was meant for. */
function PulledBanner({ id }: { readonly id: string }) {
  const actions = useActions();
  return (
    <div className="banner detail-banner" role="note" aria-label="Pulled">
      <DownloadCloud size={16} aria-hidden="true" />
      <div className="grow">
        <b>Pulled: it never arrived here.</b>
        <p>Send it on to your handler if it should be worked on.</p>
      </div>
      <Button size="compact-sm" onClick={() => actions.go({ view: 'replay', id })}>
        Forward
      </Button>
    </div>
  );
}

function Head({ request }: { readonly request: ExchangeDetail }) {
  const actions = useActions();
  const { verdict, reply } = request;
  const provider = useProviderName(request.provider);
  const unanswered = request.pulled === true ? 'never arrived' : 'not answered yet';
  const answered = reply.status === null ? unanswered : `answered ${reply.status}`;
  const inTime = reply.ms === undefined ? '' : ` in ${formatDuration(reply.ms)}`;
  const parts = [
    `${answered}${inTime}`,
    formatSize(request.size),
    ...(provider === null ? [] : [visibleText(provider)]),
  ];
  const tone = verdictTone(verdict.status);
  return (
    <>
      <div className="page-head">
        <div className="grow">
          <h1 className="cut">{titleOf(request)}</h1>
          <div className="meta">
            <span className="mono detail-target">
              {visibleText(request.method)} {visibleText(request.target)}
            </span>
            {' · '}
            {parts.join(' · ')} · <Moment at={request.receivedAt} />
            {request.pulled === true ? '' : ` · from ${request.remoteAddress}`}
          </div>
        </div>
        <div className="actions nowrap">
          <CopyAs id={request.id} />
          <Button
            variant="filled"
            leftSection={<RotateCw size={14} aria-hidden="true" />}
            onClick={() => actions.go({ view: 'replay', id: request.id })}
          >
            Replay
          </Button>
        </div>
      </div>
      {request.pulled === true && <PulledBanner id={request.id} />}
      <div className={`banner detail-banner ${tone}`}>
        <ToneIcon tone={tone} />
        <div className="grow">
          <b>
            <Visible text={verdict.message} />
          </b>
          {verdict.diagnosis[0] !== undefined && (
            <p>
              <Visible text={verdict.diagnosis[0].message} />
            </p>
          )}
          {request.truncated && (
            <p>
              The body was larger than the limit: {formatSize(request.storedSize)} of {formatSize(request.size)} are
              kept.
            </p>
          )}
        </div>
      </div>
    </>
  );
}
