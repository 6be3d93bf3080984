// What is sent to try a handler out: the scripted check, and many deliveries at a rate. Pure data for window and
// command line.

/** How one case of a handler check ended. */
export interface CheckCase {
  /** Stable, for example `tampered-body`. */
  readonly name: string;
  readonly title: string;
  /** What was sent, a sentence. */
  readonly sent: string;
  readonly expected: 'accept' | 'reject' | 'accept-once' | 'answer';
  readonly status: number | null;
  readonly ms: number;
  /** False also where `skipped` is set. */
  readonly pass: boolean;
  readonly skipped?: string;
  readonly message: string;
  /** Code of the classic fault that the failure points to. */
  readonly fault?: string;
}

/** A handler check, running or done. */
export interface CheckRun {
  readonly id: string;
  readonly url: string;
  readonly provider: string;
  readonly startedAt: number;
  readonly done: boolean;
  readonly cases: readonly CheckCase[];
  /** Cases in all. */
  readonly total: number;
}

/** Many deliveries at a rate, running or done. */
export interface VolumeRun {
  readonly id: string;
  readonly startedAt: number;
  readonly count: number;
  readonly ratePerSecond: number;
  /** Put into the queue so far. */
  readonly enqueued: number;
  readonly delivered: number;
  readonly dead: number;
  /** Attempts by status (`200`) or outcome (`refused`). */
  readonly answers: Readonly<Record<string, number>>;
  /** Time to the end of the answer, ms; null before the first. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Answers per second over the last whole second. */
  readonly perSecond: number;
  readonly state: 'running' | 'done' | 'stopped';
}
