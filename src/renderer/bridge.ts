// The window's only way out: the two functions that the preload put on `window`.

import type { Bridge } from '../shared/contract.ts';

declare global {
  interface Window {
    readonly hookbench?: Bridge;
  }
}

/**
 * The bridge of this window, with calls that never reject: a transport that fails becomes an error value like any other.
 * Throws when the page was opened without the preload.
 */
export function windowBridge(): Bridge {
  const bridge = window.hookbench;
  if (!bridge) throw new Error('window.hookbench is missing: the page was opened outside Hookbench');
  return {
    onChanges: (listener) => bridge.onChanges(listener),
    call: (name, input) =>
      bridge.call(name, input).catch((error: unknown) => ({
        ok: false,
        error: {
          code: 'BUG',
          message: `The host did not answer (${name}): ${error instanceof Error ? error.message : String(error)}`,
          hint: 'Restart Hookbench.',
        },
      })),
  };
}
