// One request in the list: verdict, event, where it came in, how big, when, and what was answered.

import { ChevronDown, ChevronRight, Pin, StickyNote } from 'lucide-react';
import { memo, useContext } from 'react';
import type { DuplicateVerdict, ExchangeSummary } from '../../../shared/exchange.ts';
import { formatSize, pathOf } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { rowName, titleOf, verdictTitles, verdictTone } from '../../lib/words.ts';
import { useProviderName } from '../../state/use-providers.ts';
import { Moment } from '../../ui/moment.tsx';
import { RowBox } from '../../ui/row-box.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';
import type { RowProps } from '../../ui/virtual-grid.tsx';
import { GroupsContext } from './use-groups.ts';

/** Cells of a row of the grid "Requests": news moves rows, and what stands in them stays. */
export const RequestRow = memo(function RequestRow({ item }: RowProps<ExchangeSummary>) {
  const { verdict, duplicate, reply } = item;
  const tone = verdictTone(verdict.status);
  const provider = useProviderName(item.provider);
  const where = `${visibleText(item.method)} ${visibleText(pathOf(item.target))}`;
  const line = [
    item.event === null ? null : where,
    provider === null ? null : visibleText(provider),
    formatSize(item.size),
  ];
  const title = item.event === null ? where : titleOf(item);
  const about = `${line.filter((part) => part !== null).join(' · ')}${reply.challenge ? ' · handshake answered' : ''}`;
  const ended = reply.ms !== undefined;
  const unanswered = item.pulled === true || item.imported === true ? '' : ended ? 'no answer' : '…';
  const isBad = reply.status === null ? ended : reply.status >= 300;
  return (
    <>
      <RowBox id={item.id} name={rowName(item)} />
      <span role="gridcell">
        <ToneIcon tone={tone} label={verdictTitles[verdict.status]} />
      </span>
      <span role="gridcell" className="cut">
        <span className="request-title">
          <GroupFold id={item.id} />
          <b className="cut" title={title}>
            {title}
          </b>
          <DuplicateBadge duplicate={duplicate} />
          {tone === 'warn' && <span className="badge warn">{verdict.status}</span>}
          {item.webPage === true && <span className="badge warn">web page</span>}
          {item.pulled === true && <span className="badge dup">pulled</span>}
          {item.imported === true && <span className="badge dup">imported</span>}
          {item.truncated && <span className="badge warn">cut</span>}
        </span>
        <span className="request-line cut" title={about}>
          {about}
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
});

/** Opens or closes the group that the row stands for; a line where the row is one of an open group. */
function GroupFold({ id }: { readonly id: string }) {
  const { places, toggle } = useContext(GroupsContext);
  const place = places.get(id);
  if (place === undefined) return null;
  if (!place.isHead) return <span className="group-member" aria-hidden="true" />;
  const Icon = place.isOpen ? ChevronDown : ChevronRight;
  return (
    <button
      type="button"
      className="group-fold"
      // The grid has the keys: Right and Left do the same.
      tabIndex={-1}
      aria-expanded={place.isOpen}
      aria-label={`Group of ${place.count}`}
      onMouseDown={(event) => event.preventDefault()}
      onClick={(event) => {
        event.stopPropagation();
        toggle(place.root);
      }}
    >
      <Icon size={13} aria-hidden="true" />
      {!place.isOpen && place.count}
    </button>
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
