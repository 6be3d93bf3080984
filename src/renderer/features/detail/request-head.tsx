// The head of the open request: what it is, what marks it, what can be done with it, and the verdict.

import { Button, Tooltip } from '@mantine/core';
import { DownloadCloud, RotateCw } from 'lucide-react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { formatDuration, formatSize } from '../../lib/format.ts';
import { withShortcut } from '../../lib/shortcut.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { titleOf, verdictTone } from '../../lib/words.ts';
import { useActions } from '../../state/use-app.ts';
import { useProviderName } from '../../state/use-providers.ts';
import { Moment } from '../../ui/moment.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';
import { Visible } from '../../ui/visible.tsx';
import { CompareMenu } from './compare-menu.tsx';
import { CopyAs } from './copy-as.tsx';
import { HandshakeBars } from './handshake-bars.tsx';
import { NoteButton, NoteText, PinButton } from './marks.tsx';

/** Head and banners; must be keyed by the request's id. */
export function Head({ request }: { readonly request: ExchangeDetail }) {
  const actions = useActions();
  const provider = useProviderName(request.provider);
  const parts = [
    answeredWords(request),
    formatSize(request.size),
    ...(provider === null ? [] : [visibleText(provider)]),
  ];
  return (
    <>
      <div className="page-head detail-head">
        <h1 className="cut grow" title={titleOf(request)}>
          {titleOf(request)}
        </h1>
        <div className="meta">
          <RequestLine request={request} />
          {' · '}
          {parts.join(' · ')} · <Moment at={request.receivedAt} />
          {request.pulled === true || request.remoteAddress === '' ? '' : ` · from ${request.remoteAddress}`}
          {request.imported === true && ' · imported from a file'}
          {request.sender !== undefined && (
            <span title="The sender’s address as the tunnel tells it">, sent by {visibleText(request.sender)}</span>
          )}
          {request.webPage === true && <WebPageBadge />}
        </div>
        <div className="actions nowrap">
          <PinButton request={request} />
          <NoteButton request={request} />
          <CompareMenu request={request} />
          <CopyAs request={request} />
          <Button
            variant="filled"
            leftSection={<RotateCw size={14} aria-hidden="true" />}
            title={withShortcut('Replay', 'request.replay')}
            onClick={() => actions.go({ view: 'replay', id: request.id })}
          >
            Replay
          </Button>
        </div>
      </div>
      {request.note !== undefined && <NoteText note={request.note} />}
      {request.pulled === true && <PulledBanner id={request.id} />}
      <HandshakeBars request={request} />
      <VerdictBanner request={request} />
    </>
  );
}

/** A long target takes one line; its title and the tab Raw give it whole. */
function RequestLine({ request }: { readonly request: ExchangeDetail }) {
  const line = `${visibleText(request.method)} ${visibleText(request.target)}`;
  return (
    <span className="mono cut detail-target" title={line}>
      {line}
    </span>
  );
}

/** A reply that ended without a status is one that was never given. */
function answeredWords({ reply, pulled, imported }: ExchangeDetail): string {
  if (reply.status === null && (pulled === true || imported === true)) return 'never arrived here';
  if (reply.ms === undefined) return reply.status === null ? 'not answered yet' : `answered ${reply.status}`;
  const inTime = formatDuration(reply.ms);
  return reply.status === null ? `no answer after ${inTime}` : `answered ${reply.status} in ${inTime}`;
}

function WebPageBadge() {
  return (
    <>
      {' '}
      <Tooltip
        label="A web page in a browser sent this (Origin or Sec-Fetch-Site says so). Providers never do: be careful with it."
        multiline
        w={300}
        events={{ hover: true, focus: true, touch: true }}
      >
        <span className="badge warn" tabIndex={0} role="note" aria-label="Web page: a page in a browser sent this">
          Web page
        </span>
      </Tooltip>
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

function VerdictBanner({ request }: { readonly request: ExchangeDetail }) {
  const { verdict } = request;
  const tone = verdictTone(verdict.status);
  return (
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
            The body was larger than the limit: {formatSize(request.storedSize)} of {formatSize(request.size)} are kept.
          </p>
        )}
      </div>
    </div>
  );
}
