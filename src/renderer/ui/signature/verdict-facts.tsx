// A verdict in a sentence, and what is known about the check: secret, signature, age, URL, warnings.

import type { UrlSource, Verdict } from '../../../shared/exchange.ts';
import { verdictTitles, verdictTone } from '../../lib/words.ts';
import { ToneIcon } from '../tone-icon.tsx';
import { Visible } from '../visible.tsx';
import { AgeBar } from './age-bar.tsx';

interface VerdictFactsProps {
  readonly verdict: Verdict;
  /** Epoch ms of arrival. */
  readonly receivedAt: number;
  /** Accessible name of the sentence (role status). */
  readonly label: string;
}

const sourceWords: Readonly<Record<UrlSource, string>> = {
  configured: 'set as the endpoint’s public URL',
  forwarded: 'told by the tunnel in X-Forwarded-Host and -Proto',
  received: 'as it arrived here: set the endpoint’s public URL if the provider calls another one',
};

/** The sentence and the facts. */
export function VerdictFacts({ verdict, receivedAt, label }: VerdictFactsProps) {
  const tone = verdictTone(verdict.status);
  const saysTitle = verdict.message.toLowerCase().startsWith(verdictTitles[verdict.status].toLowerCase());
  const { secretName, match, timestampAt, toleranceMs, url, urlSource = 'received' } = verdict;
  return (
    <>
      <div role="status" aria-label={label} className="verdict-line">
        <ToneIcon tone={tone} />
        <span>
          {!saysTitle && <b className={tone === 'none' ? '' : `tone-${tone}`}>{verdictTitles[verdict.status]}. </b>}
          <Visible text={verdict.message} />
        </span>
      </div>
      <dl className="facts">
        {secretName !== undefined && (
          <>
            <dt>Secret</dt>
            <dd>
              “<Visible text={secretName} />”
              {match !== undefined && match.of > 1 && (
                <span className="muted">
                  {' '}
                  gives signature {match.n} of {match.of}
                </span>
              )}
            </dd>
          </>
        )}
        {timestampAt !== undefined && (
          <>
            <dt>Age</dt>
            <dd>
              <AgeBar receivedAt={receivedAt} timestampAt={timestampAt} toleranceMs={toleranceMs} />
            </dd>
          </>
        )}
        {url !== undefined && (
          <>
            <dt>Signed URL</dt>
            <dd>
              <span className="mono">
                <Visible text={url} />
              </span>
              <div className="muted">{sourceWords[urlSource]}</div>
            </dd>
          </>
        )}
        <dt>Reason</dt>
        <dd className="mono">{verdict.reason}</dd>
      </dl>
      {verdict.warnings.length > 0 && (
        <ul className="stack warnings" aria-label="Warnings">
          {verdict.warnings.map((warning) => (
            <li key={warning} className="verdict-line">
              <ToneIcon tone="warn" label="Warning" />
              <span className="soft">
                <Visible text={warning} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
