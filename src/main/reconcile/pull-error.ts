// How a pull ends early. PullError is for the person; Interruption is a planned end that keeps everything read so far.
// Neither ever holds a token, a query string or text that a server wrote.

/** Why a pull failed. Everything but `broken` and `unreachable` needs a change by the person. */
export type PullFailure =
  /** 401 or 403: the token is wrong or lacks a right. */
  | 'token'
  /** Another 4xx. */
  | 'refused'
  /** The API redirects; the token is not taken along. */
  | 'redirect'
  /** The API names a next page at another origin. */
  | 'origin'
  /** An answer is larger than the limit. */
  | 'too-large'
  /** Answers were cut off, of the wrong shape, or 5xx, several times. */
  | 'broken'
  /** There was no answer, several times. */
  | 'unreachable';

/** A pull that failed. What it recorded before stays, and its cursor was saved after the last whole page. */
export class PullError extends Error {
  readonly reason: PullFailure;
  /** HTTP status, where there was one. */
  readonly status: number | null;

  constructor(reason: PullFailure, message: string, status: number | null = null) {
    super(message);
    this.name = 'PullError';
    this.reason = reason;
    this.status = status;
  }
}

/** A planned end before the last page. Never leaves the engine. */
export class Interruption extends Error {
  readonly ended: 'rate-limited' | 'page-limit' | 'stopped';

  constructor(ended: Interruption['ended']) {
    super(ended);
    this.name = 'Interruption';
    this.ended = ended;
  }
}
