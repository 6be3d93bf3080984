// `endpoint`: where requests arrive and how they are answered, from the command line. Reading needs no lock; changes go
// through the host, which checks them whole.

import { AppError } from '../../shared/errors.ts';
import { formatRate } from '../../shared/access.ts';
import { defaultEndpoint } from '../../shared/workspace.ts';
import type { Endpoint } from '../../shared/workspace.ts';
import type { WorkingHost } from './working-host.ts';
import { escapeControls } from '../system.ts';
import { callHost, idFromName } from './call-host.ts';
import { text, wantsUnsigned } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { addEndpointOptions, endpointOptionNames, readEndpointChanges } from './endpoint-options.ts';
import { readStoredWorkspace, withHost } from './open-host.ts';
import { paint } from './output.ts';
import type { Output } from './output.ts';
import { dropSecrets, keepSecrets, settleSecrets } from './owned-secrets.ts';
import { findChosen } from './provider-option.ts';

/** Registers the `endpoint` commands. */
export function addEndpointCommands(context: CliContext): void {
  const { command } = context.group(
    'endpoint',
    'where requests arrive and how they are answered: list, add, set, remove',
  );
  command('list', 'list the endpoints; "default" takes what no other takes', () => {}, listEndpoints);
  command('add <name>', 'add an endpoint', addEndpointOptions, addEndpoint);
  command(
    'set <name>',
    'change an endpoint ("default" for the catch-all); what is not given stays',
    (options) => {
      options
        .option('--name <name>', 'another name')
        .option('--with-secrets', 'remove the secrets that it no longer names, unless something else needs them');
      addEndpointOptions(options);
    },
    withHost(setEndpoint),
  );
  command(
    'remove <name>',
    'remove an endpoint; its requests stay',
    (options) => {
      options.option('--with-secrets', 'remove its secrets too, unless something else needs them');
    },
    withHost(removeEndpoint),
  );
}

async function listEndpoints(run: CommandRun): Promise<number> {
  const { endpoints } = await readStoredWorkspace(run);
  const own = endpoints.filter(({ id }) => id !== 'default');
  const catchAll = endpoints.find(({ id }) => id === 'default') ?? defaultEndpoint;
  for (const endpoint of [...own, catchAll]) printEndpoint(run.output, endpoint);
  return 0;
}

function addEndpoint(run: CommandRun): Promise<number> {
  const name = run.positional[0] as string;
  const fresh: Endpoint = { ...defaultEndpoint, id: '', name, path: '' };
  // Mistakes are told before the data folder is touched.
  const changes = readEndpointChanges(run, fresh);
  return withHost((_run, host) => {
    const { endpoints } = host.parts.workspace.data;
    if (name === 'default' || endpoints.some((endpoint) => endpoint.name === name || endpoint.id === name)) {
      throw new AppError(
        'CONFIG_INVALID',
        `NAME: there is an endpoint "${name}" already; change it with: endpoint set.`,
      );
    }
    const taken = [...endpoints.map(({ id }) => id), 'default', 'test'];
    const id = idFromName(name, taken, 'endpoint');
    return save(run, host, { ...fresh, path: `/in/${id}`, ...changes, id }, null);
  })(run);
}

function setEndpoint(run: CommandRun, host: WorkingHost): Promise<number> {
  const before = findEndpoint(host, run.positional[0] as string);
  const name = text(run, 'name') ?? before.name;
  const clash = host.parts.workspace.data.endpoints.find((other) => other.id !== before.id && other.name === name);
  if (clash) throw new AppError('CONFIG_INVALID', `--name: there is an endpoint "${name}" already; take another name.`);
  return save(run, host, { ...before, ...readEndpointChanges(run, before), name }, before);
}

async function removeEndpoint(run: CommandRun, host: WorkingHost): Promise<number> {
  const endpoint = findEndpoint(host, run.positional[0] as string);
  await callHost(host, 'endpoints.remove', { id: endpoint.id });
  const { id, name } = endpoint;
  run.output.line({ type: 'endpoint-removed', id, name }, () => `removed  ${escapeControls(name)}`);
  await settleSecrets(run, host, endpoint.secretNames);
  return 0;
}

