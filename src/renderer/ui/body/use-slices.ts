// The head of a body as one piece: the first slice at once, more when a view asks for it.

import { useCallback, useEffect, useState } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import { sliceSize } from './body-source.ts';
import type { BodySource } from './body-source.ts';

/** What is loaded. */
export interface LoadedSlices {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
  readonly loading: boolean;
  readonly error: ErrorValue | null;
  /** Loads the first `size` bytes; by default one slice more. */
  readonly more: (size?: number) => void;
}

const nothing = new Uint8Array();

/** Loads the head of `source`; the component must be keyed by the source's key. */
export function useSlices(source: BodySource): LoadedSlices {
  const [bytes, setBytes] = useState<Uint8Array>(nothing);
  const [wanted, setWanted] = useState(sliceSize);
  const [error, setError] = useState<ErrorValue | null>(null);
  const until = Math.min(wanted, source.size);

  useEffect(() => {
    if (bytes.length >= until) return undefined;
    let stale = false;
    const length = Math.min(sliceSize, until - bytes.length);
    void source.read(bytes.length, length).then((slice) => {
      if (stale) return;
      if (slice.ok) setBytes((before) => joined(before, slice.value));
      else setError(slice.error);
    });
    return () => {
      stale = true;
    };
  }, [source, bytes.length, until]);

  const more = useCallback(
    (size?: number) => setWanted((before) => (size === undefined ? before + sliceSize : Math.max(before, size))),
    [],
  );
  const complete = bytes.length >= source.size;
  return { bytes, complete, loading: bytes.length < until && error === null, error, more };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
