// Turns a captured request and edits into a message. Replaying is composing with a captured request as the draft:
// the same checks, the same queue; only ids, old signatures and the list of changes need care.

import type { Draft, Resign } from '../../shared/delivery.ts';
import { headerValues, withoutHeaders } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import { findDefinition } from '../../shared/providers/index.ts';
import type { FindOwn } from '../../shared/providers/index.ts';
import type { Random } from '../ports.ts';
import { engineOf } from '../signatures/engines.ts';
import type { StoredRequest } from '../store/history.ts';
import { describeChanges } from './changes.ts';
import { newIdLike, readMessageId, writeBodyId } from './message-id.ts';
import { senderFields } from './wire-headers.ts';

/** A captured request with the bytes that were kept of it. */
export interface CapturedSource {
  readonly request: StoredRequest;
  readonly body: Uint8Array;
}

/** What to change, and how to send it. */
export interface ReplayEdits {
  readonly url: string;
  readonly resign: Resign;
  readonly method?: string | undefined;
  /** Each replaces every field of its name, or is added. */
  readonly setHeaders?: readonly HeaderPair[] | undefined;
  readonly body?: Uint8Array | undefined;
  /** Provider that signs; the captured request's own when absent, `generic` when it has none. */
  readonly provider?: string | undefined;
  readonly secret: Draft['secret'];
  readonly schedule: string;
  readonly speed: number;
}

/** The draft of a replay, to be given to `compose`. */
export function replayDraft({ request, body }: CapturedSource, edits: ReplayEdits): Draft {
  return {
    method: edits.method ?? request.method,
    urls: [edits.url],
    targetIds: [],
    provider: edits.provider ?? request.provider ?? 'generic',
    event: request.event,
    headers: setHeaders(request.headers, edits.setHeaders ?? []),
    body: edits.body ?? body,
    variables: false,
    secret: edits.secret,
    messageId: edits.resign === 'same-id' ? (request.deliveryId ?? undefined) : undefined,
    signature: edits.resign === 'keep' ? 'keep' : 'fresh',
    schedule: edits.schedule,
    speed: edits.speed,
    replayOf: request.id,
  };
}

/** A replay's message, ready to be signed per attempt. */
export interface ReplayMessage {
  readonly messageId: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  readonly changes: readonly string[];
}

interface ReplayDeps {
  readonly random: Random;
  readonly definition?: FindOwn | undefined;
}

/**
 * The message of a draft that replays `source`. A draft's signature `keep` leaves signature and ids as they are; else
 * the old signature goes, and the id is the draft's `messageId` or, without one, a new one, also inside the body.
 */
export function replayMessage(
  draft: Draft,
  source: CapturedSource,
  provider: ProviderDefinition,
  deps: ReplayDeps,
): ReplayMessage {
  const { request } = source;
  const keeps = draft.signature === 'keep';
  const signers = [provider, findDefinition(request.provider, deps.definition)];
  const signatureFields = new Set(signers.flatMap((signer) => (signer ? signatureNames(signer) : [])));
  const dropped = (headers: readonly HeaderPair[]): HeaderPair[] => {
    const bare = withoutHeaders(headers, framingOf(headers, signatureFields));
    return keeps ? bare : withoutHeaders(bare, signatureFields);
  };

  const headers = dropped(draft.headers);
  const present = request.deliveryId ?? readMessageId(provider, draft.headers, draft.body);
  const messageId = draft.messageId ?? (keeps && present !== null ? present : newIdLike(present, deps.random));
  const body = keeps ? draft.body : writeBodyId(provider, draft.headers, draft.body, messageId);

  const target = pathOf(draft.urls[0]) ?? request.target;
  const sent = { method: draft.method.toUpperCase(), target, headers, body: draft.body };
  const changes = describeChanges({ ...request, headers: dropped(request.headers), body: source.body }, sent);
  if (request.truncated) {
    changes.unshift(`only the first ${request.storedSize} of ${request.size} body bytes were captured`);
  }
  if (!keeps) changes.push(signatureWords(draft, messageId === request.deliveryId));
  return { messageId, headers, body, changes };
}

function signatureWords({ signature, secret }: Draft, sameId: boolean): string {
  const id = sameId ? 'the same id' : 'a new id';
  if (signature === 'none' || secret === null) return `sent without a signature, with ${id}`;
  return signature === 'fresh' ? `signed anew with ${id}` : `signed anew with ${id} (${signature})`;
}

/** Lower-case names of the fields that carry signature, time or id of any of the provider's schemes. */
function signatureNames(provider: ProviderDefinition): string[] {
  const ids = provider.deliveryId.flatMap((source) => (source.from === 'header' ? [source.name] : []));
  const schemes = provider.schemes.flatMap((scheme) => engineOf(scheme).headerNames(scheme));
  return [...ids, ...schemes].map((name) => name.toLowerCase());
}

/** The sender's own fields and those that Connection lists, except what carries a signature. */
function framingOf(headers: readonly HeaderPair[], signatureFields: ReadonlySet<string>): Set<string> {
  const listed = headerValues(headers, 'connection')
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase());
  return new Set([...senderFields, ...listed.filter((name) => !signatureFields.has(name))]);
}

function setHeaders(headers: readonly HeaderPair[], edits: readonly HeaderPair[]): HeaderPair[] {
  let result = [...headers];
  for (const edit of edits) {
    const name = edit[0].toLowerCase();
    const place = result.findIndex(([key]) => key.toLowerCase() === name);
    result = result.filter(([key], i) => key.toLowerCase() !== name || i === place);
    if (place === -1) result.push(edit);
    else result[place] = edit;
  }
  return result;
}

function pathOf(url: string | undefined): string | null {
  if (url === undefined || !URL.canParse(url)) return null;
  const { pathname, search } = new URL(url);
  return pathname + search;
}
