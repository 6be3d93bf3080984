// One attempt in full: phases, request, response.

import type { AttemptRecord } from '../../../shared/delivery.ts';
import { decodeUtf8Head } from '../../lib/body-text.ts';
import { formatDuration, formatSize } from '../../lib/format.ts';
import { timingBars } from '../../lib/timing-bars.ts';
import { outcomeTone } from '../../lib/words.ts';
import { Card } from '../../ui/card.tsx';
import { HeaderTable } from '../../ui/header-table.tsx';
import { Moment } from '../../ui/moment.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';
import { Visible } from '../../ui/visible.tsx';

const shownBytes = 65_536;

/** The record of an attempt. */
export function AttemptView({ attempt }: { readonly attempt: AttemptRecord }) {
  const { request, response } = attempt;
  return (
    <div className="attempt-view" role="region" aria-label={`Attempt ${attempt.n}`} tabIndex={0}>
      <div className="row-line">
        <ToneIcon tone={outcomeTone(attempt.outcome)} />
        <b>
          Attempt {attempt.n}: <Visible text={attempt.message} />
        </b>
      </div>
      {attempt.signedAt !== undefined && (
        <div className="soft">
          Sent <Moment at={attempt.at} />, signed with the simulated time <Moment at={attempt.signedAt} />
        </div>
      )}
      <Timings attempt={attempt} />
      <div className="two">
        <Card title="Response" aside={response === null ? 'none' : String(response.status)}>
          {response === null ? (
            <div className="card-body muted">No reply arrived.</div>
          ) : (
            <>
              <HeaderTable headers={response.headers} label="Response headers" />
              <ResponseBody body={response.body} cut={response.bodyCut} />
            </>
          )}
        </Card>
        <Card title="Request" aside={<span className="mono cut">{request.method}</span>}>
          <div className="card-body mono attempt-url">
            <Visible text={request.url} />
          </div>
          <HeaderTable headers={request.headers} label="Request headers" />
        </Card>
      </div>
    </div>
  );
}

function ResponseBody({ body, cut }: { readonly body: Uint8Array; readonly cut: boolean }) {
  const text = decodeUtf8Head(body.subarray(0, shownBytes));
  return (
    <div className="code-block attempt-body" role="region" aria-label="Response body" tabIndex={0}>
      {body.length === 0 && <span className="muted">empty</span>}
      {text === null ? `${formatSize(body.length)} of binary data` : <Visible text={text} />}
      {(cut || body.length > shownBytes) && <span className="muted"> … cut here</span>}
    </div>
  );
}

function Timings({ attempt }: { readonly attempt: AttemptRecord }) {
  const { timings } = attempt;
  return (
    <Card title="Time">
      <ul className="timings">
        {timingBars(timings).map((bar) => (
          <li key={bar.name}>
            <span>{bar.name}</span>
            <span className="mono">{formatDuration(bar.ms)}</span>
            <span className="timing-track" aria-hidden="true">
              <span className="timing-bar" style={{ left: `${bar.from * 100}%`, width: `${bar.share * 100}%` }} />
            </span>
          </li>
        ))}
        <li className="timing-total">
          <span>Total</span>
          <span className="mono">{formatDuration(timings.total)}</span>
          <span className="timing-track" aria-hidden="true">
            <span className="timing-bar whole" />
          </span>
        </li>
      </ul>
    </Card>
  );
}
