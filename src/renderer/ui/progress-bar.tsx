// How far something has come.

import './progress-bar.css';

interface ProgressBarProps {
  /** Accessible name. */
  readonly label: string;
  readonly value: number;
  /** The whole; 0 while it is not known. */
  readonly of: number;
}

/** A bar (role progressbar). */
export function ProgressBar({ label, value, of }: ProgressBarProps) {
  const share = of > 0 ? Math.min(1, value / of) : 0;
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={of}
      aria-valuenow={Math.min(value, of)}
    >
      <div className="progress-done" style={{ width: `${share * 100}%` }} />
    </div>
  );
}
