// The handlers for what a person configures: endpoints and targets. A change is checked against the rest of the workspace
// and then saved whole.

import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { CommandHandlers, CommandName } from '../shared/contract.ts';
import { AppError } from '../shared/errors.ts';
import type { HeaderPair } from '../shared/headers.ts';
import { findDefinition } from '../shared/providers/index.ts';
import type { Reply } from '../shared/replies.ts';
import { findSchedule } from '../shared/schedules.ts';
import type { Endpoint, Target } from '../shared/workspace.ts';
import type { Parts } from './host-parts.ts';
import { forwardFault } from './sender/forward-address.ts';
import type { Queue } from './sender/queue.ts';

/** What the handlers work on. */
interface WorkspaceContext {
  readonly parts: Parts;
  readonly queue: Pick<Queue, 'targetsChanged'>;
  readonly workspaceChanged: () => void;
}

type WorkspaceCommand = Extract<CommandName, `endpoints.${string}` | `targets.${string}`>;

/** Builds the handlers. They throw AppError for operational errors. */
export function createWorkspaceHandlers({
  parts,
  queue,
  workspaceChanged,
}: WorkspaceContext): Pick<CommandHandlers, WorkspaceCommand> {
  return {
    async 'endpoints.save'(endpoint) {
      checkEndpoint(parts, endpoint);
      await parts.workspace.update((data) => ({ ...data, endpoints: replaceById(data.endpoints, endpoint) }));
      workspaceChanged();
      return null;
    },
    async 'endpoints.remove'({ id }) {
      const user = parts.workspace.data.pulls.find(({ endpointId }) => endpointId === id);
      if (user && id !== 'default') {
        throw new AppError('CONFIG_INVALID', `"${user.name}" puts missed events there; change or remove that first.`);
      }
      await parts.workspace.update((data) => ({
        ...data,
        endpoints: data.endpoints.filter((endpoint) => endpoint.id !== id),
      }));
      workspaceChanged();
      return null;
    },
    async 'targets.save'(target) {
      checkTarget(parts, target);
      // A target that a person set going, or paused, is not parked any more.
      const saved: Target = target.state === 'parked' ? target : { ...target, parkedReason: null };
      await parts.workspace.update((data) => ({ ...data, targets: replaceById(data.targets, saved) }));
      workspaceChanged();
      queue.targetsChanged();
      return null;
    },
    async 'targets.remove'({ id }) {
      await parts.workspace.update((data) => ({ ...data, targets: data.targets.filter((target) => target.id !== id) }));
      workspaceChanged();
      queue.targetsChanged();
      return null;
    },
  };
}

function replaceById<T extends { readonly id: string }>(list: readonly T[], item: T): T[] {
  return list.some((other) => other.id === item.id)
    ? list.map((other) => (other.id === item.id ? item : other))
    : [...list, item];
}

/** Throws AppError that names the field when the provider or the schedule is not known. */
function checkKnown(parts: Parts, provider: string | null, schedule?: string): void {
  if (provider !== null && !findDefinition(provider, parts.definition)) {
    throw new AppError('CONFIG_UNKNOWN_PROVIDER', `"${provider}" is not a known provider.`, { field: 'provider' });
  }
  if (schedule !== undefined && !findSchedule(schedule, parts.workspace.data.schedules)) {
    throw new AppError('CONFIG_INVALID', `"${schedule}" is not a known retry schedule.`, { field: 'schedule' });
  }
}

function checkTarget(parts: Parts, { provider, schedule, secretName, alsoSecretNames }: Target): void {
  checkKnown(parts, provider, schedule);
  if (secretName !== null) checkSecret(parts, secretName, 'secretName');
  for (const name of alsoSecretNames) checkSecret(parts, name, 'alsoSecretNames');
}

function checkSecret(parts: Parts, name: string, field: string): void {
  if (parts.secrets.has(name)) return;
  throw new AppError('SECRET_UNAVAILABLE', `There is no secret named "${name}".`, { field });
}

function checkEndpoint(parts: Parts, endpoint: Endpoint): void {
  checkKnown(parts, endpoint.provider);
  if (endpoint.id === 'test')
    throw new AppError('CONFIG_INVALID', 'The id "test" belongs to the built-in endpoint.', { field: 'id' });
  if (endpoint.id === 'default' && endpoint.path !== '/') {
    throw new AppError('CONFIG_INVALID', 'The catch-all endpoint has the path /.', { field: 'path' });
  }
  const clash = parts.workspace.data.endpoints.find(
    (other) => other.id !== endpoint.id && other.path === endpoint.path,
  );
  if (clash || (endpoint.id !== 'default' && endpoint.path === '/')) {
    throw new AppError(
      'CONFIG_INVALID',
      `The path ${endpoint.path} belongs to the endpoint "${clash?.name ?? 'Everything else'}".`,
      { field: 'path' },
    );
  }
  for (const name of endpoint.secretNames) checkSecret(parts, name, 'secretNames');
  checkReply(endpoint.reply, 'reply');
  for (const [index, { reply }] of endpoint.rules.entries()) if (reply) checkReply(reply, `rules.${index}.reply`);
  checkForwards(parts, endpoint.forwards);
}

/** Headers that HTTP cannot carry would be left out of the answer without a word. */
function checkReply({ headers, sequence, shares }: Reply, field: string): void {
  checkHeaders(headers, `${field}.headers`);
  for (const [index, answer] of (sequence?.answers ?? []).entries()) {
    checkHeaders(answer.headers, `${field}.sequence.answers.${index}.headers`);
  }
  for (const [index, { answer }] of shares.entries()) {
    checkHeaders(answer.headers, `${field}.shares.${index}.answer.headers`);
  }
}

function checkHeaders(headers: readonly HeaderPair[], field: string): void {
  for (const [index, [name, value]] of headers.entries()) {
    const fail = (what: string): never => {
      const message = `Header ${JSON.stringify(name.slice(0, 100))}: ${what}.`;
      throw new AppError('CONFIG_INVALID', message, { field: `${field}.${index}` });
    };
    if (!passes(() => validateHeaderName(name))) fail('the name may hold letters, digits and dashes only');
    if (!passes(() => validateHeaderValue(name, value))) {
      fail('the value holds a line break, a control character or one above U+00FF');
    }
  }
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

function checkForwards(parts: Parts, forwards: Endpoint['forwards']): void {
  const ids = new Set<string>();
  for (const [index, { id, url, schedule }] of forwards.entries()) {
    const fail = (name: string, message: string): never => {
      throw new AppError('CONFIG_INVALID', message, { field: `forwards.${index}.${name}` });
    };
    // Results are kept by id: one would take the other's place.
    if (ids.has(id)) fail('id', `Two forwards have the id "${id}"; each needs its own.`);
    ids.add(id);
    const fault = forwardFault(url);
    if (fault !== null) fail('url', fault);
    if (!findSchedule(schedule, parts.workspace.data.schedules)) {
      fail('schedule', `"${schedule}" is not a known retry schedule.`);
    }
  }
}
