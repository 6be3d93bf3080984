// The composition root: opens the store, builds pipeline, receiver and queue, and joins them through callbacks.
// It knows every part and no Electron, so the window and the command line run the very same host.

import type { Change, CommandHandlers, ReceiverState } from '../shared/contract.ts';
import { AppError, toErrorValue } from '../shared/errors.ts';
import type { CapturedRequest } from '../shared/exchange.ts';
import { makeId } from '../shared/id.ts';
import { createChecks } from './host-check.ts';
import { createHandlers } from './host-commands.ts';
import { createDiagnoser } from './host-diagnosis.ts';
import { summarize, workspaceView } from './host-news.ts';
import type { HostOptions } from './host-options.ts';
import { openParts } from './host-parts.ts';
import type { Parts } from './host-parts.ts';
import { createPulls } from './host-pulls.ts';
import { createVolumeHandlers } from './host-volume.ts';
import { createOneOffSecrets } from './one-off-secrets.ts';
import { createPipeline } from './pipeline/pipeline.ts';
import { startReceiver } from './receiver/server.ts';
import type { Receiver, ReplyPlan } from './receiver/server.ts';
import { createQueue } from './sender/queue.ts';
import type { Queue } from './sender/queue.ts';
import { answerHandshake } from './signatures/handshake.ts';
import { verify } from './signatures/verify.ts';
import type { Exchange } from './store/history.ts';
import { createVolume } from './volume/volume.ts';

/** A running Hookbench without a window. */
export interface Host {
  /** Starts queue and receiver. A port in use is a visible state, not a failure of the host. */
  start(): Promise<void>;
  /** Finishes what is in flight, saves, closes the store and gives the folder free. */
  stop(): Promise<void>;
  readonly handlers: CommandHandlers;
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
  let receiverState: ReceiverState = { status: 'stopped' };
  const setReceiverState = (state: ReceiverState) => {
    receiverState = state;
    emit({ type: 'receiver', receiver: state });
  };
  const noteFault = () => {
    if (receiverState.status !== 'listening' || receiverState.storeFault === history.fault) return;
    setReceiverState({ ...receiverState, storeFault: history.fault });
  };

  const workspaceChanged = (): void => emit({ type: 'workspace', ...workspaceView(parts) });

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

  async function onRequest(request: CapturedRequest): Promise<ReplyPlan> {
    const judged = pipeline.judge(request);
    const plan = planReply(parts, judged);
    const exchange = planned(judged, plan);
    try {
      await history.append(exchange);
    } finally {
      noteFault();
    }
    if (listeners.size > 0) emit({ type: 'request', summary: summarize(exchange) });
    pulls.noticed(exchange);
    diagnoser.noticed(request.id, exchange.verdict.status);
    return plan;
  }

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
        onRequest,
        onReplied(request, status, ms) {
          history.noteReply(request.id, status, ms);
          if (listeners.size > 0) emit({ type: 'reply', id: request.id, status, ms });
        },
        onFault: (error) => logger.error('receiver', error),
        onRefused(entry) {
          history.appendRefused(entry);
          emit({ type: 'refused', entry });
        },
      });
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
    others: { ...checks.handlers, ...pulls.handlers, ...createVolumeHandlers({ send, volume, secrets }) },
    workspaceChanged,
    secretSet: (name) => pulls.secretSet(name),
    receiver: () => receiverState,
    restart,
  });

  return {
    handlers,
    parts,
    queue,
    receiver: () => receiverState,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () =>
      inTurn(async () => {
        if (stopping) return;
        if (options.runQueue) queue.start();
        if (!options.listen) return;
        await startListening(options.listen.port ?? parts.settings.data.port);
        // What arrives meanwhile is here to be found: a host that does not listen would take it for missed.
        pulls.start();
      }),
    stop() {
      stopping = true;
      return inTurn(async () => {
        await receiver?.stop();
        receiver = null;
        setReceiverState({ status: 'stopped' });
        await Promise.all([pulls.stop(), checks.stop(), volume.close()]);
        await queue.stop();
        await diagnoser.stop();
        await oneOffs.flush();
        await parts.close();
      });
    },
  };
}

interface Plan extends ReplyPlan {
  readonly challenge: boolean;
}

function planReply(parts: Parts, exchange: Exchange): Plan {
  const { provider, request } = exchange;
  const { method, headers, body } = request;
  const endpoint = parts.endpoint(exchange.endpoint);
  const definition = provider === null ? undefined : parts.definition(provider);
  const handshake = answerHandshake(
    { provider, ...(definition && { definition }), method, url: request.target, headers, body },
    exchange.verdict,
    parts.secretsFor(endpoint, provider),
  );
  if (handshake) return { ...handshake, challenge: true };
  const { reply } = endpoint;
  return { status: reply.status, headers: reply.headers, body: reply.body, challenge: false };
}

/** Field by field, because spreads of objects this large cost microseconds with every request. */
function planned(judged: Exchange, plan: Plan): Exchange {
  const { request, endpoint, provider, event, deliveryId, verdict, duplicate, duplicateKeys } = judged;
  return {
    request,
    endpoint,
    provider,
    event,
    deliveryId,
    verdict,
    duplicate,
    duplicateKeys,
    replyStatus: request.truncated ? 413 : plan.status,
    challenge: plan.challenge,
  };
}