/** Checks and saves everything, the secrets after all else has been found right. */
async function save(run: CommandRun, host: WorkingHost, wanted: Endpoint, before: Endpoint | null): Promise<number> {
  const { schemes } = host.parts.workspace.data;
  const provider = wanted.provider === null ? null : findChosen(wanted.provider, schemes);
  // Without new secrets first: an endpoint that is refused must not leave a secret behind.
  const plain = before === null || wantsUnsigned(run) ? { ...wanted, secretNames: [] } : wanted;
  await callHost(host, 'endpoints.save', plain, endpointOptionNames);
  let names: readonly string[] | null = null;
  try {
    const { id, name, secretNames } = wanted;
    names = await keepSecrets(run, host, { kind: 'endpoint', id, name, secretNames }, provider);
    if (names !== null)
      await callHost(host, 'endpoints.save', { ...plain, secretNames: [...names] }, endpointOptionNames);
  } catch (error) {
    await (before === null
      ? callHost(host, 'endpoints.remove', { id: wanted.id })
      : callHost(host, 'endpoints.save', before));
    await dropSecrets(host, names ?? []);
    throw error;
  }
  const saved = findEndpoint(host, wanted.id);
  printEndpoint(run.output, saved);
  const gone = (before?.secretNames ?? []).filter((name) => !saved.secretNames.includes(name));
  await settleSecrets(run, host, gone);
  return 0;
}

/** The endpoint of this id or name, `default` included. Throws CONFIG_INVALID that lists the names. */
export function findEndpoint({ parts }: Pick<WorkingHost, 'parts'>, wanted: string): Endpoint {
  const { endpoints } = parts.workspace.data;
  const found = endpoints.find(({ id }) => id === wanted) ?? endpoints.find(({ name }) => name === wanted);
  if (found) return found;
  if (wanted === 'default' || wanted === defaultEndpoint.name) return defaultEndpoint;
  const names = [...endpoints.map(({ name }) => `"${name}"`), '"default"'].join(', ');
  throw new AppError('CONFIG_INVALID', `NAME: there is no endpoint "${wanted}": there are ${names}.`);
}

const shown = escapeControls;

function printEndpoint(output: Output, endpoint: Endpoint): void {
  output.line({ type: 'endpoint', ...endpoint }, () => {
    const { id, name, path, provider, mode, active, secretNames, rules, forwards } = endpoint;
    const parts = [
      active ? paint(output, 'green', 'active') : paint(output, 'yellow', 'off'),
      shown(name) + (name === id ? '' : ` (${id})`),
      shown(path),
      provider === null ? 'provider detected' : shown(provider),
      mode === 'strict' ? paint(output, 'yellow', 'strict') : '',
      secretNames.length === 0 ? 'no secret' : `secrets ${shown(secretNames.join(', '))}`,
      replyText(endpoint),
      rules.length === 0 ? '' : `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`,
      ...forwards.map(
        ({ mode: how, url, active: on }) =>
          `${how === 'copy' ? 'copies to' : 'forwards to'} ${shown(url)}${on ? '' : ' (off)'}`,
      ),
      ...accessTexts(endpoint),
    ];
    return parts.filter((part) => part !== '').join('  ');
  });
}

function replyText({ reply: { status, delayMs, fault, sequence, shares } }: Endpoint): string {
  const turns = sequence === null ? '' : ` in turn ${sequence.answers.map((answer) => answer.status).join(', ')}`;
  const chance = shares.map(({ percent, answer }) => ` ${percent} % ${answer.status}`).join('');
  return `answers ${status}${turns}${chance}${delayMs > 0 ? ` after ${delayMs} ms` : ''}${fault === null ? '' : ` (${fault})`}`;
}

function accessTexts({
  access: { allow, senderRate, endpointRate, refuseStale, quotaBytes },
}: Endpoint): readonly string[] {
  return [
    allow.length === 0
      ? ''
      : `from ${shown(allow.slice(0, 3).join(', '))}${allow.length > 3 ? ` and ${allow.length - 3} more` : ''}`,
    senderRate === 'auto' ? '' : `per sender ${formatRate(senderRate)}`,
    endpointRate === 'auto' ? '' : `in all ${formatRate(endpointRate)}`,
    refuseStale ? 'refuses stale timestamps' : '',
    quotaBytes === 'auto' ? '' : `quota ${quotaBytes === 'off' ? 'off' : `${quotaBytes} bytes`}`,
  ];
}
