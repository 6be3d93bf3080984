// Test key pairs, made and kept by the host. Only public halves ever come into the window.

import { useMemo } from 'react';
import { freeName } from '../lib/free-name.ts';
import type { KeyPairSource } from '../lib/key-pairs.ts';
import { useServices } from './use-app.ts';

/** Makes pairs and fetches public halves. The same object for ever. */
export function useKeyPairs(): KeyPairSource {
  const { app, bridge } = useServices();
  return useMemo(
    () => ({
      async make(provider) {
        const taken = app.store.getState().mirror.secrets.map(({ name }) => name);
        const name = freeName(`${provider.name.slice(0, 80)} test key`, taken, 'test key');
        const answer = await bridge.call('secrets.makeKeyPair', { name, provider: provider.id });
        return answer.ok ? { ok: true, value: { name, form: answer.value } } : answer;
      },
      show: (name, provider) => bridge.call('secrets.publicKey', { name, provider: provider.id }),
    }),
    [app, bridge],
  );
}
