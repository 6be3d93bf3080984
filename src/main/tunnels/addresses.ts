// Addresses in a program's output and in what people set up.

import { isIP } from 'node:net';
import type { TunnelSetup } from '../../shared/tunnels.ts';
import type { ReceiverAddress } from './contract.ts';

/** All http and https addresses in a line, without what a sentence puts behind them. */
export function urlsIn(text: string): URL[] {
  const found = text.match(/https?:\/\/[^\s<>"'`|\\^{}\u0000-\u001f\u007f]+/gi) ?? [];
  return found.flatMap((word) => {
    const url = word.replace(/[.,;:!?)\]]+$/, '');
    return URL.canParse(url) ? [new URL(url)] : [];
  });
}

/** An address as it is shown and built upon: without a slash at its end, query and fragment. */
export function baseOf(url: URL): string {
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/**
 * Whether another run would stand at `publicUrl` again. Where it would not, a restart makes every registered address
 * useless: worse than a tunnel that only seems to pass nothing on.
 */
export function keepsAddress(setup: TunnelSetup, publicUrl: string): boolean {
  switch (setup.kind) {
    case 'ngrok':
      return setup.domain !== null;
    case 'cloudflared':
      return setup.secretName !== null;
    case 'ssh':
      return setup.publicUrl !== null && (setup.remotePort !== 0 || !setup.publicUrl.includes('{port}'));
    case 'command':
      return setup.urlHolds.includes(new URL(publicUrl).host);
    case 'smee':
    case 'attach':
      return true;
  }
}

/** The host that a program on this machine reaches the receiver at. */
export function localHost({ url }: ReceiverAddress): string {
  const host = URL.canParse(url) ? new URL(url).hostname : '127.0.0.1';
  return host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host;
}

/** The receiver's address as a program on this machine reaches it. */
export function localUrl(receiver: ReceiverAddress): string {
  return `http://${localHost(receiver)}:${receiver.port}`;
}

/** Whether an IP literal, with or without brackets, or a name leads to this machine. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1') return true;
  const v4 = bare.startsWith('::ffff:') ? bare.slice(7) : bare;
  return isIP(v4) === 4 && v4.startsWith('127.');
}
