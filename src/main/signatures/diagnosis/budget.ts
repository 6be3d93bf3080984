// Keeps a diagnosis short: it runs beside a receiver, on requests that anybody may send. Counts are used instead of
// time, so that the same request always gets the same findings.

/** Most MACs, hashes and signature checks of one diagnosis. */
const computedLimit = 200;
/** How many of them are kept for bodies, which are tried last: many secrets must not use up everything before. */
const kept = 60;
/** The same for bytes. */
const keptBytes = 80 * 1_048_576;
/** Most bytes that one diagnosis hashes. */
const bytesLimit = 192 * 1_048_576;
/** Work between two steps, bytes hashed or written; a little less than 4 MiB, because it is checked afterwards. */
const stepBytes = 3 * 1_048_576;
/** Largest run of bytes that is hashed without asking whether the step is over. */
export const chunkBytes = 1_048_576;

/** What a diagnosis has used, and whether it may go on. */
export interface Budget {
  readonly computed: number;
  readonly bytes: number;
  /** Whether one more computation over this many bytes is allowed. */
  allows(bytes: number): boolean;
  /** Computations that are left. */
  left(): number;
  /** Gives free what was kept until now. */
  release(): void;
  /** Notes that a MAC, a hash or a signature check begins. */
  begin(): void;
  /** Notes bytes that were hashed. */
  hashed(bytes: number): void;
  /** Notes bytes that were written or searched, but not hashed. */
  worked(bytes: number): void;
  /** Whether the step is over; the next one begins with this call. */
  isStepOver(): boolean;
}

/** A fresh budget. */
export function createBudget(): Budget {
  let computed = 0;
  let limit = computedLimit - kept;
  let limitBytes = bytesLimit - keptBytes;
  let bytes = 0;
  let step = 0;
  return {
    get computed() {
      return computed;
    },
    get bytes() {
      return bytes;
    },
    allows: (size) => computed < limit && bytes + size <= limitBytes,
    left: () => limit - computed,
    release() {
      limit = computedLimit;
      limitBytes = bytesLimit;
    },
    begin() {
      computed += 1;
    },
    hashed(size) {
      bytes += size;
      step += size;
    },
    worked(size) {
      step += size;
    },
    isStepOver() {
      if (step < stepBytes) return false;
      step = 0;
      return true;
    },
  };
}
