// Drops secrets that were given for one send, once no unfinished or dead delivery needs them any more.

import type { Clock, Logger } from './ports.ts';

/** What the clean-up looks at. */
export interface OneOffOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names of the secrets that deliveries still need. */
  readonly needed: () => ReadonlySet<string>;
  readonly remove: (name: string) => Promise<void>;
}

/** Collects what may have become unneeded; looks through the queue a few times a second at most. */
export interface OneOffSecrets {
  /** A delivery that used `name` is done. */
  release(name: string): void;
  /** Removes what is due now and waits for it. */
  flush(): Promise<void>;
}

const gatherMs = 250;

/** Creates the clean-up. */
export function createOneOffSecrets({ clock, logger, needed, remove }: OneOffOptions): OneOffSecrets {
  const released = new Set<string>();
  let cancel: (() => void) | null = null;
  let removing = Promise.resolve();

  async function removeUnneeded(): Promise<void> {
    const still = needed();
    const names = [...released].filter((name) => !still.has(name));
    released.clear();
    for (const name of names) await remove(name);
  }

  function flush(): Promise<void> {
    cancel?.();
    cancel = null;
    removing = removing
      .then(removeUnneeded)
      .catch((error: unknown) => logger.warn(`a secret given for one send could not be removed: ${String(error)}`));
    return removing;
  }

  return {
    release(name) {
      released.add(name);
      cancel ??= clock.after(gatherMs, () => void flush());
    },
    flush,
  };
}
