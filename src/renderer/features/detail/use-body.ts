// The bytes of a body as far as they are loaded: the first slice at once, further ones on demand.

import { useCallback, useEffect, useState } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import { sliceSize } from '../../state/read-body.ts';
import { useServices } from '../../state/use-app.ts';

/** What is loaded. */
export interface LoadedBody {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
  readonly loading: boolean;
  readonly error: ErrorValue | null;
  readonly more: () => void;
}

const nothing = new Uint8Array();

/** Loads the body of one request; the component must be keyed by the request's id. */
export function useBody(id: string, size: number): LoadedBody {
  const { bridge } = useServices();
  const [bytes, setBytes] = useState<Uint8Array>(nothing);
  const [wanted, setWanted] = useState(sliceSize);
  const [error, setError] = useState<ErrorValue | null>(null);
  const until = Math.min(wanted, size);

  useEffect(() => {
    if (bytes.length >= until) return undefined;
    let stale = false;
    const length = Math.min(sliceSize, until - bytes.length);
    void bridge.call('requests.body', { id, offset: bytes.length, length }).then((slice) => {
      if (stale) return;
      if (slice.ok) setBytes((before) => joined(before, slice.value));
      else setError(slice.error);
    });
    return () => {
      stale = true;
    };
  }, [bridge, id, bytes.length, until]);

  const more = useCallback(() => setWanted((before) => before + sliceSize), []);
  return { bytes, complete: bytes.length >= size, loading: bytes.length < until && error === null, error, more };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
