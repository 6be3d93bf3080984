// The body: laid out, as text, as form fields or as hex, whichever its bytes allow.

import { Button, SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { headerValue } from '../../../shared/headers.ts';
import { viewBody } from '../../lib/body-view.ts';
import type { BodyView } from '../../lib/body-view.ts';
import { formatSize } from '../../lib/format.ts';
import { CodeView } from '../../ui/code.tsx';
import { HeaderTable } from '../../ui/header-table.tsx';
import { HexView } from '../../ui/hex-view.tsx';
import { useBody } from './use-body.ts';
import type { LoadedBody } from './use-body.ts';

type Mode = 'pretty' | 'fields' | 'text' | 'hex';

const modeLabels: Readonly<Record<Mode, string>> = { pretty: 'Pretty', fields: 'Fields', text: 'Text', hex: 'Hex' };

/** The tab "Body". */
export function BodyTab({ request }: { readonly request: ExchangeDetail }) {
  const body = useBody(request.id, request.storedSize);
  const contentType = headerValue(request.headers, 'content-type');
  const { bytes, complete } = body;
  const view = useMemo(() => viewBody(bytes, contentType, complete), [bytes, contentType, complete]);
  const [chosen, setChosen] = useState<Mode | null>(null);
  const modes = modesOf(view);
  const mode = chosen !== null && modes.includes(chosen) ? chosen : (modes[0] ?? 'hex');

  if (request.storedSize === 0) return <div className="empty">The request has no body.</div>;
  if (bytes.length === 0) return <div className="empty">{body.error?.message ?? 'Loading…'}</div>;
  return (
    <div className="body-pane">
      <div className="body-tools">
        {modes.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label="Show the body as"
            value={mode}
            onChange={(next) => setChosen(next)}
            data={modes.map((value) => ({ value, label: modeLabels[value] }))}
          />
        )}
        <span className="grow cut">
          {contentType ?? 'no content type'}
          {view.note === null ? '' : ` · ${view.note}`}
        </span>
        <MoreOfBody body={body} stored={request.storedSize} />
      </div>
      {mode === 'hex' && <HexView bytes={bytes} label="Body as hex" />}
      {mode === 'pretty' && <CodeView text={view.pretty ?? ''} syntax={view.syntax} label="Body, laid out" />}
      {mode === 'text' && (
        <CodeView text={view.text ?? ''} syntax={view.pretty === null ? view.syntax : 'plain'} label="Body as text" />
      )}
      {mode === 'fields' && (
        <div className="tab-pane" role="region" aria-label="Form body" tabIndex={0}>
          <HeaderTable headers={view.fields ?? []} label="Form fields" />
        </div>
      )}
    </div>
  );
}

function modesOf(view: BodyView): Mode[] {
  const modes: Mode[] = [];
  if (view.pretty !== null) modes.push('pretty');
  if (view.fields !== null) modes.push('fields');
  if (view.text !== null) modes.push('text');
  modes.push('hex');
  return modes;
}

/** Says how much of the body is loaded, and loads more. */
export function MoreOfBody({ body, stored }: { readonly body: LoadedBody; readonly stored: number }) {
  if (body.complete) return null;
  return (
    <span className="row-line">
      {formatSize(body.bytes.length)} of {formatSize(stored)}
      <Button size="compact-xs" loading={body.loading} onClick={body.more}>
        Show more
      </Button>
    </span>
  );
}
