// Memory for bodies that are being received or judged. Large bodies reserve their room before they are read, so that
// many at once take turns instead of filling the memory; those that find none in time are sent away.

/** Bytes that all large bodies in flight may hold together. */
export interface Room {
  /** Takes `bytes` now; false when they do not fit. */
  take(bytes: number): boolean;
  /**
   * Calls `settle(true)` once `bytes` are taken (perhaps at once), in order of asking, or `settle(false)` when that
   * took too long or can never be. Returns a function that withdraws the wish.
   */
  wait(bytes: number, settle: (taken: boolean) => void): () => void;
  /** Gives back what was taken. */
  release(bytes: number): void;
}

interface Waiting {
  readonly bytes: number;
  readonly settle: (taken: boolean) => void;
  readonly timer: NodeJS.Timeout;
}

/** A room of `limit` bytes in which a wish waits at most `waitMs`. */
export function createRoom(limit: number, waitMs: number): Room {
  const queue = new Set<Waiting>();
  let used = 0;

  const fits = (bytes: number) => used + bytes <= limit;

  function admit(): void {
    for (const waiting of queue) {
      if (!fits(waiting.bytes)) return;
      used += waiting.bytes;
      leave(waiting);
      waiting.settle(true);
    }
  }

  function leave(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    queue.delete(waiting);
  }

  return {
    take(bytes) {
      if (!fits(bytes)) return false;
      used += bytes;
      return true;
    },
    wait(bytes, settle) {
      if (bytes > limit || (queue.size === 0 && fits(bytes))) {
        const taken = bytes <= limit;
        if (taken) used += bytes;
        settle(taken);
        return () => undefined;
      }
      const timer = setTimeout(() => {
        leave(waiting);
        settle(false);
        admit();
      }, waitMs);
      const waiting: Waiting = { bytes, settle, timer };
      queue.add(waiting);
      return () => {
        leave(waiting);
        admit();
      };
    },
    release(bytes) {
      used -= bytes;
      if (queue.size > 0) admit();
    },
  };
}
