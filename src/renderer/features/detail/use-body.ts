// The stored bytes of a request as a source for the viewers.

import { useMemo } from 'react';
import type { BodySource } from '../../ui/body/body-source.ts';
import { showDone, showError } from '../../ui/toast.tsx';
import { useServices } from '../../state/use-app.ts';
import type { AppServices } from '../../state/use-app.ts';

/** The body of one request as it is stored. */
export function useStoredBody(id: string, size: number): BodySource {
  const { bridge } = useServices();
  return useMemo(
    () => ({
      key: `${id} stored`,
      size,
      read: (offset, length) => bridge.call('requests.body', { id, offset, length }),
      save: (offset, length, name) => saveBody(bridge, { id, decoded: false, offset, length, name }),
    }),
    [bridge, id, size],
  );
}

/** Which bytes are saved. */
export interface SavedRange {
  readonly id: string;
  readonly decoded: boolean;
  readonly offset: number;
  readonly length: number;
  readonly name: string;
}

/** Saves bytes of a body and says where they went. */
export async function saveBody(bridge: AppServices['bridge'], range: SavedRange): Promise<void> {
  const result = await bridge.call('bodies.save', range);
  if (!result.ok) showError(result.error);
  else if (result.value !== null) showDone('Saved', result.value.path);
}
