// The handlers behind the contract: each command of the window (and of the command line) in terms of the parts.

import type { CommandHandlers, CommandName } from '../shared/contract.ts';
import type { Change, ReceiverState, Snapshot } from '../shared/news.ts';
import type { Draft } from '../shared/delivery.ts';
import { AppError } from '../shared/errors.ts';
import { createBodyHandlers } from './host-bodies.ts';
import { createExportHandlers } from './host-exports.ts';
import { createImportHandlers } from './host-import.ts';
import { createHandshakeHandlers } from './host-handshake.ts';
import type { HostOptions } from './host-options.ts';
import type { Diagnoser } from './host-diagnosis.ts';
import { workspaceView } from './host-news.ts';
import { createOutboxHandlers } from './host-outbox.ts';
import { createRequestHandlers } from './host-requests.ts';
import { createSchemeHandlers } from './host-schemes.ts';
import { testEventPath, testSecretName } from './host-parts.ts';
import type { Parts } from './host-parts.ts';
import { enqueueDraft, previewDraft } from './host-send.ts';
import { createTypeHandlers } from './host-types.ts';
import { createWorkspaceHandlers } from './host-workspace.ts';
import type { Queue } from './sender/queue.ts';

/** What the handlers work on. */
interface HandlerContext {
  readonly options: HostOptions;
  readonly parts: Parts;
  readonly queue: Queue;
  readonly emit: (change: Change) => void;
  readonly diagnoser: Diagnoser;
  /** Handlers that are made elsewhere. */
  readonly others: Pick<CommandHandlers, OtherCommand>;
  readonly workspaceChanged: () => void;
  /** A secret was set: what waited for it goes on. */
  readonly secretSet: (name: string) => void;
  readonly settingsChanged: () => void;
  /** How tunnels and local apps do. */
  readonly states: () => Pick<Snapshot, 'tunnelStates' | 'forwardHealth'>;
  readonly receiver: () => ReceiverState;
  /** Stops the receiver and listens on another port. */
  readonly restart: (port: number) => Promise<void>;
  /** Stops listening, or listens again at the same port. */
  readonly pause: (paused: boolean) => Promise<void>;
}

type OtherCommand = Extract<
  CommandName,
  `check.${string}` | `volume.${string}` | `pulls.${string}` | `tunnels.${string}`
>;

/** Builds the handlers. They throw AppError for operational errors. */
export function createHandlers(context: HandlerContext): CommandHandlers {
  const { options, parts, queue, emit, workspaceChanged } = context;
  const { history } = parts;
  const sendContext = { parts, queue, random: options.random };
  const secretsChanged = () =>
    emit({ type: 'secrets', secrets: parts.secretList(), secretStorage: parts.secretStorage() });

  return {
    ...createSchemeHandlers({ parts, workspaceChanged, secretsChanged }),
    ...createOutboxHandlers({ parts, queue, workspaceChanged }),
    ...createRequestHandlers({ parts, options, diagnoser: context.diagnoser, emit }),
    ...createBodyHandlers({ parts, desktop: options.desktop }),
    ...createExportHandlers({ parts, options, emit }),
    ...createImportHandlers({
      parts,
      random: options.random,
      onStored: (summary) => emit({ type: 'request', summary }),
      onRemoved: (ids) => emit({ type: 'requests-removed', count: ids.length, ids }),
    }),
    ...createTypeHandlers({ history, options }),
    ...createHandshakeHandlers({ parts, workspaceChanged, secretsChanged, timeoutMs: options.sendTimeoutMs }),
    ...createWorkspaceHandlers({ parts, queue, workspaceChanged }),
    ...context.others,
    'state.get': () => ({
      batch: 0,
      version: options.version,
      dataDir: options.dataDir,
      receiver: context.receiver(),
      ...workspaceView(parts),
      secrets: parts.secretList(),
      secretStorage: parts.secretStorage(),
      settings: parts.settings.data,
      ...context.states(),
      requestCount: history.count(),
      recovered: parts.recovered,
    }),
    'compose.send': (draft) => enqueueDraft(sendContext, draft),
    'compose.preview': (draft) => previewDraft(sendContext, draft),
    async 'testEvent.send'() {
      const state = context.receiver();
      if (state.status !== 'listening')
        throw new AppError('SEND_NO_TARGET', 'The receiver is not listening, so the test event has nowhere to go.');
      const { deliveries } = await enqueueDraft(sendContext, testEventDraft(state.url));
      return { deliveryId: (deliveries[0] as (typeof deliveries)[number]).id };
    },
    async 'secrets.set'({ name, value, provider }) {
      await parts.setSecret(name, value, provider);
      secretsChanged();
      await resumeWaitingFor(parts, queue, name);
      context.secretSet(name);
      return null;
    },
    async 'secrets.remove'({ name }) {
      await parts.removeSecret(name);
      secretsChanged();
      return null;
    },
    async 'settings.save'(changes) {
      await parts.settings.update((data) => ({ ...data, ...definedOnly(changes) }));
      emit({ type: 'settings', settings: parts.settings.data });
      if ('secretStorage' in changes) secretsChanged();
      context.settingsChanged();
      return null;
    },
    async 'receiver.pause'({ paused }) {
      await context.pause(paused);
      return null;
    },
    async 'receiver.restart'({ port }) {
      await context.restart(port);
      const state = context.receiver();
      if (state.status === 'listening' && port !== 0) await parts.settings.update((data) => ({ ...data, port }));
      emit({ type: 'settings', settings: parts.settings.data });
      return null;
    },
    async 'open.external'({ url }) {
      await options.desktop?.openExternal(url);
      return null;
    },
    'window.facts'(facts) {
      options.desktop?.factsChanged(facts);
      return null;
    },
  };
}

/** Deliveries that were parked because this secret was gone go on. */
async function resumeWaitingFor({ workspace }: Parts, queue: Queue, secretName: string): Promise<void> {
  const rotating = workspace.data.targets.filter((target) => target.alsoSecretNames.includes(secretName));
  const parked = queue
    .pending()
    .filter(
      (delivery) =>
        delivery.parkedReason === 'secret-unavailable' &&
        (delivery.secretName === secretName || rotating.some(({ id }) => id === delivery.targetId)),
    );
  await Promise.all(parked.map((delivery) => queue.resume(delivery.id)));
}

/** The fields that were given, without those that are undefined. */
function definedOnly<T extends object>(changes: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** The event of the first run: signed like a Standard Webhooks provider would, sent to our own receiver. */
function testEventDraft(url: string): Draft {
  const body = {
    type: 'hookbench.test',
    timestamp: '{{now}}',
    data: { message: 'Hello from Hookbench: this event was signed, sent over HTTP, received and verified.' },
  };
  return {
    method: 'POST',
    urls: [`${url}${testEventPath}`],
    targetIds: [],
    provider: 'standard-webhooks',
    event: 'hookbench.test',
    headers: [['Content-Type', 'application/json']],
    body: new TextEncoder().encode(JSON.stringify(body, null, 2)),
    variables: true,
    secret: { name: testSecretName },
    signature: 'fresh',
    schedule: 'quick',
    speed: 1,
  };
}
