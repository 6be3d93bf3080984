// Whether something takes connections at an app's address: opens one and closes it. Not a byte is sent.

import type { Clock } from '../ports.ts';
import { findAddresses, openSocket } from './connect.ts';
import type { Lookup } from './connect.ts';
import { wireFailure } from './wire-failure.ts';

/** How long a connection may take, ms. */
const probeMs = 3_000;

/** What a probe is told. */
export interface ProbeOptions {
  readonly clock: Clock;
  readonly lookup?: Lookup | undefined;
}

/** Asks once; `told` gets null where a connection stands, else why not, a sentence. Returns a function that cancels it. */
export function probeApp(url: URL, { clock, lookup }: ProbeOptions, told: (why: string | null) => void): () => void {
  let close = (): void => {};
  let done = false;
  const end = (): boolean => {
    if (done) return false;
    done = true;
    stopTimer();
    close();
    return true;
  };
  const tell = (why: string | null): void => {
    if (end()) told(why);
  };
  const stopTimer = clock.after(probeMs, () => tell(`no connection within ${probeMs / 1_000} s`));
  // TLS is not begun: that would be more than a connection, and its failures in the app's log every few seconds.
  const plain = new URL(`http://${url.hostname}:${url.port === '' && url.protocol === 'https:' ? '443' : url.port}`);
  findAddresses(plain, lookup).then(
    (addresses) => {
      if (done) return;
      if ('outcome' in addresses) return tell(addresses.message);
      const socket = openSocket(plain, addresses, {});
      close = () => socket.destroy();
      socket.on('error', (error) => tell(wireFailure(error, false).message));
      socket.on('connect', () => tell(null));
    },
    (error: unknown) => tell(wireFailure(error, false).message),
  );
  return () => void end();
}
