// What the sender was answered, by whom and why, and what became of the forwards.

import type { ExchangeDetail } from '../../../shared/exchange.ts';
import type { ForwardResult } from '../../../shared/forwards.ts';
import type { ReplyRecord } from '../../../shared/replies.ts';
import { decodeUtf8Head, isBinary } from '../../lib/body-text.ts';
import { formatDuration, formatSize, plural } from '../../lib/format.ts';
import { resultTone, resultWords } from '../../lib/forward-words.ts';
import { faultSentence, replyByWords, statusTone } from '../../lib/reply-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';
import { useApp } from '../../state/use-app.ts';
import { Card } from '../../ui/card.tsx';
import { HeaderTable } from '../../ui/header-table.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Visible } from '../../ui/visible.tsx';

/** The tab "Reply". */
export function ReplyTab({ request }: { readonly request: ExchangeDetail }) {
  const { replyRecord, forwards } = request;
  return (
    <div className="tab-pane" role="region" aria-label="Reply sent" tabIndex={0}>
      <ReplyCard request={request} />
      {replyRecord !== null && <SentCard record={replyRecord} />}
      {forwards.length > 0 && <ForwardsCard forwards={forwards} />}
    </div>
  );
}

function ReplyCard({ request }: { readonly request: ExchangeDetail }) {
  const { reply, replyRecord } = request;
  const inFlight = reply.ms === undefined;
  const status = replyRecord === null ? reply.status : replyRecord.status;
  return (
    <Card title="Reply">
      <dl className="facts card-body">
        <dt>Status</dt>
        <dd>
          {status === null ? noStatusWords(request) : <span className={`badge ${statusTone(status)}`}>{status}</span>}
        </dd>
        {(inFlight ? hasArrived(request) : request.pulled !== true) && (
          <>
            <dt>Time</dt>
            <dd>{inFlight ? 'still in flight' : `${formatDuration(reply.ms)}, from request start to reply end`}</dd>
          </>
        )}
        <DecidedBy request={request} />
        {replyRecord !== null && replyRecord.why !== '' && (
          <>
            <dt>Why</dt>
            <dd>
              <Visible text={replyRecord.why} />
            </dd>
          </>
        )}
        {replyRecord !== null && replyRecord.delayMs > 0 && (
          <>
            <dt>Delay</dt>
            <dd>{formatDuration(replyRecord.delayMs)}, on purpose</dd>
          </>
        )}
        {replyRecord !== null && replyRecord.fault !== null && (
          <>
            <dt>Fault</dt>
            <dd>{faultSentence(replyRecord.fault)}</dd>
          </>
        )}
      </dl>
    </Card>
  );
}

/** Pulled and imported requests never came over the network. */
function hasArrived({ pulled, imported }: ExchangeDetail): boolean {
  return pulled !== true && imported !== true;
}

function noStatusWords(request: ExchangeDetail) {
  const { reply } = request;
  if (!hasArrived(request)) return 'none: it never arrived here';
  return reply.ms === undefined ? 'not answered yet' : <span className="badge bad">no answer</span>;
}

function DecidedBy({ request }: { readonly request: ExchangeDetail }) {
  const { reply, replyRecord } = request;
  const endpoint = useApp((state) => state.mirror.endpoints.find(({ id }) => id === request.endpoint));
  const by = replyRecord?.by ?? reply.by ?? (reply.challenge ? 'handshake' : null);
  if (!hasArrived(request)) return null;
  return (
    <>
      <dt>Decided by</dt>
      <dd>
        {by !== null && by !== 'endpoint' && `${replyByWords[by]} of `}
        {endpoint === undefined ? (
          <Visible text={request.endpoint} />
        ) : (
          <a href={hashOf({ view: 'endpoint', id: endpoint.id })}>
            <Visible text={endpoint.name} />
          </a>
        )}
      </dd>
    </>
  );
}

/** Most characters of a body that are drawn here. */
const shownBytes = 16_384;

function SentCard({ record }: { readonly record: ReplyRecord }) {
  if (record.status === null) return null;
  return (
    <Card title="What was sent" aside={`${record.status}, ${formatSize(record.size)}`}>
      {record.headers.length > 0 && <HeaderTable headers={record.headers} label="Reply headers" />}
      <div className="code-block" role="region" aria-label="Reply body" tabIndex={0}>
        <SentBody record={record} />
      </div>
    </Card>
  );
}

function SentBody({ record: { body, size } }: { readonly record: ReplyRecord }) {
  if (size === 0) return <span className="muted">empty</span>;
  const shown = body.subarray(0, shownBytes);
  const text = decodeUtf8Head(shown);
  return (
    <>
      {text === null || isBinary(text) ? (
        <span className="muted">{plural(size, 'byte')} that are no text</span>
      ) : (
        <Visible text={text} />
      )}
      {shown.length < size && text !== null && <div className="muted">… {formatSize(size)} in all</div>}
    </>
  );
}

function ForwardsCard({ forwards }: { readonly forwards: readonly ForwardResult[] }) {
  return (
    <Card title={plural(forwards.length, 'forward')}>
      <ul className="forward-results" aria-label="Forwards">
        {forwards.map((result) => (
          <li key={result.forwardId}>
            <div className="row-line">
              <span className={`badge ${resultTone(result)}`}>{result.status ?? resultWords[result.state]}</span>
              <span className="mono grow cut" title={result.url}>
                {visibleText(result.url)}
              </span>
              <span className="muted">
                {result.mode}
                {result.ms === null ? '' : `, ${formatDuration(result.ms)}`}
              </span>
              <span className="muted">
                <Moment at={result.at} />
              </span>
            </div>
            <div className="soft">
              <Visible text={result.message} />
              {result.deliveryId !== null && (
                <>
                  {' '}
                  <a href={hashOf({ view: 'deliveries', id: result.deliveryId })}>Show the delivery</a>
                </>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
