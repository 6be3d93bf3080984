// How the signature was checked, byte for byte: the verdict, what was signed, what came and what should have come.

import type { ExchangeDetail, SignatureView } from '../../../shared/exchange.ts';
import { decodeUtf8Head } from '../../lib/body-text.ts';
import { difference } from '../../lib/difference.ts';
import type { DifferingText } from '../../lib/difference.ts';
import { formatCount, formatDuration, formatMoment, formatSize } from '../../lib/format.ts';
import { verdictTitles, verdictTone } from '../../lib/words.ts';
import { hashOf } from '../../state/route.ts';
import { Card } from '../../ui/card.tsx';
import { HexView } from '../../ui/hex-view.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';
import { Visible } from '../../ui/visible.tsx';

/** The tab "Signature". */
export function SignatureTab({ request }: { readonly request: ExchangeDetail }) {
  const { verdict, signature } = request;
  return (
    <div className="tab-pane" role="region" aria-label="Signature check" tabIndex={0}>
      <VerdictCard request={request} />
      {verdict.diagnosis.length > 0 && (
        <Card title="Diagnosis">
          <ul className="findings" aria-label="Diagnosis">
            {verdict.diagnosis.map((finding) => (
              <li key={finding.code}>
                <ToneIcon tone="ok" />
                <Visible text={finding.message} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      {signature !== null && <Compared signature={signature} valid={verdict.status === 'valid'} />}
      {signature !== null && <SignedBytes signature={signature} />}
    </div>
  );
}

function VerdictCard({ request }: { readonly request: ExchangeDetail }) {
  const { verdict } = request;
  const tone = verdictTone(verdict.status);
  const saysTitle = verdict.message.toLowerCase().startsWith(verdictTitles[verdict.status].toLowerCase());
  return (
    <Card title="Verdict" aside={verdict.scheme ?? ''}>
      <div className="card-body stack">
        <div role="status" aria-label="Verdict" className="row-line">
          <ToneIcon tone={tone} />
          <span>
            {!saysTitle && <b className={tone === 'none' ? '' : `tone-${tone}`}>{verdictTitles[verdict.status]}. </b>}
            <Visible text={verdict.message} />
          </span>
        </div>
        <dl className="facts">
          {verdict.secretName !== undefined && (
            <>
              <dt>Secret</dt>
              <dd>
                “<Visible text={verdict.secretName} />”
              </dd>
            </>
          )}
          {verdict.timestampAt !== undefined && (
            <>
              <dt>Signed at</dt>
              <dd>{ageWords(request.receivedAt, verdict.timestampAt, verdict.toleranceMs)}</dd>
            </>
          )}
          <dt>Reason</dt>
          <dd className="mono">{verdict.reason}</dd>
        </dl>
        {verdict.warnings.map((warning) => (
          <div key={warning} className="row-line">
            <ToneIcon tone="warn" label="Warning" />
            <span className="soft">
              <Visible text={warning} />
            </span>
          </div>
        ))}
        {verdict.reason === 'no-secret' && (
          <div className="soft">
            Add the signing secret to the <a href={hashOf({ view: 'endpoint', id: request.endpoint })}>endpoint</a>, and
            the next request is checked.
          </div>
        )}
      </div>
    </Card>
  );
}

function ageWords(receivedAt: number, timestampAt: number, toleranceMs: number | undefined): string {
  const age = receivedAt - timestampAt;
  const when = age < 0 ? `${formatDuration(-age)} ahead of arrival` : `${formatDuration(age)} before it arrived`;
  const tolerated = toleranceMs === undefined ? '' : `, tolerated are ${formatDuration(toleranceMs)}`;
  return `${formatMoment(timestampAt)}, ${when}${tolerated}`;
}

function Compared({ signature, valid }: { readonly signature: SignatureView; readonly valid: boolean }) {
  const received = signature.received;
  const match = signature.expected.find(({ value }) => value === received) ?? signature.expected[0];
  const parts = match && received !== null ? difference(match.value, received) : null;
  return (
    <div className="two">
      <Card
        title={match ? <>Expected · “{<Visible text={match.secretName} />}”</> : 'Expected'}
        aside={<span>{signature.algorithm}</span>}
      >
        <div className="code-block">
          {parts && <Differing text={parts.a} tone="ok" />}
          {match && !parts && match.value}
          {!match && (
            <span className="muted">{valid ? 'checked with a public key' : 'no secret to compute it with'}</span>
          )}
        </div>
      </Card>
      <Card title="Received" aside={<span className="mono">{signature.header}</span>}>
        <div className="code-block">
          {parts && <Differing text={parts.b} tone="bad" />}
          {!parts && received !== null && <Visible text={received} />}
          {received === null && <span className="tone-bad">nothing: the header was not sent</span>}
        </div>
      </Card>
      {signature.expected.length > 1 && (
        <Card title="With each secret">
          <div className="code-block">
            {signature.expected.map(({ secretName, value }) => (
              <div key={secretName}>
                <span className="muted">“{secretName}”</span> {value}
              </div>
            ))}
          </div>
        </Card>
      )}
    </div>
  );
}

function Differing({ text, tone }: { readonly text: DifferingText; readonly tone: 'ok' | 'bad' }) {
  return (
    <>
      <Visible text={text.before} />
      {text.differs !== '' && (
        <span className={`differs-${tone}`}>
          <Visible text={text.differs} />
        </span>
      )}
      <Visible text={text.after} />
    </>
  );
}

/** What is drawn with marks; the rest would only slow the page down. */
const shownBytes = 16_384;

function SignedBytes({ signature }: { readonly signature: SignatureView }) {
  const { signedBytes, signedSize, recipe } = signature;
  const head = signedBytes.subarray(0, shownBytes);
  const text = decodeUtf8Head(head);
  const rest = signedSize - head.length;
  return (
    <Card title="Bytes that are signed, as received" aside={`${recipe} · ${formatCount(signedSize)} bytes`}>
      {text === null ? (
        <div className="bytes-pane">
          <HexView bytes={signedBytes} label="Signed bytes" />
        </div>
      ) : (
        <div className="code-block signed-bytes" role="region" aria-label="Signed bytes" tabIndex={0}>
          <Visible text={text} whitespace />
          {rest > 0 && <span className="muted"> … and {formatSize(rest)} more</span>}
        </div>
      )}
    </Card>
  );
}
