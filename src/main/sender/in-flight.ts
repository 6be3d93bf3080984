// Work that must not run twice at the same time under one key: the same delivery, sent again by a provider that did not
// wait for the app to finish with the first.

/** Work under way, by key. */
export interface InFlight {
  /**
   * Runs `run` once nothing is under way under `key`; those who wait go one after the other, in order. `run` is given
   * what the one before it, which it waited for, resolved with; undefined where it waited for none, or that one
   * rejected. Without a key nothing waits.
   */
  once<T>(key: string | null, run: (before: T | undefined) => Promise<T>): Promise<T>;
}

/** Nothing under way. */
export function createInFlight(): InFlight {
  const last = new Map<string, Promise<unknown>>();

  return {
    once<T>(key: string | null, run: (before: T | undefined) => Promise<T>): Promise<T> {
      if (key === null) return run(undefined);
      const before = last.get(key) as Promise<T> | undefined;
      const own = before === undefined ? run(undefined) : before.then(run, () => run(undefined));
      last.set(key, own);
      const end = (): void => {
        if (last.get(key) === own) last.delete(key);
      };
      own.then(end, end);
      return own;
    },
  };
}
