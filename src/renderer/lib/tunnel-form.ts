// New tunnels of each kind, and what of a tunnel is a secret.

import type { TunnelKind, TunnelSetup } from '../../shared/tunnels.ts';

/** A tunnel of this kind with every default; keeps what all kinds share. */
export function newTunnel(kind: TunnelKind, kept: Pick<TunnelSetup, 'id' | 'name' | 'autoStart'>): TunnelSetup {
  const shared = { id: kept.id, name: kept.name, autoStart: kept.autoStart };
  switch (kind) {
    case 'ngrok':
      return { ...shared, kind, secretName: null, domain: null };
    case 'cloudflared':
      return { ...shared, kind, program: null, secretName: null, publicUrl: null };
    case 'ssh':
      return {
        ...shared,
        kind,
        host: '',
        port: 22,
        user: null,
        remotePort: 0,
        remoteHost: null,
        identityFile: null,
        knownHostsFile: null,
        publicUrl: null,
      };
    case 'smee':
      return { ...shared, kind, channel: 'https://smee.io/' };
    case 'command':
      return { ...shared, kind, command: [], urlHolds: '' };
    case 'attach':
      return { ...shared, kind, agentUrl: 'http://127.0.0.1:4040' };
  }
}

/** Names of the secrets that a tunnel uses. */
export function tunnelSecrets(tunnel: TunnelSetup): string[] {
  return 'secretName' in tunnel && tunnel.secretName !== null ? [tunnel.secretName] : [];
}

/** The tunnel with this secret, where its kind takes one. */
export function withSecret(tunnel: TunnelSetup, secretName: string | null): TunnelSetup {
  return 'secretName' in tunnel ? { ...tunnel, secretName } : tunnel;
}
