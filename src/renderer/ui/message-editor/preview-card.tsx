// Exactly what will be sent: request line, headers and body as the host would write them now.

import type { CommandOutput } from '../../../shared/contract.ts';
import { decodeUtf8Head } from '../../lib/body-text.ts';
import { formatSize } from '../../lib/format.ts';
import type { Preview } from '../../lib/preview.ts';
import { Card } from '../card.tsx';
import { Visible } from '../visible.tsx';

const shownBytes = 4_096;

/** The card "Exactly what will be sent". */
export function PreviewCard({ preview }: { readonly preview: Preview }) {
  return (
    <Card title="Exactly what will be sent" aside={preview.kind === 'ready' ? 'attempt 1' : ''}>
      {preview.kind === 'waiting' && <div className="card-body muted">{preview.why}</div>}
      {preview.kind === 'failed' && (
        <div className="card-body">
          <span className="tone-bad">{preview.error.message}</span> <span className="muted">{preview.error.hint}</span>
        </div>
      )}
      {preview.kind === 'ready' && <Message value={preview.value} />}
    </Card>
  );
}

function Message({ value }: { readonly value: CommandOutput<'compose.preview'> }) {
  const url = URL.canParse(value.url) ? new URL(value.url) : null;
  const text = decodeUtf8Head(value.body.subarray(0, shownBytes));
  const rest = value.body.length - shownBytes;
  return (
    <div className="code-block preview-block" role="region" aria-label="Message preview" tabIndex={0}>
      <b>
        <Visible text={`${value.method} ${url ? url.pathname + url.search : value.url} HTTP/1.1`} />
      </b>
      {value.headers.map(([name, content], index) => (
        // Repeated headers are the same in all but their place.
        <div key={index}>
          <span className="muted">
            <Visible text={name} />:
          </span>{' '}
          <Visible text={content} />
        </div>
      ))}
      <br />
      {text === null ? `${formatSize(value.body.length)} of binary data` : <Visible text={text} />}
      {rest > 0 && text !== null && <span className="muted"> … and {formatSize(rest)} more</span>}
    </div>
  );
}
