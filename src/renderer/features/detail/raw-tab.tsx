// The request as it came: request line, headers, body. Bytes that are no text are drawn as escapes.

import { useMemo } from 'react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { decodeUtf8, decodeUtf8Head } from '../../lib/body-text.ts';
import { CodeView } from '../../ui/code.tsx';
import { MoreOfBody } from './body-tab.tsx';
import { useBody } from './use-body.ts';

/** The tab "Raw". */
export function RawTab({ request }: { readonly request: ExchangeDetail }) {
  const body = useBody(request.id, request.storedSize);
  const { bytes, complete } = body;
  const text = useMemo(() => `${headOf(request)}\n${bodyText(bytes, complete)}`, [request, bytes, complete]);
  return (
    <div className="body-pane">
      {!complete && (
        <div className="body-tools">
          <span className="grow" />
          <MoreOfBody body={body} stored={request.storedSize} />
        </div>
      )}
      <CodeView text={text} syntax="plain" label="Raw request" />
    </div>
  );
}

function headOf(request: ExchangeDetail): string {
  const lines = request.headers.map(([name, value]) => `${name}: ${value}`);
  return [`${request.method} ${request.target} HTTP/${request.httpVersion}`, ...lines, ''].join('\n');
}

function bodyText(bytes: Uint8Array, complete: boolean): string {
  return (complete ? decodeUtf8(bytes) : decodeUtf8Head(bytes)) ?? latin1(bytes);
}

/** One character per byte, so that C1 bytes show as escapes (TextDecoder's "latin1" is Windows-1252). */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return text;
}
