// Waits for conditions over what a test double has seen: looked at again whenever something new arrived.

/** Conditions that wait. */
export interface Waiting {
  /** Something new arrived: every condition looks again. */
  notify(): void;
  /** Resolves when the condition holds, now or after a later `notify`; rejects after `ms` (5,000). */
  until(condition: () => boolean, ms?: number): Promise<void>;
}

/** `describe` says what was seen instead, for the message of a wait that failed. */
export function createWaiting(describe: () => string): Waiting {
  const watchers = new Set<() => void>();
  return {
    notify() {
      for (const look of watchers) look();
    },
    until: (condition, ms = 5_000) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!condition()) return;
          clearTimeout(timer);
          watchers.delete(look);
          resolve();
        };
        const timer = setTimeout(() => {
          watchers.delete(look);
          reject(new Error(`nothing of the kind within ${ms} ms; ${describe()}`));
        }, ms);
        watchers.add(look);
        look();
      }),
  };
}
