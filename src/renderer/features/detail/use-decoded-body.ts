// A compressed body without its codings. Nothing is decoded before the person asks; the main process does it.

import { useState } from 'react';
import type { DecodedSlice } from '../../../shared/contract.ts';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { useServices } from '../../state/use-app.ts';
import { sliceSize } from '../../ui/body/body-source.ts';
import type { BodySource } from '../../ui/body/body-source.ts';
import { showError } from '../../ui/toast.tsx';
import { saveBody } from './use-body.ts';

/** What is known of the codings of a body. */
export interface Decoding {
  /** What the header names, or null where it names nothing. */
  readonly named: string | null;
  /** What came out of the last try. */
  readonly result: Omit<DecodedSlice, 'bytes'> | null;
  /** The decoded body, once there is one. */
  readonly source: BodySource | null;
  readonly busy: boolean;
  readonly decode: () => void;
}

/** Decodes the body of `request` on demand; the component must be keyed by its id. */
export function useDecodedBody(request: ExchangeDetail): Decoding {
  const { bridge } = useServices();
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<Decoding['result']>(null);
  const [source, setSource] = useState<BodySource | null>(null);
  const { id } = request;

  const decode = async (): Promise<void> => {
    setBusy(true);
    const answer = await bridge.call('requests.decode', { id, offset: 0, length: 0 });
    setBusy(false);
    if (!answer.ok) {
      showError(answer.error);
      return;
    }
    const { size } = answer.value;
    setResult(answer.value);
    if (size === 0) return;
    setSource({
      key: `${id} decoded`,
      size,
      async read(offset, length) {
        const slice = await bridge.call('requests.decode', { id, offset, length: Math.min(length, sliceSize) });
        return slice.ok ? { ok: true, value: slice.value.bytes } : slice;
      },
      save: (offset, length, name) => saveBody(bridge, { id, decoded: true, offset, length, name }),
    });
  };

  return { named: namedCodings(request), result, source, busy, decode: () => void decode() };
}

function namedCodings({ headers }: ExchangeDetail): string | null {
  const names = headers
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .flatMap(([, value]) => value.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  return names.length === 0 ? null : names.join(', ');
}
