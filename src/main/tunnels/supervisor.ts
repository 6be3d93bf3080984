// All tunnels of a host: one machine per setup, and what the receiver asks about them.

import { AppError } from '../../shared/errors.ts';
import type { TunnelSetup } from '../../shared/tunnels.ts';
import { startAttach } from './attach.ts';
import { createChildren } from './child.ts';
import { startCloudflared } from './cloudflared.ts';
import { startCommand } from './command.ts';
import type { Run, RunContext, TunnelLimits, Tunnels, TunnelsOptions } from './contract.ts';
import { createTunnelLog } from './log.ts';
import { startNgrok } from './ngrok.ts';
import { isRaw, passageThrough } from './passage.ts';
import type { OpenTunnel } from './passage.ts';
import { sweepPrivateFiles } from './private-file.ts';
import { createProber } from './probe.ts';
import { startSmee } from './smee.ts';
import { startSsh } from './ssh.ts';
import { createTunnel } from './tunnel.ts';
import type { Tunnel } from './tunnel.ts';

const defaultLimits: TunnelLimits = {
  addressMs: 45_000,
  firstRetryMs: 1_000,
  longestRetryMs: 60_000,
  steadyMs: 60_000,
  probeEveryMs: 300_000,
  probeAgainMs: 30_000,
  firstProbesMs: [0, 2_000, 5_000, 10_000, 20_000],
  probeTimeoutMs: 10_000,
  killMs: 3_000,
  attachMs: 5_000,
  ngrokServer: null,
};

/** Builds the tunnels of a host; none is started. */
export function createTunnels(options: TunnelsOptions): Tunnels {
  const limits = { ...defaultLimits, ...options.limits };
  const { clock } = options;
  const children = createChildren(clock, limits.killMs);
  const prober = createProber(clock, options.random, limits.probeTimeoutMs);
  const tunnels = new Map<string, Tunnel>();
  /** Removed ones that still end: until then they may let somebody in. */
  const leaving = new Map<Tunnel, Promise<void>>();
  let closed = false;
  let open: readonly OpenTunnel[] = [];
  process.once('exit', children.killAll);
  sweepPrivateFiles();

  function refreshOpen(): void {
    open = [...tunnels.values(), ...leaving.keys()].flatMap((tunnel) => {
      const { id, state, publicUrl } = tunnel.status();
      const { kind } = tunnel.setup;
      // A forward stands before its address is known, and as long as its program still ends.
      const mayPass = isRaw(kind) ? state !== 'stopped' && state !== 'failed' : state === 'up' && publicUrl !== null;
      if (!mayPass) return [];
      return [{ id, kind, publicUrl, delivers: kind === 'smee' ? tunnel.delivers : null }];
    });
  }

  function tunnelOf(setup: TunnelSetup): Tunnel {
    const known = tunnels.get(setup.id);
    if (known) return known;
    const made = createTunnel({
      options: {
        ...options,
        onStatus(status) {
          refreshOpen();
          options.onStatus(status);
        },
      },
      limits,
      setup,
      log: createTunnelLog(() => clock.now(), options.secretValues),
      children,
      prober,
      startRun,
    });
    tunnels.set(setup.id, made);
    return made;
  }

  function named(id: string): Tunnel {
    const setup = options.setups().find((one) => one.id === id);
    if (!setup) throw new AppError('CONFIG_INVALID', `There is no tunnel ${id}.`, { field: 'id' });
    return tunnelOf(setup);
  }

  function start(tunnel: Tunnel): void {
    if (closed) throw new AppError('CONFIG_INVALID', 'Hookbench is closing.');
    tunnel.start();
  }

  return {
    startAutomatic() {
      for (const setup of options.setups()) if (setup.autoStart) start(tunnelOf(setup));
    },
    start(id) {
      const tunnel = named(id);
      start(tunnel);
      return tunnel.status();
    },
    async stop(id) {
      const tunnel = named(id);
      await tunnel.stop();
      return tunnel.status();
    },
    probe: async (id) => named(id).probe(),
    log: (id) => named(id).log.lines(),
    states: () => options.setups().map((setup) => tunnelOf(setup).status()),
    registered: async (id) => named(id).registered(),
    setupsChanged() {
      const setups = new Map(options.setups().map((setup) => [setup.id, setup]));
      for (const [id, tunnel] of tunnels) {
        const setup = setups.get(id);
        if (setup) tunnel.change(setup);
        else {
          tunnels.delete(id);
          const end = tunnel.stop().finally(() => {
            leaving.delete(tunnel);
            refreshOpen();
          });
          leaving.set(tunnel, end);
        }
      }
      refreshOpen();
    },
    receiverChanged() {
      for (const tunnel of tunnels.values()) tunnel.receiverChanged();
    },
    secretSet(name) {
      if (closed) return;
      for (const tunnel of tunnels.values()) {
        const { problem } = tunnel.status();
        const uses = 'secretName' in tunnel.setup && tunnel.setup.secretName === name;
        if (uses && problem?.code.startsWith('token-')) tunnel.start();
      }
    },
    resumed() {
      for (const tunnel of tunnels.values()) tunnel.resumed();
    },
    async close() {
      closed = true;
      await Promise.all([...leaving.values(), ...[...tunnels.values()].map((tunnel) => tunnel.stop())]);
      process.removeListener('exit', children.killAll);
    },
    passageOf(head) {
      const passage = passageThrough(head, open);
      if (!passage) return null;
      const { tunnelId, sender, trusted, named: isNamed } = passage;
      if (isNamed) tunnels.get(tunnelId)?.passed();
      return { tunnelId, sender, trusted };
    },
    isProbe: (head) => prober.isProbe(head),
    answerProbe: (request) => prober.answer(request),
  };
}

function startRun(setup: TunnelSetup, context: RunContext): Run {
  switch (setup.kind) {
    case 'ngrok':
      return startNgrok(setup, context);
    case 'cloudflared':
      return startCloudflared(setup, context);
    case 'ssh':
      return startSsh(setup, context);
    case 'smee':
      return startSmee(setup, context);
    case 'command':
      return startCommand(setup, context);
    case 'attach':
      return startAttach(setup, context);
  }
}
