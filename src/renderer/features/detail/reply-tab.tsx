// What the sender was answered, and how soon.

import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { formatDuration } from '../../lib/format.ts';
import { hashOf } from '../../state/route.ts';
import { useApp } from '../../state/use-app.ts';
import { Card } from '../../ui/card.tsx';
import { HeaderTable } from '../../ui/header-table.tsx';
import { Visible } from '../../ui/visible.tsx';

/** The tab "Reply". */
export function ReplyTab({ request }: { readonly request: ExchangeDetail }) {
  const { reply } = request;
  const endpoint = useApp((state) => state.mirror.endpoints.find(({ id }) => id === request.endpoint));
  const planned = endpoint !== undefined && !reply.challenge && endpoint.reply.status === reply.status;
  return (
    <div className="tab-pane" role="region" aria-label="Reply sent" tabIndex={0}>
      <Card title="Reply">
        <dl className="facts card-body">
          <dt>Status</dt>
          <dd>
            {reply.status === null ? (
              'not answered yet'
            ) : (
              <span className={`badge ${reply.status < 300 ? 'ok' : 'bad'}`}>{reply.status}</span>
            )}
          </dd>
          <dt>Time</dt>
          <dd>
            {reply.ms === undefined
              ? 'still in flight'
              : `${formatDuration(reply.ms)}, from request start to reply end`}
          </dd>
          <dt>Decided by</dt>
          <dd>
            {reply.challenge && 'the provider’s handshake'}
            {!reply.challenge && endpoint && (
              <a href={hashOf({ view: 'endpoint', id: endpoint.id })}>
                <Visible text={endpoint.name} />
              </a>
            )}
            {!reply.challenge && !endpoint && request.endpoint}
          </dd>
        </dl>
      </Card>
      {planned && (
        <Card title="The endpoint’s reply, as it is set now" aside={String(endpoint.reply.status)}>
          <HeaderTable headers={endpoint.reply.headers} label="Reply headers" />
          <div className="code-block" role="region" aria-label="Reply body" tabIndex={0}>
            {endpoint.reply.body === '' ? <span className="muted">empty</span> : <Visible text={endpoint.reply.body} />}
          </div>
        </Card>
      )}
    </div>
  );
}
