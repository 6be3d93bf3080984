// The host's tunnels: what they are given from the data folder, and the handlers behind the commands.

import type { CommandHandlers, CommandName } from '../shared/contract.ts';
import type { Change, ReceiverState } from '../shared/news.ts';
import { AppError } from '../shared/errors.ts';
import type { CapturedRequest } from '../shared/exchange.ts';
import { headerValue } from '../shared/headers.ts';
import type { TunnelSetup } from '../shared/tunnels.ts';
import type { Parts } from './host-parts.ts';
import type { JudgedPassage } from './pipeline/pipeline.ts';
import type { Random } from './ports.ts';
import type { TunnelLimits, TunnelMemory, Tunnels } from './tunnels/contract.ts';
import { createTunnels } from './tunnels/supervisor.ts';

/** What the tunnels of a host are made from. */
interface HostTunnelOptions {
  readonly parts: Parts;
  readonly random: Random;
  readonly receiver: () => ReceiverState;
  readonly emit: (change: Change) => void;
  readonly limits?: Partial<TunnelLimits> | undefined;
}

/** Builds the tunnels over the stored setups; none is started. */
export function createHostTunnels({ parts, random, receiver, emit, limits }: HostTunnelOptions): Tunnels {
  return createTunnels({
    clock: parts.clock,
    logger: parts.logger,
    random,
    limits,
    setups: () => parts.workspace.data.tunnels,
    secret: (name) => parts.secretValue(name)?.value ?? null,
    secretValues: () => parts.secrets.values(),
    receiver() {
      const state = receiver();
      return state.status === 'listening' ? { port: state.port, url: state.url } : null;
    },
    memory: tunnelMemory(parts),
    onStatus: (status) => emit({ type: 'tunnel', status }),
  });
}

function tunnelMemory({ tunnelState }: Parts): TunnelMemory {
  return {
    registered: (id) => tunnelState.data.tunnels.find((one) => one.id === id)?.registeredUrl ?? null,
    keep(id, url) {
      if (tunnelState.readOnly) return Promise.resolve();
      return tunnelState.update(({ tunnels }) => {
        const others = tunnels.filter((one) => one.id !== id);
        return { tunnels: url === null ? others : [...others, { id, registeredUrl: url }] };
      });
    },
  };
}

/** Says of a request through which of the tunnels it came, if any, and under which public origin. */
export function createJudgedPassage({
  parts,
  tunnels,
}: {
  readonly parts: Pick<Parts, 'workspace'>;
  readonly tunnels: Pick<Tunnels, 'passageOf' | 'states'>;
}): (request: CapturedRequest) => JudgedPassage | null {
  return (request) => {
    const passage = tunnels.passageOf(request);
    if (!passage) return null;
    const { publicUrl = null } = tunnels.states().find(({ id }) => id === passage.tunnelId) ?? {};
    const isChannel = parts.workspace.data.tunnels.some(({ id, kind }) => id === passage.tunnelId && kind === 'smee');
    if (publicUrl === null || isChannel) return { sender: passage.sender, origin: null };
    // While a bare port is open to the outside, requests of this machine count as coming through it: their own Host tells.
    const host = headerValue(request.headers, 'host')?.toLowerCase();
    const isPublic = passage.trusted || host === new URL(publicUrl).host;
    return { sender: passage.sender, origin: isPublic ? publicUrl : null };
  };
}

/** What the handlers work on. */
interface TunnelContext {
  readonly parts: Parts;
  readonly tunnels: Tunnels;
  readonly workspaceChanged: () => void;
}

/** Builds the handlers of `tunnels.*`. */
export function createTunnelHandlers({
  parts,
  tunnels,
  workspaceChanged,
}: TunnelContext): Pick<CommandHandlers, Extract<CommandName, `tunnels.${string}`>> {
  const { workspace } = parts;

  async function change(replace: (setups: readonly TunnelSetup[]) => TunnelSetup[]): Promise<void> {
    await workspace.update((data) => ({ ...data, tunnels: replace(data.tunnels) }));
    tunnels.setupsChanged();
    workspaceChanged();
  }

  return {
    async 'tunnels.save'(setup) {
      checkSetup(parts, setup);
      await change((setups) =>
        setups.some(({ id }) => id === setup.id)
          ? setups.map((other) => (other.id === setup.id ? setup : other))
          : [...setups, setup],
      );
      return null;
    },
    async 'tunnels.remove'({ id }) {
      if (workspace.data.tunnels.some((one) => one.id === id)) await tunnels.stop(id);
      await change((setups) => setups.filter((other) => other.id !== id));
      await tunnelMemory(parts).keep(id, null);
      return null;
    },
    'tunnels.start': ({ id }) => tunnels.start(id),
    'tunnels.stop': ({ id }) => tunnels.stop(id),
    'tunnels.probe': ({ id }) => tunnels.probe(id),
    'tunnels.log': ({ id }) => tunnels.log(id),
    async 'tunnels.registered'({ id }) {
      await tunnels.registered(id);
      return null;
    },
  };
}

/** Throws AppError that names the field. */
function checkSetup({ workspace, secrets }: Parts, setup: TunnelSetup): void {
  const { id, name } = setup;
  const namesake = workspace.data.tunnels.find((one) => one.id !== id && one.name === name);
  if (namesake) throw new AppError('CONFIG_INVALID', `There is a tunnel "${name}" already.`, { field: 'name' });
  const secretName = 'secretName' in setup ? setup.secretName : null;
  if (secretName !== null && !secrets.has(secretName)) {
    throw new AppError('SECRET_UNAVAILABLE', `There is no secret named "${secretName}".`, { field: 'secretName' });
  }
  for (const [field, url] of addressesOf(setup)) {
    if (!URL.canParse(url)) throw new AppError('CONFIG_INVALID', `"${url}" is not an address.`, { field });
  }
  if (setup.kind === 'cloudflared' && secretName !== null && setup.publicUrl === null) {
    throw new AppError('CONFIG_INVALID', 'A named tunnel does not tell its address: give the one of its public host.', {
      field: 'publicUrl',
    });
  }
}

/** The addresses of a setup by field. */
function addressesOf(setup: TunnelSetup): readonly (readonly [string, string])[] {
  switch (setup.kind) {
    case 'smee':
      return [['channel', setup.channel]];
    case 'attach':
      return [['agentUrl', setup.agentUrl]];
    case 'ssh':
    case 'cloudflared':
      return setup.publicUrl === null ? [] : [['publicUrl', setup.publicUrl.replaceAll('{port}', '1')]];
    default:
      return [];
  }
}
