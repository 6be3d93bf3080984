// The composition root: opens the store, builds pipeline, receiver and queue, and joins them through callbacks.
// It knows every part and no Electron, so the window and the command line run the very same host.

import { randomUUID } from 'node:crypto';
import type { CommandHandlers } from '../shared/contract.ts';
import type { Change, ReceiverState } from '../shared/news.ts';
import { AppError, toErrorValue } from '../shared/errors.ts';
import { fraction } from '../shared/fraction.ts';
import { makeId } from '../shared/id.ts';
import { startControl } from './control/server.ts';
import type { Control } from './control/server.ts';
import { createChecks } from './host-check.ts';
import { createHandlers } from './host-commands.ts';
import { createDiagnoser } from './host-diagnosis.ts';
import { createForwarder } from './host-forward.ts';
import { workspaceView } from './host-news.ts';
import type { HostOptions } from './host-options.ts';
import { openParts } from './host-parts.ts';
import type { Parts } from './host-parts.ts';
import { createPulls } from './host-pulls.ts';
import { createReception } from './host-receive.ts';
import { createRetention } from './host-retention.ts';
import { createHostTunnels, createJudgedPassage, createTunnelHandlers } from './host-tunnels.ts';
import { createVolumeHandlers } from './host-volume.ts';
import { createOneOffSecrets } from './one-off-secrets.ts';
import { findActiveEndpoint } from './pipeline/endpoint.ts';
import { createPipeline } from './pipeline/pipeline.ts';
import { createAccess } from './receiver/access.ts';
import { createReplyChooser } from './receiver/rules.ts';
import { startReceiver } from './receiver/server.ts';
import type { Receiver } from './receiver/server.ts';
import { createQueue } from './sender/queue.ts';
import type { Queue } from './sender/queue.ts';
import { verify } from './signatures/verify.ts';
import { createVolume } from './volume/volume.ts';

/** A running Hookbench without a window. */
export interface Host {
  /** Starts queue and receiver. A port in use is a visible state, not a failure of the host. */
  start(): Promise<void>;
  /** Finishes what is in flight, saves, closes the store and gives the folder free. */
  stop(): Promise<void>;
  readonly handlers: CommandHandlers;
  /** The machine slept: what the time asleep may have broken is looked at. */
  resumed(): void;
  /** Calls `listener` for every piece of news; returns a function that stops it. */
  onChange(listener: (change: Change) => void): () => void;
  readonly receiver: () => ReceiverState;
  readonly parts: Parts;
  readonly queue: Queue;
}

/**
 * Opens the data folder and builds the host; nothing listens or sends before `start`.
 * Throws AppError STORE_LOCKED, STORE_UNREADABLE, STORE_FOREIGN.
 */
