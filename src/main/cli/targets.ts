// `target`: where events are sent, from the command line. Reading needs no lock; changes go through the host, which
// holds or lets go what is queued for the target.

import { AppError } from '../../shared/errors.ts';
import type { Target } from '../../shared/workspace.ts';
import type { WorkingHost } from './working-host.ts';
import { escapeControls } from '../system.ts';
import { callHost, idFromName } from './call-host.ts';
import { text, wantsUnsigned } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { readStoredWorkspace, withHost } from './open-host.ts';
import type { HostWork } from './open-host.ts';
import { paint } from './output.ts';
import type { Output } from './output.ts';
import { dropSecrets, keepSecrets, settleSecrets, targetSecretNames } from './owned-secrets.ts';
import { findChosen } from './provider-option.ts';
import { addTargetOptions, plainTarget, readTargetChanges, targetOptionNames } from './target-options.ts';

/** Registers the `target` commands. */
export function addTargetCommands(context: CliContext): void {
  const { command } = context.group('target', 'where events are sent: list, add, set, pause, resume, remove');
  command('list', 'list the targets', () => {}, listTargets);
  command(
    'add <name>',
    'add a target; events that match its filter are sent to it',
    (options) => {
      options.requiredOption('--url <url>', 'address of the handler');
      addTargetOptions(options);
    },
    addTarget,
  );
  command(
    'set <name>',
    'change a target; what is not given stays',
    (options) => {
      options.option('--url <url>', 'another address').option('--name <name>', 'another name');
      addTargetOptions(options);
    },
    setTarget,
  );
  command('pause <name>', 'keep deliveries for it until it is resumed', () => {}, withHost(setState('paused')));
  command('resume <name>', 'send to it again, also after it was parked', () => {}, withHost(setState('active')));
  command(
    'remove <name>',
    'remove a target; its deliveries stay',
    (options) => {
      options.option('--with-secrets', 'remove its secrets too, unless something else needs them');
    },
    withHost(removeTarget),
  );
}

async function listTargets(run: CommandRun): Promise<number> {
  for (const target of (await readStoredWorkspace(run)).targets) printTarget(run.output, target);
  return 0;
}

function addTarget(run: CommandRun): Promise<number> {
  // Mistakes are told before the data folder is touched.
  const changes = readTargetChanges(run);
  const name = run.positional[0] as string;
  return withHost(async (_run, host) => {
    const { targets } = host.parts.workspace.data;
    if (targets.some((target) => target.name === name || target.id === name)) {
      throw new AppError('CONFIG_INVALID', `NAME: there is a target "${name}" already; change it with: target set.`);
    }
    const ids = targets.map(({ id }) => id);
    return save(run, host, { url: '', ...plainTarget, ...changes, name, id: idFromName(name, ids, 'target') }, null);
  })(run);
}

function setTarget(run: CommandRun): Promise<number> {
  const changes = readTargetChanges(run);
  return withHost((_run, host) => {
    const before = chosen(run, host);
    const name = text(run, 'name') ?? before.name;
    const clash = host.parts.workspace.data.targets.find((other) => other.id !== before.id && other.name === name);
    if (clash) throw new AppError('CONFIG_INVALID', `--name: there is a target "${name}" already; take another name.`);
    return save(run, host, { ...before, ...changes, name }, before);
  })(run);
}

function setState(state: 'active' | 'paused'): HostWork {
  return async (run, host) => {
    await callHost(host, 'targets.save', { ...chosen(run, host), state, parkedReason: null });
    printTarget(run.output, chosen(run, host));
    return 0;
  };
}

async function removeTarget(run: CommandRun, host: WorkingHost): Promise<number> {
  const target = chosen(run, host);
  await callHost(host, 'targets.remove', { id: target.id });
  run.output.line({ type: 'target-removed', id: target.id, name: target.name }, () => `removed  ${shown(target.name)}`);
  await settleSecrets(run, host, targetSecretNames(target));
  return 0;
}

