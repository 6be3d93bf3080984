// All deliveries of the same event on a time line: with the gaps, what differed and what each was answered. Here stands
// the answer to "why was my handler called twice".

import type { ExchangeDetail, ExchangeSummary } from '../../../shared/exchange.ts';
import { formatDuration, plural } from '../../lib/format.ts';
import { statusTone } from '../../lib/reply-words.ts';
import { duplicateWord, verdictTitles, verdictTone } from '../../lib/words.ts';
import { groupDifferences } from '../../lib/group-differences.ts';
import { hashOf } from '../../state/route.ts';
import { Card } from '../../ui/card.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Visible } from '../../ui/visible.tsx';

/** The tab "Deliveries". */
export function DeliveriesTab({ request }: { readonly request: ExchangeDetail }) {
  const { group, replays } = request;
  return (
    <div className="tab-pane" role="region" aria-label="Time line" tabIndex={0}>
      <Card title={group.length === 1 ? 'Delivered once' : `Delivered ${group.length} times`} aside={idOf(request)}>
        <ol className="timeline" aria-label="Deliveries of this event">
          {group.map((entry, index) => (
            <Entry
              key={entry.id}
              entry={entry}
              before={group[index - 1]}
              first={group[0]}
              current={entry.id === request.id}
            />
          ))}
        </ol>
      </Card>
      {replays.length > 0 && (
        <Card title={plural(replays.length, 'replay')}>
          <ul className="card-body">
            {replays.map((id) => (
              <li key={id}>
                <a className="mono" href={hashOf({ view: 'deliveries', id })}>
                  {id}
                </a>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}

function idOf(request: ExchangeDetail) {
  return request.deliveryId === null ? (
    'no delivery id: compared by body'
  ) : (
    <span className="mono cut">
      <Visible text={request.deliveryId} />
    </span>
  );
}

interface EntryProps {
  readonly entry: ExchangeSummary;
  readonly before: ExchangeSummary | undefined;
  readonly first: ExchangeSummary | undefined;
  readonly current: boolean;
}

function Entry({ entry, before, first, current }: EntryProps) {
  const differences = first && first.id !== entry.id ? groupDifferences(first, entry) : null;
  const { status, ms } = entry.reply;
  const time = <Moment at={entry.receivedAt} />;
  return (
    <li aria-current={current ? 'true' : undefined}>
      <span className={`timeline-dot ${verdictTone(entry.verdict.status)}`} />
      {before && <div className="gap">{formatDuration(entry.receivedAt - before.receivedAt)} later</div>}
      <div className="row-line">
        {current ? <b>{time}</b> : <a href={hashOf({ view: 'inbox', id: entry.id })}>{time}</a>}
        <span>{duplicateWord(entry.duplicate.kind)}</span>
        <span className="muted">{verdictTitles[entry.verdict.status]}</span>
        <span className="grow" />
        <span className={`badge ${status === null && ms === undefined ? '' : statusTone(status)}`}>
          {status ?? (ms === undefined ? 'in flight' : 'no answer')}
        </span>
        <span className="muted">{ms === undefined ? '' : formatDuration(ms)}</span>
      </div>
      {differences !== null && (
        <div className="soft">{differences.length === 0 ? 'same bytes as the first' : differences.join(', ')}</div>
      )}
    </li>
  );
}
