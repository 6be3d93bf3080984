// One request in the list: verdict, event, where it came in, how big, when, and what was answered.

import { Pin, StickyNote } from 'lucide-react';
import type { DuplicateVerdict, ExchangeSummary } from '../../../shared/exchange.ts';
import { formatSize, pathOf } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { titleOf, verdictTitles, verdictTone } from '../../lib/words.ts';
import { useProviderName } from '../../state/use-providers.ts';
import { Moment } from '../../ui/moment.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';
import type { RowProps } from '../../ui/virtual-grid.tsx';

/** Cells of a row of the grid "Requests". */
export function RequestRow({ item }: RowProps<ExchangeSummary>) {
  const { verdict, duplicate, reply } = item;
  const tone = verdictTone(verdict.status);
  const provider = useProviderName(item.provider);
  const where = `${visibleText(item.method)} ${visibleText(pathOf(item.target))}`;
  const line = [
    item.event === null ? null : where,
    provider === null ? null : visibleText(provider),
    formatSize(item.size),
  ];
  const ended = reply.ms !== undefined;
  const unanswered = item.pulled === true ? '' : ended ? 'no answer' : '…';
  const isBad = reply.status === null ? ended : reply.status >= 300;
  return (
    <>
      <span role="gridcell">
        <ToneIcon tone={tone} label={verdictTitles[verdict.status]} />
      </span>
      <span role="gridcell" className="cut">
        <span className="request-title">
          <b className="cut">{item.event === null ? where : titleOf(item)}</b>
          <DuplicateBadge duplicate={duplicate} />
          {tone === 'warn' && <span className="badge warn">{verdict.status}</span>}
          {item.webPage === true && <span className="badge warn">web page</span>}
          {item.pulled === true && <span className="badge dup">pulled</span>}
          {item.truncated && <span className="badge warn">cut</span>}
        </span>
        <span className="request-line cut" style={{ display: 'block' }}>
          {line.filter((part) => part !== null).join(' · ')}
          {reply.challenge && ' · handshake answered'}
        </span>
      </span>
      <span role="gridcell" className="request-end">
        <Moment at={item.receivedAt} />
        <br />
        {item.pinned === true && <Pin className="row-mark" size={12} aria-label="pinned" />}
        {item.note !== undefined && <StickyNote className="row-mark" size={12} aria-label="with a note" />}
        <span className={isBad ? 'tone-bad' : ''}>{reply.status ?? unanswered}</span>
      </span>
    </>
  );
}

const duplicateEnds = { retry: '', conflict: ' other body', 'same-body': ' same body' };

function DuplicateBadge({ duplicate }: { readonly duplicate: DuplicateVerdict }) {
  if (duplicate.kind === 'first') return null;
  return (
    <span className={duplicate.kind === 'conflict' ? 'badge bad' : 'badge dup'}>
      ×{duplicate.n}
      {duplicateEnds[duplicate.kind]}
    </span>
  );
}