/** Checks and saves everything, the secrets after all else has been found right. */
async function save(run: CommandRun, host: WorkingHost, wanted: Target, before: Target | null): Promise<number> {
  const provider = findChosen(wanted.provider, host.parts.workspace.data.schemes);
  const unsigned = { secretName: null, alsoSecretNames: [] };
  // Without its secrets first: a target that is refused must not leave a secret behind.
  const plain = before === null || wantsUnsigned(run) ? { ...wanted, ...unsigned } : wanted;
  await callHost(host, 'targets.save', plain, targetOptionNames);
  let names: readonly string[] | null = null;
  try {
    const owner = { kind: 'target', id: wanted.id, name: wanted.name, secretNames: targetSecretNames(wanted) } as const;
    names = await keepSecrets(run, host, owner, provider);
    if (names !== null) {
      const [secretName = null, ...alsoSecretNames] = names;
      await callHost(
        host,
        'targets.save',
        { ...plain, secretName, alsoSecretNames: [...alsoSecretNames] },
        targetOptionNames,
      );
    }
  } catch (error) {
    await (before === null
      ? callHost(host, 'targets.remove', { id: wanted.id })
      : callHost(host, 'targets.save', before));
    await dropSecrets(host, names ?? []);
    throw error;
  }
  printTarget(run.output, findTarget(host, wanted.id));
  return 0;
}

function chosen(run: CommandRun, host: WorkingHost): Target {
  return findTarget(host, run.positional[0] as string);
}

/** The target of this id or name. Throws SEND_NO_TARGET that lists the names. */
export function findTarget({ parts }: Pick<WorkingHost, 'parts'>, wanted: string): Target {
  const { targets } = parts.workspace.data;
  const found = targets.find(({ id }) => id === wanted) ?? targets.find(({ name }) => name === wanted);
  if (found) return found;
  const names = targets.map(({ name }) => `"${name}"`).join(', ');
  const known = names === '' ? 'there are none; add one with: target add' : `there are ${names}`;
  throw new AppError('SEND_NO_TARGET', `There is no target "${wanted}": ${known}.`);
}

const tones = { active: 'green', paused: 'yellow', parked: 'red' } as const;
const parkedWords = { gone: 'it answered 410', failing: 'it failed for five days' } as const;

function printTarget(output: Output, target: Target): void {
  output.line({ type: 'target', ...target }, () => {
    const { name, state, parkedReason, url, provider, events, schedule, headers } = target;
    const secrets = targetSecretNames(target);
    const parts = [
      paint(output, tones[state], parkedReason === null ? state : `${state} (${parkedWords[parkedReason]})`),
      shown(name),
      shown(url),
      shown(provider),
      `events ${shown(events.join(','))}`,
      `schedule ${shown(schedule)}`,
      secrets.length === 0 ? 'unsigned' : `${secrets.length === 1 ? 'secret' : 'secrets'} ${shown(secrets.join(', '))}`,
      // Values may be credentials.
      headers.length === 0 ? '' : `headers ${shown(headers.map(([header]) => header).join(', '))}`,
      ...rules(target),
      target.skipTlsCheck ? paint(output, 'red', 'certificates are not checked') : '',
    ];
    return parts.filter((part) => part !== '').join('  ');
  });
}

function rules(target: Target): readonly string[] {
  const { concurrency, ratePerSecond, connectTimeoutMs, totalTimeoutMs } = target;
  return [
    concurrency === plainTarget.concurrency ? '' : `${concurrency} at once`,
    ratePerSecond === null ? '' : `${ratePerSecond}/s`,
    connectTimeoutMs === null ? '' : `connect ${connectTimeoutMs} ms`,
    totalTimeoutMs === null ? '' : `total ${totalTimeoutMs} ms`,
    target.followRedirects ? 'follows redirects' : '',
    target.strictOrder ? 'strict order' : '',
    target.allowLinkLocal ? 'link-local allowed' : '',
  ];
}

const shown = escapeControls;
