// The request as it came: request line, headers, body. Bytes that are no text are drawn as escapes.

import { useMemo } from 'react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { decodeUtf8 } from '../../lib/body-text.ts';
import { hasLongLine } from '../../lib/body-view.ts';
import { sliceSize, sourceAfter } from '../../ui/body/body-source.ts';
import type { BodySource } from '../../ui/body/body-source.ts';
import { LinesView } from '../../ui/body/lines-view.tsx';
import { useSlices } from '../../ui/body/use-slices.ts';
import { CodeView } from '../../ui/code.tsx';
import '../../ui/body/body.css';
import { useStoredBody } from './use-body.ts';

/** The tab "Raw". */
export function RawTab({ request }: { readonly request: ExchangeDetail }) {
  const body = useStoredBody(request.id, request.storedSize);
  return (
    <div className="body-pane">
      {request.storedSize > sliceSize ? (
        <RawLines request={request} body={body} />
      ) : (
        <RawText request={request} body={body} />
      )}
    </div>
  );
}

interface RawProps {
  readonly request: ExchangeDetail;
  readonly body: BodySource;
}

function RawText({ request, body }: RawProps) {
  const { bytes, complete, error } = useSlices(body);
  const text = useMemo(() => `${headOf(request)}\n${decodeUtf8(bytes) ?? latin1(bytes)}`, [request, bytes]);
  const long = useMemo(() => hasLongLine(text), [text]);
  if (!complete) return <div className="empty">{error?.message ?? 'Loading…'}</div>;
  return long ? (
    <RawLines request={request} body={body} />
  ) : (
    <CodeView text={text} syntax="plain" label="Raw request" />
  );
}

function RawLines({ request, body }: RawProps) {
  const source = useMemo(() => sourceAfter(new TextEncoder().encode(`${headOf(request)}\n`), body), [request, body]);
  return <LinesView key={source.key} source={source} label="Raw request" words="" goTo={null} />;
}

function headOf(request: ExchangeDetail): string {
  const lines = request.headers.map(([name, value]) => `${name}: ${value}`);
  return [`${request.method} ${request.target} HTTP/${request.httpVersion}`, ...lines, ''].join('\n');
}

/** One character per byte, so that C1 bytes show as escapes (TextDecoder's "latin1" is Windows-1252). */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return text;
}
