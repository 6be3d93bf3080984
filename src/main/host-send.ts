// From drafts to the queue: what the window's Compose and Replay and the command line's `send` and `replay` share.

import type { CommandOutput } from '../shared/contract.ts';
import type { Delivery, Draft } from '../shared/delivery.ts';
import { AppError } from '../shared/errors.ts';
import type { Parts } from './host-parts.ts';
import type { Random } from './ports.ts';
import { compose, preview } from './sender/compose.ts';
import type { ComposeDeps } from './sender/compose.ts';
import type { NewDelivery, Queue } from './sender/queue.ts';
import { replayDraft } from './sender/replay.ts';
import type { CapturedSource, ReplayEdits } from './sender/replay.ts';
import type { History } from './store/history.ts';

/** What sending needs of a host. */
export interface SendContext {
  readonly parts: Parts;
  readonly queue: Queue;
  readonly random: Random;
}

/** A replay from the command line: which request, and what to change. */
export interface ReplayRequest extends ReplayEdits {
  readonly requestId: string;
}

/** Checks every draft, then enqueues all their deliveries in one durable write. Throws what composing throws. */
export async function enqueueDrafts(context: SendContext, drafts: readonly Draft[]): Promise<Delivery[]> {
  const { parts, queue } = context;
  const kept = new Map<string, Promise<string>>();
  const store = {
    putMessageBody: parts.history.putMessageBody,
    /** One value is kept once, however many messages of this call it signs. */
    keepSecret(value: string, provider: string): Promise<string> {
      const known = kept.get(value);
      if (known) return known;
      const name = parts.keepOneOff(value, provider);
      kept.set(value, name);
      return name;
    },
  };
  const deps = composeDeps(context);
  try {
    const composed = await Promise.all(drafts.map((draft) => compose(draft, deps, store)));
    const deliveries: NewDelivery[] = composed.flatMap((message) => message.deliveries);
    return await queue.enqueue(deliveries);
  } catch (error) {
    // Nothing was queued, so nothing needs the secrets that were kept for it.
    for (const name of await Promise.all(kept.values())) await parts.removeSecret(name);
    throw error;
  }
}

/** Composes and enqueues one draft. */
export async function enqueueDraft(context: SendContext, draft: Draft): Promise<CommandOutput<'compose.send'>> {
  const deliveries = await enqueueDrafts(context, [draft]);
  return { messageId: (deliveries[0] as Delivery).message.messageId, deliveries };
}

/** Exactly what the draft would send now. */
export function previewDraft(context: SendContext, draft: Draft): CommandOutput<'compose.preview'> {
  return preview(draft, composeDeps(context));
}

/** Replays a captured request with edits. */
export function enqueueReplay(context: SendContext, replay: ReplayRequest): Promise<Delivery[]> {
  return enqueueDrafts(context, [draftOfReplay(context.parts.history, replay)]);
}

/** The draft of a replay. Throws STORE_NOT_FOUND. */
export function draftOfReplay(history: Pick<History, 'get' | 'readBody'>, replay: ReplayRequest): Draft {
  const source = captured({ history }, replay.requestId);
  if (!source) throw new AppError('STORE_NOT_FOUND', `There is no request ${replay.requestId}.`);
  return replayDraft(source, replay);
}

function captured(
  { history }: { readonly history: Pick<History, 'get' | 'readBody'> },
  id: string,
): CapturedSource | null {
  const request = history.get(id);
  return request ? { request, body: history.readBody(id) ?? new Uint8Array() } : null;
}

function composeDeps({ parts, random }: SendContext): ComposeDeps {
  return {
    clock: parts.clock,
    random,
    targets: parts.workspace.data.targets,
    secretValue: parts.secretValue,
    definition: parts.definition,
    ownSchedules: parts.workspace.data.schedules,
    captured: (id) => captured(parts, id),
  };
}
