// The age of a signature against what is tolerated: words, and a bar that repeats them.

import { formatMoment } from '../../lib/format.ts';
import { signatureAge } from '../../lib/signature-age.ts';
import './signature.css';

interface AgeBarProps {
  /** Epoch ms of arrival. */
  readonly receivedAt: number;
  /** Epoch ms, as signed or claimed. */
  readonly timestampAt: number;
  /** Ms; undefined where no limit applied. */
  readonly toleranceMs: number | undefined;
}

/** For example `12 s of 300 s` with a bar, and the exact time. */
export function AgeBar({ receivedAt, timestampAt, toleranceMs }: AgeBarProps) {
  const { words, share, over } = signatureAge(receivedAt, timestampAt, toleranceMs);
  return (
    <span className="age">
      <span className={over ? 'tone-warn' : ''}>{words}</span>
      {share !== null && (
        <span className="age-bar" aria-hidden="true">
          <span className={over ? 'age-used over' : 'age-used'} style={{ width: `${Math.round(share * 100)}%` }} />
        </span>
      )}
      <span className="muted">signed {formatMoment(timestampAt)}</span>
    </span>
  );
}
