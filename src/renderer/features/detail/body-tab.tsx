// The body of a request in the viewers, as stored or, on demand, decoded.

import { useMemo, useState } from 'react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { headerValue } from '../../../shared/headers.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { BodyViewer } from '../../ui/body/body-viewer.tsx';
import { sniffCoding } from '../../lib/body-coding.ts';
import { BodyDecoding } from './body-decoding.tsx';
import { useDecodedBody } from './use-decoded-body.ts';
import { useStoredBody } from './use-body.ts';

/** The tab "Body". */
export function BodyTab({ request }: { readonly request: ExchangeDetail }) {
  const stored = useStoredBody(request.id, request.storedSize);
  const decoding = useDecodedBody(request);
  const [decoded, setDecoded] = useState(true);
  const views = useApp((state) => state.bodyViews);
  const { chooseBodyView } = useActions();
  const chosen = useMemo(() => ({ views, choose: chooseBodyView }), [views, chooseBodyView]);
  const contentType = headerValue(request.headers, 'content-type');

  if (request.storedSize === 0) return <div className="empty">The request has no body.</div>;
  const source = decoded && decoding.source !== null ? decoding.source : stored;
  return (
    <BodyViewer
      key={source.key}
      source={source}
      contentType={contentType}
      saveName={nameFor(request, contentType)}
      chosen={chosen}
      renderExtra={(head) => (
        <BodyDecoding
          decoding={decoding}
          shown={source !== stored}
          storedSize={request.storedSize}
          sniffed={sniffCoding(head)}
          onShow={setDecoded}
        />
      )}
    />
  );
}

const endings: readonly (readonly [RegExp, string])[] = [
  [/[/+]json\b/, 'json'],
  [/[/+]xml\b/, 'xml'],
  [/html/, 'html'],
  [/^text\//, 'txt'],
  [/^image\/(?:png|gif|webp|avif|bmp)/, 'image'],
  [/^image\/jpe?g/, 'jpg'],
];

/** A name to propose; the main process makes it safe. */
function nameFor(request: ExchangeDetail, contentType: string | undefined): string {
  const type = contentType?.toLowerCase() ?? '';
  const ending = endings.find(([pattern]) => pattern.test(type))?.[1] ?? 'bin';
  const last = ending === 'image' ? (/^image\/(\w+)/.exec(type)?.[1] ?? 'bin') : ending;
  return `${request.event ?? 'body'}-${request.id}.${last}`;
}
