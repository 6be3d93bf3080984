// The handlers for catching up, and the looks that are made by themselves: what was looked at is kept in pulls.json, what
// was missed in the history. Tokens are secrets by name and never leave this file but to the engine.

import type { CommandHandlers, CommandName } from '../shared/contract.ts';
import type { Change } from '../shared/news.ts';
import { AppError } from '../shared/errors.ts';
import type { PullSetup, PullStatus } from '../shared/pulls.ts';
import type { Parts } from './host-parts.ts';
import { createPullWatch } from './host-pull-watch.ts';
import type { PullWatch } from './host-pull-watch.ts';
import type { Random } from './ports.ts';
import { baseAddress } from './reconcile/address.ts';
import { createSource } from './reconcile/sources.ts';
import type { Exchange } from './store/history.ts';

/** What the handlers work on. */
interface PullContext {
  readonly parts: Parts;
  readonly random: Random;
  readonly emit: (change: Change) => void;
  readonly workspaceChanged: () => void;
}

/** The pulls of a host. */
export interface Pulls {
  readonly handlers: Pick<CommandHandlers, Extract<CommandName, `pulls.${string}`>>;
  /** Looks are made by themselves from now on, where a setup says so. */
  start(): void;
  /** Ends the looks; resolves when none is under way. */
  stop(): Promise<void>;
  /** A request was stored. */
  noticed(exchange: Exchange): void;
  /** A secret was set: looks that ended for want of it go on. */
  secretSet(name: string): void;
}

/** Builds the handlers over the stored setups. */
export function createPulls({ parts, random, emit, workspaceChanged }: PullContext): Pulls {
  const { workspace } = parts;
  const watches = new Map<string, PullWatch>();
  let started = false;
  let stopped = false;

  const setups = (): readonly PullSetup[] => workspace.data.pulls;

  function watchOf(id: string): PullWatch {
    const known = watches.get(id);
    if (known) return known;
    const setup = setups().find((one) => one.id === id);
    if (!setup) throw new AppError('CONFIG_INVALID', `There is no pull ${id}.`, { field: 'id' });
    const watch = createPullWatch({
      parts,
      random,
      setup,
      onStatus: (status) => emit({ type: 'pull', status }),
      onStored: (summary) => emit({ type: 'request', summary }),
    });
    watches.set(id, watch);
    return watch;
  }

  async function drop(id: string): Promise<void> {
    const watch = watches.get(id);
    watches.delete(id);
    await watch?.stop();
  }

  return {
    handlers: {
      async 'pulls.save'(setup) {
        checkSetup(parts, setup);
        await drop(setup.id);
        await workspace.update((data) => ({
          ...data,
          pulls: data.pulls.some(({ id }) => id === setup.id)
            ? data.pulls.map((other) => (other.id === setup.id ? setup : other))
            : [...data.pulls, setup],
        }));
        // A list that was asked for meanwhile may have made a watch of the old setup again.
        await drop(setup.id);
        workspaceChanged();
        if (started && !stopped) watchOf(setup.id).start();
        return null;
      },
      async 'pulls.remove'({ id }) {
        await drop(id);
        await workspace.update((data) => ({ ...data, pulls: data.pulls.filter((other) => other.id !== id) }));
        // A look that was asked for meanwhile must have ended, or it would write its place once more.
        await drop(id);
        await parts.pullState.update((data) => ({ pulls: data.pulls.filter((other) => other.id !== id) }));
        workspaceChanged();
        return null;
      },
      async 'pulls.run'({ id, sinceAt }) {
        if (stopped) throw new AppError('CONFIG_INVALID', 'Hookbench is closing.');
        return watchOf(id).look(sinceAt);
      },
      'pulls.list': (): readonly PullStatus[] => setups().map(({ id }) => watchOf(id).status()),
    },
    start() {
      started = true;
      for (const { id } of setups()) watchOf(id).start();
    },
    async stop() {
      stopped = true;
      await Promise.all([...watches.values()].map((watch) => watch.stop()));
    },
    noticed(exchange) {
      for (const watch of watches.values()) watch.noticed(exchange);
    },
    secretSet(name) {
      if (!started || stopped) return;
      for (const { id, tokenName } of setups()) if (tokenName === name) watchOf(id).tokenChanged();
    },
  };
}

/** Throws AppError that names the field. */
function checkSetup(parts: Parts, setup: PullSetup): void {
  const { provider, config, endpointId, tokenName, baseUrl } = setup;
  const source = createSource(provider, config);
  if (baseUrl !== null) baseAddress(baseUrl);
  if (!parts.endpoints().some(({ id }) => id === endpointId && id !== 'test')) {
    throw new AppError('CONFIG_INVALID', `There is no endpoint ${endpointId}.`, { field: 'endpointId' });
  }
  if (tokenName === null && source.needsToken) {
    throw new AppError('CONFIG_INVALID', `${source.name} needs a token: ${source.tokenRight}.`, { field: 'tokenName' });
  }
  if (tokenName !== null && !parts.secrets.has(tokenName)) {
    throw new AppError('SECRET_UNAVAILABLE', `There is no secret named "${tokenName}".`, { field: 'tokenName' });
  }
}
