// What a handshake leaves for the person to do: an address that is fetched only on a click, and a secret that the
// provider sent along and that later requests are signed with.

import type { CommandHandlers } from '../shared/contract.ts';
import { AppError } from '../shared/errors.ts';
import { findDefinition } from '../shared/providers/index.ts';
import { defaultEndpoint } from '../shared/workspace.ts';
import type { Parts } from './host-parts.ts';
import { attempt } from './sender/wire.ts';
import type { WireOptions } from './sender/wire.ts';
import { broughtSecret } from './signatures/handshake.ts';
import type { StoredRequest } from './store/history.ts';

/** What these commands work on. */
interface HandshakeContext {
  readonly parts: Parts;
  readonly workspaceChanged: () => void;
  readonly secretsChanged: () => void;
  /** Ms that the fetch may take. */
  readonly timeoutMs: number;
  /** For tests: another name look-up and other authorities. */
  readonly wire?: Pick<WireOptions, 'lookup' | 'ca'> | undefined;
}

type HandshakeCommand = 'requests.confirm' | 'requests.keepSecret';

/** Builds the handlers. They throw AppError for operational errors. */
export function createHandshakeHandlers(context: HandshakeContext): Pick<CommandHandlers, HandshakeCommand> {
  const { parts, workspaceChanged, secretsChanged } = context;
  const { history, clock, workspace } = parts;
  /** One after the other: a second click finds what the first one kept. */
  let lastKept: Promise<unknown> = Promise.resolve();

  return {
    async 'requests.confirm'({ id }) {
      const wanted = history.needsConsent(id);
      if (wanted === null) {
        throw new AppError('CONFIG_INVALID', 'This request waits for no confirmation.', { field: 'id' });
      }
      // Checked when it was stored: https at the provider's own host. Redirects could lead anywhere else.
      const { status, outcome, message } = await attempt({
        ...context.wire,
        method: 'GET',
        url: wanted.fetch,
        headers: [],
        body: new Uint8Array(),
        clock,
        totalMs: context.timeoutMs,
      });
      if (status === null) throw new AppError('SEND_FAILED', `The address could not be fetched: ${message}.`);
      const accepted = outcome === 'delivered' ? 'The provider accepted the confirmation' : 'The provider refused it';
      return { status, message: `${accepted}: HTTP ${status}.` };
    },
    'requests.keepSecret': ({ id }) => {
      const kept = lastKept.then(() => keepSecret(id));
      lastKept = kept.catch(() => {});
      return kept;
    },
  };

  async function keepSecret(id: string): Promise<{ readonly secretName: string }> {
    const stored = history.get(id);
    if (!stored) throw new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
    const brought = secretOf(parts, stored);
    if (brought === null) throw new AppError('CONFIG_INVALID', 'This request brought no secret.', { field: 'id' });
    // The stored one: options of this run are not to be kept.
    const kept = workspace.data.endpoints.find((endpoint) => endpoint.id === stored.endpoint);
    const endpoint = kept ?? (stored.endpoint === 'default' ? defaultEndpoint : undefined);
    if (endpoint === undefined) {
      throw new AppError('CONFIG_INVALID', `Its endpoint "${stored.endpoint}" is gone.`, { field: 'id' });
    }
    const known = parts
      .secretsFor(endpoint, stored.provider)
      .find(({ name, value }) => value === brought.value && endpoint.secretNames.includes(name));
    if (known) return { secretName: known.name };
    const secretName = freeName(`${brought.provider} ${endpoint.name}`.slice(0, 90), (name) => parts.secrets.has(name));
    await parts.setSecret(secretName, brought.value, stored.provider);
    secretsChanged();
    await workspace.update((data) => {
      const changed = { ...endpoint, secretNames: [...endpoint.secretNames, secretName] };
      const others = data.endpoints.filter((other) => other.id !== endpoint.id);
      return { ...data, endpoints: [...others, changed] };
    });
    workspaceChanged();
    return { secretName };
  }
}

/** The secret that a stored handshake brought, with its provider's name; null when it is none or brought none. */
export function secretOf(
  parts: Parts,
  stored: StoredRequest,
): { readonly provider: string; readonly value: string } | null {
  const { provider, reply, method, target, headers } = stored;
  const definition = findDefinition(provider, parts.definition);
  if (definition === undefined || !reply.challenge) return null;
  const body = parts.history.readBody(stored.id) ?? new Uint8Array();
  const value = broughtSecret({ method, url: target, headers, body }, definition);
  return value === null ? null : { provider: definition.name, value };
}

function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  let name = wanted;
  for (let n = 2; isTaken(name); n += 1) name = `${wanted} ${n}`;
  return name;
}
