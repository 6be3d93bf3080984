// The exact bytes that a signature covers, with what does not show made visible, and the recipe they were joined by.

import type { SignatureView } from '../../../shared/exchange.ts';
import { decodeUtf8Head } from '../../lib/body-text.ts';
import { formatCount, formatSize } from '../../lib/format.ts';
import { Card } from '../card.tsx';
import { HexView } from '../hex-view.tsx';
import { Visible } from '../visible.tsx';
import './signature.css';

/** What is drawn with marks; the rest would only slow the page down. */
const shownBytes = 16_384;

/** The card "Bytes that are signed". */
export function SignedBytes({ signature }: { readonly signature: SignatureView }) {
  const { signedBytes, signedSize, recipe } = signature;
  const head = signedBytes.subarray(0, shownBytes);
  const text = decodeUtf8Head(head);
  const rest = signedSize - head.length;
  return (
    <Card title="Bytes that are signed, as received" aside={`${formatCount(signedSize)} bytes`}>
      <div className="recipe-line">
        <span className="muted">Recipe</span>
        <code>
          <Visible text={recipe} />
        </code>
      </div>
      {signedSize === 0 && <div className="code-block muted">none</div>}
      {signedSize > 0 && text === null && (
        <div className="bytes-pane">
          <HexView bytes={signedBytes} label="Signed bytes" />
        </div>
      )}
      {signedSize > 0 && text !== null && (
        <div className="code-block signed-bytes" role="region" aria-label="Signed bytes" tabIndex={0}>
          <Visible text={text} whitespace />
          {rest > 0 && <span className="muted"> … and {formatSize(rest)} more</span>}
        </div>
      )}
    </Card>
  );
}
