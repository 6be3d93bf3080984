// Which tunnel a request came through, and who sent it as the tunnel tells. Whoever listens only at loopback sees every
// tunnel as a connection from this machine: the public host in the request is what tells them apart. Services check
// that host; behind a plain forward (ssh, a command) it is the stranger's own word, as is all else in the request.

import { isIP } from 'node:net';
import type { RequestHead } from '../../shared/exchange.ts';
import { headerValues } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { TunnelKind } from '../../shared/tunnels.ts';
import { isLoopback } from './addresses.ts';

/** A tunnel that requests may come through. */
export interface OpenTunnel {
  readonly id: string;
  readonly kind: TunnelKind;
  /** Null until it is known: a forward may stand before its address was told. */
  readonly publicUrl: string | null;
  /** Whether it is handing this request over now; null for kinds that are told by the host. */
  readonly delivers: ((head: RequestHead) => boolean) | null;
}

/** A request that came through a tunnel. */
export interface Passage {
  readonly tunnelId: string;
  /** IP literal; null where none is told by something that can be trusted. */
  readonly sender: string | null;
  /** What the request says of its way (X-Forwarded-*) was written by the service and may be believed. */
  readonly trusted: boolean;
  /** The request itself belongs to this tunnel; false where it is only not known to be from this machine. */
  readonly named: boolean;
}

/** Kinds that lead to a port without reading what passes. */
const rawKinds: ReadonlySet<TunnelKind> = new Set(['ssh', 'command']);
/** Kinds whose service checks the host and writes the forwarded fields itself. */
const tellingKinds: ReadonlySet<TunnelKind> = new Set(['ngrok', 'attach', 'cloudflared']);

/** Whether a tunnel of this kind leads strangers here without reading what they send. */
export function isRaw(kind: TunnelKind): boolean {
  return rawKinds.has(kind);
}

/**
 * Null for what did not come through one of `open`. While a raw tunnel (ssh, a command) is among them, nobody can tell its
 * strangers from this machine: each request from loopback that belongs to no other tunnel counts as one of theirs, and
 * what any request says of its sender is believed no more, since a stranger there can write the host of another tunnel.
 */
export function passageThrough(head: RequestHead, open: readonly OpenTunnel[]): Passage | null {
  if (open.length === 0 || !isLoopback(head.remoteAddress)) return null;
  const raw = open.find(({ kind }) => isRaw(kind));
  const hosts = hostsOf(head.headers, 'Host');
  const forwarded = hostsOf(head.headers, 'X-Forwarded-Host');
  const named = open.find(({ kind, publicUrl, delivers }) => {
    if (delivers !== null) return delivers(head);
    const host = publicUrl === null ? null : bareHost(new URL(publicUrl).host);
    // An agent that somebody else runs may write the host anew for what it leads to.
    return host !== null && (hosts.has(host) || (kind === 'attach' && forwarded.has(host)));
  });
  const tunnel = named ?? raw;
  if (!tunnel) return null;
  const trusted = raw === undefined && tellingKinds.has(tunnel.kind);
  const sender = trusted ? senderOf(head.headers, tunnel) : null;
  return { tunnelId: tunnel.id, sender, trusted, named: named !== undefined };
}

/** The hosts in a header, as they are compared. */
function hostsOf(headers: readonly HeaderPair[], name: string): ReadonlySet<string> {
  return new Set(headerValues(headers, name).flatMap((value) => value.split(',').map(bareHost)));
}

/** In lower case, without the port and the dot of the root. */
function bareHost(host: string): string {
  return host.trim().toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

/** The address that the service itself appended last; a plain http address has no such service in front. */
function senderOf(headers: readonly HeaderPair[], { kind, publicUrl }: OpenTunnel): string | null {
  if (!publicUrl?.startsWith('https:')) return null;
  const name = kind === 'cloudflared' ? 'CF-Connecting-IP' : 'X-Forwarded-For';
  const last = headerValues(headers, name).at(-1)?.split(',').at(-1)?.trim() ?? '';
  const bare = last.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return isIP(bare) === 0 ? null : bare;
}
