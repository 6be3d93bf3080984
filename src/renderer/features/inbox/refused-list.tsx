// What reached the socket and did not become a request, with the reason and its first bytes.

import { Popover } from '@mantine/core';
import type { RefusedEntry, RefusedReason } from '../../../shared/exchange.ts';
import { formatSize, plural } from '../../lib/format.ts';
import { useApp } from '../../state/use-app.ts';
import { Moment } from '../../ui/moment.tsx';
import { Visible } from '../../ui/visible.tsx';

const reasons: Readonly<Record<RefusedReason, string>> = {
  'bad-request': 'Not a valid HTTP request',
  'headers-too-large': 'Headers too large',
  timeout: 'Not complete in time',
  aborted: 'Connection closed half-way',
  busy: 'Too many requests at once',
  access: 'Address not allowed',
  rate: 'Too many requests in a short time',
  quota: 'The endpoint’s storage is full',
  'no-endpoint': 'No endpoint takes this path',
  'not-stored': 'Could not be stored',
};

/** A link "2 refused" that opens the list; nothing when there are none. */
export function RefusedList() {
  const refused = useApp((state) => state.mirror.refused);
  if (refused.length === 0) return null;
  return (
    <Popover position="top-end" width={380} withinPortal trapFocus>
      <Popover.Target>
        <button type="button" className="link-button">
          {refused.length} refused
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Refused connections">
        <b>{plural(refused.length, 'connection')} did not become a request</b>
        <ul className="refused-list">
          {refused.slice(0, 50).map((entry, index) => (
            // Entries carry no id, and new ones come in above.
            <li key={refused.length - index}>
              <Refused entry={entry} />
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function Refused({ entry }: { readonly entry: RefusedEntry }) {
  const head = new TextDecoder('latin1').decode(entry.head.subarray(0, 300));
  return (
    <>
      <div className="row-line">
        <span className="grow">{reasons[entry.reason]}</span>
        {entry.status !== null && <span className="badge bad">{entry.status}</span>}
      </div>
      <div className="muted">
        <Moment at={entry.at} /> · from {entry.remoteAddress} · {formatSize(entry.bytes)}
      </div>
      {head !== '' && (
        <div className="code-block">
          <Visible text={head} />
        </div>
      )}
    </>
  );
}
