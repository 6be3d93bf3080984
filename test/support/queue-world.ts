// A queue with everything around it: a fake clock, a disk that survives crashes, and targets that answer by script.
// The network is the only thing replaced; the queue is the real one.

import { createQueue } from '../../src/main/sender/queue.ts';
import type { NewDelivery, Queue, QueueOptions } from '../../src/main/sender/queue.ts';
import type { WireOptions, WireOutcome } from '../../src/main/sender/wire.ts';
import type { AttemptOutcome, Delivery } from '../../src/shared/delivery.ts';
import { createFakeClock } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { createDisk, openMemoryDocument, openMemoryHistory } from './memory-store.ts';
import type { Gate, MemoryDisk } from './memory-store.ts';

/** What a target got. */
export interface Got {
  readonly url: string;
  readonly messageId: string;
  readonly at: number;
}

/** A target's answer: a status, or an outcome without a reply. */
export type Answer = number | AttemptOutcome | { readonly status: number; readonly retryAfter: string };

/** A queue and its surroundings. */
export interface World {
  readonly clock: FakeClock;
  readonly disk: MemoryDisk;
  readonly got: Got[];
  /** News in order: `id state`. */
  readonly news: string[];
  readonly errors: string[];
  /** Most attempts at once since the start: by URL, and `all`. */
  readonly peak: Map<string, number>;
  open(overrides?: Partial<QueueOptions>): Promise<Queue>;
}

let worlds = 0;

/** A world in which `answer` decides, given the URL and how many attempts of this message the URL saw before. */
export function createWorld(options: {
  readonly answer: (url: string, before: number, world: World) => Answer | Promise<Answer>;
  readonly clock?: FakeClock;
  readonly disk?: MemoryDisk;
  readonly got?: Got[];
  readonly gate?: Gate;
}): World {
  const { answer, clock = createFakeClock(), disk = createDisk(), got = [], gate = async () => {} } = options;
  disk.bodies.set('hash', new TextEncoder().encode('{}'));
  // Ids of two lives of one disk must differ.
  worlds += 1;
  let seed = worlds;
  const flying = new Map<string, number>();

  async function attempt(request: WireOptions): Promise<WireOutcome> {
    const { url, headers } = request;
    const messageId = headers.find(([name]) => name === 'X-Id')?.[1] ?? '';
    const before = got.filter((one) => one.url === url && one.messageId === messageId).length;
    for (const key of [url, 'all']) {
      flying.set(key, (flying.get(key) ?? 0) + 1);
      world.peak.set(key, Math.max(world.peak.get(key) ?? 0, flying.get(key) ?? 0));
    }
    const at = clock.now();
    const started = clock.monotonic();
    await gate('wire');
    got.push({ url, messageId, at });
    const said = await answer(url, before, world);
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (const key of [url, 'all']) flying.set(key, (flying.get(key) ?? 0) - 1);
    return toOutcome(said, request, at, clock.monotonic() - started);
  }

  const world: World = {
    clock,
    disk,
    got,
    news: [],
    errors: [],
    peak: new Map(),
    open: (overrides) =>
      createQueue({
        queue: openMemoryDocument(disk, 'queue', gate),
        deadLetters: openMemoryDocument(disk, 'deadLetters', gate),
        history: openMemoryHistory(disk, gate),
        clock,
        random: (size) => Uint8Array.from({ length: size }, () => (seed = (seed * 16_807) % 2_147_483_647) & 255),
        logger: { info: () => {}, warn: () => {}, error: (message) => void world.errors.push(message) },
        secret: () => null,
        sendTimeoutMs: 30_000,
        onDelivery: ({ id, state }) => void world.news.push(`${id} ${state}`),
        onAttempt: () => {},
        attempt,
        ...overrides,
      }),
  };
  return world;
}

function toOutcome(answer: Answer, request: WireOptions, at: number, ms: number): WireOutcome {
  const base = {
    at,
    ms,
    message: typeof answer === 'object' ? JSON.stringify(answer) : String(answer),
    request: { method: request.method, url: request.url, headers: request.headers },
    timings: { total: ms },
  };
  if (typeof answer === 'string') return { ...base, outcome: answer, status: null, response: null };
  const status = typeof answer === 'number' ? answer : answer.status;
  const headers = typeof answer === 'number' ? [] : [['Retry-After', answer.retryAfter] as const];
  const outcome = status >= 200 && status <= 299 ? 'delivered' : 'http-status';
  return { ...base, outcome, status, response: { status, headers, body: new Uint8Array(), bodyCut: false } };
}

/** A delivery to `url` that needs no secret. Its message id travels in `X-Id`. */
export function newDelivery(url: string, messageId: string, more: Partial<NewDelivery> = {}): NewDelivery {
  return {
    message: {
      messageId,
      provider: 'generic',
      event: null,
      method: 'POST',
      headers: [['X-Id', messageId]],
      bodyHash: 'hash',
      bodySize: 2,
      signature: 'keep',
    },
    targetId: null,
    url,
    secretName: null,
    schedule: 'quick',
    speed: 1,
    ...more,
  };
}

/** States by message id. */
export function statesOf(deliveries: readonly Delivery[]): Record<string, string> {
  return Object.fromEntries(deliveries.map(({ message, state }) => [message.messageId, state]));
}
