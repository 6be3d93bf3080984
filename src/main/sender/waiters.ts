// Who waits for what: callers that want one delivery settled, or the whole queue idle.

/** Registered waiters. */
export interface Waiters<T> {
  /** Resolves with what `settle(id, value)` gives. */
  untilSettled(id: string): Promise<T>;
  settle(id: string, value: T): void;
  /** Resolves at the first `checkIdle` at which `isIdle` holds; at once if it does now. */
  untilIdle(): Promise<void>;
  checkIdle(): void;
}

/** Waiters over one queue. `isIdle` is asked only while somebody waits for it. */
export function createWaiters<T>(isIdle: () => boolean): Waiters<T> {
  const settling = new Map<string, ((value: T) => void)[]>();
  let idle: (() => void)[] = [];
  return {
    untilSettled: (id) =>
      new Promise((resolve) => {
        settling.set(id, [...(settling.get(id) ?? []), resolve]);
      }),
    settle: (id, value) => {
      for (const resolve of settling.get(id) ?? []) resolve(value);
      settling.delete(id);
    },
    untilIdle: () => (isIdle() ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
    checkIdle: () => {
      if (idle.length === 0 || !isIdle()) return;
      for (const resolve of idle) resolve();
      idle = [];
    },
  };
}
