// The handlers behind the contract: each command of the window (and of the command line) in terms of the parts.

import type {
  Change,
  CommandHandlers,
  CommandName,
  CommandOutput,
  CommandParsed,
  ReceiverState,
} from '../shared/contract.ts';
import type { Draft } from '../shared/delivery.ts';
import { AppError } from '../shared/errors.ts';
import type { ExchangeDetail, ExchangeSummary } from '../shared/exchange.ts';
import { findProvider } from '../shared/providers/index.ts';
import { findSchedule } from '../shared/schedules.ts';
import type { Endpoint, Target } from '../shared/workspace.ts';
import { copyText, redactorFor, streamExport } from './host-export.ts';
import type { HostOptions } from './host-options.ts';
import type { Diagnoser } from './host-diagnosis.ts';
import { workspaceView } from './host-news.ts';
import { createOutboxHandlers } from './host-outbox.ts';
import { createSchemeHandlers } from './host-schemes.ts';
import { testEventPath, testSecretName } from './host-parts.ts';
import type { Parts } from './host-parts.ts';
import { enqueueDraft, previewDraft } from './host-send.ts';
import type { Queue } from './sender/queue.ts';
import { explain } from './signatures/verify.ts';
import { checkInput } from './pipeline/check-input.ts';

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
  readonly receiver: () => ReceiverState;
  /** Stops the receiver and listens on another port. */
  readonly restart: (port: number) => Promise<void>;
}

type OtherCommand = Extract<CommandName, `check.${string}` | `volume.${string}` | `pulls.${string}`>;

/** Largest body that is copied through the clipboard, bytes. */
const copyLimit = 2_097_152;

/** Builds the handlers. They throw AppError for operational errors. */
export function createHandlers(context: HandlerContext): CommandHandlers {
  const { options, parts, queue, emit, workspaceChanged } = context;
  const { history, clock } = parts;
  const sendContext = { parts, queue, random: options.random };
  const secretsChanged = () =>
    emit({ type: 'secrets', secrets: parts.secretList(), secretStorage: parts.secretStorage() });

  return {
    ...createSchemeHandlers({ parts, workspaceChanged, secretsChanged }),
    ...createOutboxHandlers({ parts, queue, workspaceChanged }),
    ...context.others,
    'requests.diagnose': ({ id }) => context.diagnoser.diagnose(id),
    'state.get': () => ({
      batch: 0,
      version: options.version,
      dataDir: options.dataDir,
      receiver: context.receiver(),
      ...workspaceView(parts),
      secrets: parts.secretList(),
      secretStorage: parts.secretStorage(),
      settings: parts.settings.data,
      requestCount: history.count(),
      recovered: parts.recovered,
    }),
    'requests.list': (input) => listRequests(parts, input),
    'requests.get': ({ id }) => readDetail(parts, id),
    'requests.body': ({ id, offset, length }) => {
      const bytes = history.readBody(id, offset, length);
      if (bytes === null) throw unknownRequest(id);
      return bytes;
    },
    'requests.copyAs': ({ id, format }) => {
      const request = history.get(id);
      if (!request) throw unknownRequest(id);
      if (request.storedSize > copyLimit) {
        throw new AppError('CONFIG_INVALID', 'The body is larger than 2 MiB; export the request to a file instead.');
      }
      return copyText(history, id, format, redactorFor(parts.secrets.values(), options.random));
    },
    'refused.list': () => history.listRefused(200),
    'compose.send': (draft) => enqueueDraft(sendContext, draft),
    'compose.preview': (draft) => previewDraft(sendContext, draft),
    async 'testEvent.send'() {
      const state = context.receiver();
      if (state.status !== 'listening')
        throw new AppError('SEND_NO_TARGET', 'The receiver is not listening, so the test event has nowhere to go.');
      const { deliveries } = await enqueueDraft(sendContext, testEventDraft(state.url));
      return { deliveryId: (deliveries[0] as (typeof deliveries)[number]).id };
    },
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
      return null;
    },
    async 'receiver.restart'({ port }) {
      await context.restart(port);
      const state = context.receiver();
      if (state.status === 'listening' && port !== 0) await parts.settings.update((data) => ({ ...data, port }));
      emit({ type: 'settings', settings: parts.settings.data });
      return null;
    },
    async 'export.save'({ format, query, includeSecrets }) {
      const extension = { har: 'har', curl: 'sh', jsonl: 'jsonl' }[format];
      const path = (await options.desktop?.chooseSaveFile(`hookbench-requests.${extension}`)) ?? null;
      if (path === null) return null;
      const redact = includeSecrets ? null : parts.secrets.values();
      return {
        path,
        count: await streamExport({
          history,
          format,
          query,
          limit: 0,
          now: clock.now(),
          random: options.random,
          redact,
          to: path,
        }),
      };
    },
    async 'open.external'({ url }) {
      await options.desktop?.openExternal(url);
      return null;
    },
  };
}

/** Longest stretch that a search may hold up the receiver's thread, ms. */
const searchBudgetMs = 25;

/** A page of the history; a search that looks into bodies gives way to the receiver again and again. */
async function listRequests(
  { history, clock }: Parts,
  { query, beforeSeq, limit }: CommandParsed<'requests.list'>,
): Promise<CommandOutput<'requests.list'>> {
  const now = clock.now();
  const rows: ExchangeSummary[] = [];
  let before = beforeSeq;
  for (;;) {
    const page = history.list({ query, beforeSeq: before, limit: limit - rows.length, now, budgetMs: searchBudgetMs });
    rows.push(...page.rows);
    if (!page.more || rows.length >= limit) return { rows, more: page.more };
    before = page.scannedTo;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
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

function unknownRequest(id: string): AppError {
  return new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
}

function readDetail(parts: Parts, id: string): ExchangeDetail {
  const { history } = parts;
  const stored = history.get(id);
  if (!stored) throw unknownRequest(id);
  const endpoint = parts.endpoint(stored.endpoint);
  const { provider } = stored;
  const body = history.readBody(id) ?? new Uint8Array();
  const input = checkInput(
    { ...stored, body },
    {
      endpoint,
      provider,
      definition: provider === null ? undefined : parts.definition(provider),
      secrets: parts.secretsFor(endpoint, provider),
      now: stored.receivedAt,
    },
  );
  const signature = explain({ ...input, scheme: stored.verdict.scheme });
  return { ...stored, signature, group: history.group(id), replays: history.replaysOf(id) };
}

function replaceById<T extends { readonly id: string }>(list: readonly T[], item: T): T[] {
  return list.some((other) => other.id === item.id)
    ? list.map((other) => (other.id === item.id ? item : other))
    : [...list, item];
}

/** Throws AppError that names the field when the provider or the schedule is not known. */
function checkKnown(parts: Parts, provider: string | null, schedule?: string): void {
  if (provider !== null && !findProvider(provider) && !parts.definition(provider)) {
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
