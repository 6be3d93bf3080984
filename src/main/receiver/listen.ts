// Opens the port. The loopback address means both of its families, since programs that say "localhost" may try either.

import type { AddressInfo, Server } from 'node:net';
import { AppError } from '../../shared/errors.ts';

/** A machine without IPv6 answers with one of these; that is no error. */
const noIpv6: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EINVAL']);

/** Free ports of 127.0.0.1 that are tried until one is free on ::1 as well. */
const tries = 8;

/**
 * Lets `server` listen on `host` and, where there is one, `companion` on `::1` with the same port. Returns the port.
 * Throws AppError RECEIVER_PORT_IN_USE (details: port) or RECEIVER_ADDRESS.
 */
export async function listenOn(server: Server, companion: Server | null, host: string, port: number): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const taken = await open(server, host, port);
    if (!companion) return taken;
    try {
      await open(companion, '::1', taken);
      return taken;
    } catch (error) {
      const code = error instanceof AppError ? error.details?.['code'] : undefined;
      if (typeof code === 'string' && noIpv6.has(code)) return taken;
      await new Promise((resolve) => server.close(resolve));
      if (port !== 0 || attempt === tries) throw error;
    }
  }
}

function open(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening);
      reject(listenError(error, host, port));
    };
    const onListening = () => {
      server.off('error', onError);
      resolve((server.address() as AddressInfo).port);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen({ host, port });
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): AppError {
  const code = error.code ?? 'unknown';
  if (code === 'EADDRINUSE')
    return new AppError('RECEIVER_PORT_IN_USE', `Port ${port} on ${host} is in use.`, { port, code });
  if (code === 'EACCES') {
    return new AppError(
      'RECEIVER_PORT_IN_USE',
      `Port ${port} on ${host} is kept by the system for programs with more rights.`,
      { port, code },
    );
  }
  return new AppError('RECEIVER_ADDRESS', `Cannot listen on ${host}: ${error.message}.`, { host, code });
}
