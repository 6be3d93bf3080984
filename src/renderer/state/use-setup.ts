// The address to give to a provider: its endpoint's, through a tunnel that is up, else on this machine.

import { addressOf, openTunnels } from '../lib/tunnel-words.ts';
import { hashOf } from './route.ts';
import { useApp } from './use-app.ts';

/** Where a provider's requests go in, and where to go on from there. */
export interface Setup {
  readonly url: string;
  readonly isLocal: boolean;
  readonly endpointHref: string;
  readonly tunnelHref: string;
}

/** The base address of the receiver on this machine. */
export function useLocalUrl(): string {
  const receiver = useApp((state) => state.mirror.receiver);
  if (receiver.status === 'listening') return receiver.url;
  return `http://127.0.0.1:${receiver.status === 'failed' ? receiver.port : 4100}`;
}

/** The setup for a provider. Without an endpoint of its own the path is `/in/<provider>`. */
export function useSetup(providerId: string): Setup {
  const local = useLocalUrl();
  const tunnels = useApp((state) => state.mirror.tunnels);
  const states = useApp((state) => state.mirror.tunnelStates);
  const endpoint = useApp((state) =>
    state.mirror.endpoints.find(({ provider, active }) => provider === providerId && active),
  );
  const path = endpoint?.path ?? `/in/${providerId.replaceAll(/[^a-z0-9-]+/g, '-')}`;
  const open = openTunnels(tunnels, states)[0];
  return {
    url: open === undefined ? `${local}${path}` : addressOf(open.setup.kind, open.publicUrl, path),
    isLocal: open === undefined,
    endpointHref: hashOf({ view: 'endpoint', id: endpoint?.id ?? null }),
    tunnelHref: hashOf({ view: 'tunnel', id: tunnels[0]?.id ?? null }),
  };
}