export async function createHost(options: HostOptions): Promise<Host> {
  const parts = await openParts(options);
  const { history, clock, logger } = parts;
  const listeners = new Set<(change: Change) => void>();
  const emit = (change: Change) => {
    for (const listener of listeners) listener(change);
  };
  let receiver: Receiver | null = null;
  /** Where it listened last: a pause ends there. */
  let lastPort = options.listen?.port ?? parts.settings.data.port;
  let receiverState: ReceiverState = { status: 'stopped' };
  const setReceiverState = (state: ReceiverState) => {
    const before = receiverState;
    receiverState = state;
    emit({ type: 'receiver', receiver: state });
    if (before.status !== state.status) tunnels.receiverChanged();
  };
  const noteFault = () => {
    if (receiverState.status !== 'listening' || receiverState.storeFault === history.fault) return;
    setReceiverState({ ...receiverState, storeFault: history.fault });
  };

  const workspaceChanged = (): void => {
    emit({ type: 'workspace', ...workspaceView(parts) });
    forwarder.endpointsChanged();
  };

  const volume = createVolume({ clock, logger, onRun: (run) => emit({ type: 'volume', run }) });
  /** Secrets that a run of many deliveries still signs with, though none may be under way at the moment. */
  const held = new Set<string>();
  const oneOffs = createOneOffSecrets({
    clock,
    logger,
    needed: () =>
      new Set([...held, ...[...queue.pending(), ...queue.dead()].map(({ secretName }) => secretName ?? '')]),
    remove: async (name) => {
      if (parts.oneOffNames().includes(name)) await parts.removeSecret(name);
    },
  });
  const queue = await createQueue({
    queue: parts.queueDocument,
    deadLetters: parts.deadLetters,
    history,
    clock,
    random: options.random,
    logger,
    secret: parts.secretValue,
    definition: parts.definition,
    target: (id) => parts.workspace.data.targets.find((target) => target.id === id) ?? null,
    ownSchedules: () => parts.workspace.data.schedules,
    async parkTarget(id, reason) {
      await parts.workspace.update((data) => ({
        ...data,
        targets: data.targets.map((target) =>
          target.id === id ? { ...target, state: 'parked', parkedReason: reason } : target,
        ),
      }));
      workspaceChanged();
    },
    sendTimeoutMs: options.sendTimeoutMs,
    speed: options.queueSpeed,
    onDelivery(delivery) {
      emit({ type: 'delivery', delivery });
      volume.onDelivery(delivery);
      const { state, secretName } = delivery;
      if (state === 'delivered' && secretName !== null) oneOffs.release(secretName);
    },
    onAttempt(delivery, attempt) {
      emit({ type: 'attempt', deliveryId: delivery.id, attempt });
      forwarder.attempted(delivery, attempt);
      volume.onAttempt(delivery, attempt);
    },
    onRemoved(ids, removed) {
      emit({ type: 'deliveries-removed', ids });
      volume.onRemoved(ids);
      for (const { secretName } of removed) if (secretName !== null) oneOffs.release(secretName);
    },
  });

  const pipeline = createPipeline({
    endpoints: parts.endpoints,
    secretsFor: parts.secretsFor,
    settings: () => parts.settings.data,
    history,
    verify,
    definition: parts.definition,
    now: () => clock.now(),
    logger,
  });

  const diagnoser = createDiagnoser({
    parts,
    onFound: (id, findings) => emit({ type: 'diagnosis', id, findings }),
  });

  const pulls = createPulls({ parts, random: options.random, emit, workspaceChanged });
  const checks = createChecks({ parts, options, emit });

  const tunnels = createHostTunnels({ parts, random: options.random, receiver: () => receiverState, emit });
  const forwarder = createForwarder({
    clock,
    queue,
    history,
    endpoints: parts.endpoints,
    definition: parts.definition,
    throughTunnel: (request) => tunnels.passageOf(request)?.trusted ?? false,
    onHealth: (health) => emit({ type: 'forward-health', health }),
  });
  const reception = createReception({
    parts,
    pipeline,
    chooser: createReplyChooser({
      now: () => clock.now(),
      random01: () => fraction(options.random),
      makeUuid: randomUUID,
    }),
    forwarder,
    aside: (request) => tunnels.answerProbe(request),
    passageOf: createJudgedPassage({ parts, tunnels }),
    bodyLimit: options.limits.bodyLimit,
    emit: (change) => {
      if (listeners.size > 0) emit(change);
    },
    onStored(exchange, stored) {
      noteFault();
      if (!stored) return;
      pulls.noticed(exchange);
      diagnoser.noticed(exchange.request.id, exchange.verdict.status);
    },
  });
  const access = createAccess({
    monotonic: () => clock.monotonic(),
    bodyLimit: options.limits.bodyLimit,
    endpointOf: (target) => findActiveEndpoint(parts.endpoints(), target),
    passageOf: (head) => tunnels.passageOf(head),
    storedBytes: (endpointId) => history.storedBytes(endpointId),
  });
  const retention = createRetention({ parts, queue, emit });

  async function startListening(port: number): Promise<void> {
    const host = options.listen?.host ?? '127.0.0.1';
    setReceiverState({ status: 'starting' });
    try {
      receiver = await startReceiver({
        host,
        port,
        limits: options.limits,
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        makeId: () => makeId('req', options.random),
        nextSeq: () => history.nextSeq(),
        admit: (head) => (tunnels.isProbe(head) ? null : access.admit(head)),
        onRequest: (request, stored) => reception.onRequest(request, stored),
        onReplied: (request, status, ms) => reception.onReplied(request, status, ms),
        onFault: (error) => logger.error('receiver', error),
        onRefused(entry) {
          history.appendRefused(entry);
          emit({ type: 'refused', entry });
        },
      });
      lastPort = receiver.port;
      setReceiverState({ status: 'listening', url: receiver.url, port: receiver.port, storeFault: history.fault });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      setReceiverState({ status: 'failed', port, error: toErrorValue(error) });
    }
  }

  /** Starting, restarting and stopping the receiver never overlap, and nothing starts after a stop. */
  let last: Promise<void> = Promise.resolve();
  let stopping = false;
  const inTurn = (run: () => Promise<void>): Promise<void> => {
    const turn = last.then(run);
    last = turn.catch(() => {});
    return turn;
  };

  const restart = (port: number): Promise<void> =>
    inTurn(async () => {
      if (stopping) return;
      await receiver?.stop();
      receiver = null;
      await startListening(port);
    });

  const pause = (paused: boolean): Promise<void> =>
    inTurn(async () => {
      if (stopping || paused === (receiverState.status === 'stopped')) return;
      if (!paused) return startListening(lastPort);
      await receiver?.stop();
      receiver = null;
      setReceiverState({ status: 'stopped' });
    });

  // A run that was killed may have left secrets whose deliveries are done. A queue that could not be read says nothing.
  const documents = [parts.queueDocument, parts.deadLetters];
  if (documents.every(({ readOnly, recovered }) => !readOnly && recovered.length === 0)) {
    for (const name of parts.oneOffNames()) oneOffs.release(name);
  }

  const send = { parts, queue, random: options.random };
  const secrets = {
    hold: (name: string) => void held.add(name),
    release(name: string) {
      held.delete(name);
      oneOffs.release(name);
    },
  };
  const handlers = createHandlers({
    options,
    parts,
    queue,
    emit,
    diagnoser,
    others: {
      ...checks.handlers,
      ...pulls.handlers,
      ...createVolumeHandlers({ send, volume, secrets }),
      ...createTunnelHandlers({ parts, tunnels, workspaceChanged }),
    },
    workspaceChanged,
    secretSet(name) {
      pulls.secretSet(name);
      tunnels.secretSet(name);
    },
    settingsChanged: () => retention.changed(),
    states: () => ({ tunnelStates: tunnels.states(), forwardHealth: forwarder.health() }),
    receiver: () => receiverState,
    restart,
    pause,
  });

  let control: Control | null = null;
  const onChange = (listener: (change: Change) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  /** Other processes hand their commands to an owner that stays. */
  const openControl = async (): Promise<void> => {
    const { dataDir, version } = options;
    const makeBugId = () => makeId('bug', options.random);
    control = await startControl({ dataDir, version, platform: process.platform, handlers, onChange, clock, makeId: makeBugId, logger }); // prettier-ignore
  };

  return {
    handlers,
    parts,
    queue,
    receiver: () => receiverState,
    resumed: () => tunnels.resumed(),
    onChange,
    start: () =>
      inTurn(async () => {
        if (stopping) return;
        if (options.runQueue) queue.start();
        if (options.runQueue || (options.listen && options.listen.only !== true)) await openControl();
        if (!options.listen) return;
        await startListening(options.listen.port ?? parts.settings.data.port);
        if (options.listen.only === true) return;
        // What arrives meanwhile is here to be found: a host that does not listen would take it for missed.
        pulls.start();
        tunnels.startAutomatic();
        retention.start();
        parts.search.start();
      }),
    stop() {
      stopping = true;
      return inTurn(async () => {
        await control?.close();
        await receiver?.stop();
        receiver = null;
        setReceiverState({ status: 'stopped' });
        forwarder.stop();
        await Promise.all([tunnels.close(), retention.stop(), pulls.stop(), checks.stop(), volume.close()]);
        await queue.stop();
        await diagnoser.stop();
        await oneOffs.flush();
        await parts.close();
      });
    },
  };
}
