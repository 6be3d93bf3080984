// Which tunnel a request came through, and who sent it as the tunnel tells. Whoever listens only at loopback sees every
// tunnel as a connection from this machine: the public host in the request is what tells them apart.

import { isIP } from 'node:net';
import { headerValues } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { TunnelKind } from '../../shared/tunnels.ts';
import { isLoopback } from './addresses.ts';
import type { RequestHead } from './contract.ts';

/** A tunnel that is up. */
export interface OpenTunnel {
  readonly id: string;
  readonly kind: TunnelKind;
  readonly publicUrl: string;
  /** Whether it is handing this request over now; null for kinds that are told by the host. */
  readonly delivers: ((head: RequestHead) => boolean) | null;
}

/** A request that came through a tunnel. */
export interface Passage {
  readonly tunnelId: string;
  /** IP literal; null where none is told by something that can be trusted. */
  readonly sender: string | null;
}

/** Null for what did not come through one of `open`. */
export function passageThrough(head: RequestHead, open: readonly OpenTunnel[]): Passage | null {
  if (open.length === 0 || !isLoopback(head.remoteAddress)) return null;
  const hosts = hostsOf(head.headers);
  const tunnel = open.find(({ publicUrl, delivers }) =>
    delivers === null ? hosts.has(new URL(publicUrl).host) : delivers(head),
  );
  return tunnel ? { tunnelId: tunnel.id, sender: senderOf(head.headers, tunnel) } : null;
}

/** What the request says it was sent to, in lower case and without a usual port. */
function hostsOf(headers: readonly HeaderPair[]): ReadonlySet<string> {
  const given = [...headerValues(headers, 'Host'), ...headerValues(headers, 'X-Forwarded-Host')];
  const hosts = given.flatMap((value) => value.split(',')).map((host) => host.trim().toLowerCase());
  return new Set(hosts.flatMap((host) => [host, host.replace(/:(80|443)$/, '')]));
}

/**
 * The address that the tunnel itself appended last. A plain http address has no server in front that would append one:
 * there the header is the sender's own word.
 */
function senderOf(headers: readonly HeaderPair[], { kind, publicUrl }: OpenTunnel): string | null {
  if (!publicUrl.startsWith('https:')) return null;
  const name = kind === 'cloudflared' ? 'CF-Connecting-IP' : 'X-Forwarded-For';
  const last = headerValues(headers, name).at(-1)?.split(',').at(-1)?.trim() ?? '';
  const bare = last.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return isIP(bare) === 0 ? null : bare;
}
