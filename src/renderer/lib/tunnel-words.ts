// The words for tunnels: kinds, states, probes, and the addresses under which endpoints are reached through them.

import type { TunnelKind, TunnelSetup, TunnelStatus } from '../../shared/tunnels.ts';
import type { Endpoint } from '../../shared/workspace.ts';
import type { Tone } from './words.ts';

/** A kind's name and what it needs, a sentence. */
export interface TunnelKindWords {
  readonly name: string;
  readonly what: string;
}

/** In the order in which they are offered. */
export const tunnelKinds: Readonly<Record<TunnelKind, TunnelKindWords>> = {
  cloudflared: { name: 'Cloudflare', what: 'The installed cloudflared. A quick tunnel needs no account.' },
  ngrok: { name: 'ngrok', what: 'Built in. Needs the authtoken of a free or paid account.' },
  ssh: { name: 'SSH', what: 'ssh -R to a server of your own, or to one that offers it.' },
  smee: {
    name: 'smee.io or gosmee',
    what: 'A channel that is read from here. smee.io writes bodies anew, so signatures may fail.',
  },
  command: { name: 'Own command', what: 'Any program whose output holds the public address.' },
  attach: { name: 'Running ngrok agent', what: 'Uses an agent that you started yourself.' },
};

/** How a tunnel stands, by id. One that was never started has no status and is stopped. */
export function stateOf(states: readonly TunnelStatus[], id: string): TunnelStatus['state'] {
  return states.find((status) => status.id === id)?.state ?? 'stopped';
}

/** State in words. */
export const tunnelStateWords: Readonly<Record<TunnelStatus['state'], string>> = {
  stopped: 'Stopped',
  starting: 'Starting',
  up: 'Up',
  down: 'Down, comes back by itself',
  failed: 'Failed, needs you',
};

/** State in a word for a narrow place; empty where a stopped one says nothing. */
export const tunnelNotes: Readonly<Record<TunnelStatus['state'], string>> = {
  stopped: '',
  starting: 'starting',
  up: 'up',
  down: 'down',
  failed: 'failed',
};

/** Tone of a status: an address that fails its probe is no good news. */
export function tunnelTone(status: TunnelStatus): Tone {
  switch (status.state) {
    case 'up':
      return status.probe === null || status.probe.ok ? 'ok' : 'bad';
    case 'down':
    case 'failed':
      return 'bad';
    case 'starting':
    case 'stopped':
      return 'none';
  }
}

/** Where one endpoint is reached through a tunnel. */
export interface PublicAddress {
  readonly endpointId: string;
  readonly name: string;
  readonly url: string;
}

/** The addresses of endpoints that are on, under a tunnel's public URL. */
export function publicAddresses(
  kind: TunnelKind,
  publicUrl: string,
  endpoints: readonly Pick<Endpoint, 'id' | 'name' | 'path' | 'active'>[],
): PublicAddress[] {
  return endpoints
    .filter(({ active }) => active)
    .map(({ id, name, path }) => ({ endpointId: id, name, url: addressOf(kind, publicUrl, path) }));
}

/** Address of a path under a public URL. A channel knows no paths: the receiver is told the path in the query. */
export function addressOf(kind: TunnelKind, publicUrl: string, path: string): string {
  if (kind === 'smee' && path !== '/') return `${publicUrl}?hookbench-path=${encodeURIComponent(path)}`;
  return path === '/' ? publicUrl : `${publicUrl.replace(/\/+$/, '')}${path}`;
}

/** A tunnel that is up, with its address. */
export interface OpenTunnel {
  readonly setup: TunnelSetup;
  readonly publicUrl: string;
}

/** The tunnels that are up and know their address. */
export function openTunnels(setups: readonly TunnelSetup[], states: readonly TunnelStatus[]): OpenTunnel[] {
  return setups.flatMap((setup) => {
    const status = states.find(({ id }) => id === setup.id);
    return status?.state === 'up' && status.publicUrl !== null ? [{ setup, publicUrl: status.publicUrl }] : [];
  });
}

const weight: Readonly<Record<TunnelStatus['state'], number>> = { up: 4, failed: 3, down: 2, starting: 1, stopped: 0 };

/** The tunnel that the status bar speaks of: one that is up, else one that needs somebody; null when none is set up. */
export function shownTunnel(
  setups: readonly TunnelSetup[],
  states: readonly TunnelStatus[],
): { readonly setup: TunnelSetup; readonly status: TunnelStatus } | null {
  const known = setups.map((setup) => ({
    setup,
    status: states.find(({ id }) => id === setup.id) ?? stoppedTunnel(setup.id),
  }));
  return known.toSorted((a, b) => weight[b.status.state] - weight[a.status.state])[0] ?? null;
}

/** Status of a tunnel that was never started. */
export function stoppedTunnel(id: string): TunnelStatus {
  return {
    id,
    state: 'stopped',
    publicUrl: null,
    since: 0,
    retryAt: null,
    problem: null,
    probe: null,
    movedFrom: null,
  };
}
