// The history's side of catching up: whether an event that a provider tells of is there, and how one that is not gets
// there. Look-ups go by delivery id over the key index; only Shopify's events are recognised by their bodies.

import { hash } from 'node:crypto';
import type { CapturedRequest, ExchangeSummary, Verdict } from '../shared/exchange.ts';
import { headerValue } from '../shared/headers.ts';
import { makeId } from '../shared/id.ts';
import { providers } from '../shared/providers/index.ts';
import type { PullSetup } from '../shared/pulls.ts';
import type { Endpoint } from '../shared/workspace.ts';
import type { Parts } from './host-parts.ts';
import { summarize } from './host-news.ts';
import { checkInput } from './pipeline/check-input.ts';
import { classify, duplicateKeys, duplicatesSince } from './pipeline/duplicate.ts';
import type { Random } from './ports.ts';
import type { BodyIndex } from './host-pull-bodies.ts';
import type { RemoteEvent } from './reconcile/source.ts';
import { verify } from './signatures/verify.ts';
import type { Exchange } from './store/history.ts';

/** What it works with. */
interface PullHistoryOptions {
  readonly parts: Parts;
  readonly random: Random;
  /** A pulled request is stored. */
  readonly onStored: (summary: ExchangeSummary) => void;
}

/** Verdicts that say that a signature came along. */
const signed: ReadonlySet<Verdict['status']> = new Set(['valid', 'invalid', 'expired', 'future', 'malformed']);

/** Id of the request that is this event of the pull, or null. `bodies` serves events that requests do not name. */
export function findPulled(
  { history, workspace, endpoint }: Parts,
  setup: PullSetup,
  id: string,
  event: RemoteEvent,
  bodies: BodyIndex | null,
): string | null {
  const at = endpoint(setup.endpointId);
  const own = [recordedProvider(setup, at), ...fixedProvider(setup)];
  // Which provider's rules an arrived request of these went by is not known.
  const isOpen = setup.provider === 'generic' || setup.provider === 'svix';
  const more = isOpen ? [null, ...providers.map((one) => one.id), ...workspace.data.schemes.map((one) => one.id)] : [];
  for (const provider of new Set([...own, ...more])) {
    const { idKey } = duplicateKeys({ request: keyless, endpoint: at.id, provider, deliveryId: id });
    const found = idKey === null ? null : history.idOfKey(idKey);
    if (found !== null) return found;
  }
  return event.match ? (bodies?.find(event.event, event.match) ?? null) : null;
}

/** Whether a request was put into the history by a pull, and never arrived. */
export function isPulled({ history }: Pick<Parts, 'history'>, requestId: string): boolean {
  return history.get(requestId)?.pulled === true;
}

/** Puts an event into the history, marked as pulled; resolves with the request's id when it is durable. */
export async function recordPulled(
  { parts, random, onStored }: PullHistoryOptions,
  setup: PullSetup,
  event: RemoteEvent,
): Promise<string> {
  const { history, settings } = parts;
  const endpoint = parts.endpoint(setup.endpointId);
  const provider = recordedProvider(setup, endpoint);
  const body = event.body ?? new Uint8Array();
  const request: CapturedRequest = {
    id: makeId('req', random),
    seq: history.nextSeq(),
    // A signature is judged as of the time at which the event was sent.
    receivedAt: event.at,
    method: 'POST',
    target: event.target ?? endpoint.path,
    httpVersion: '1.1',
    headers: headersOf(event),
    trailers: [],
    remoteAddress: '',
    body,
    size: body.length,
    truncated: false,
    sha256: hash('sha256', body, 'hex'),
  };
  const subject = { request, endpoint: endpoint.id, provider, deliveryId: event.id };
  const keys = duplicateKeys(subject);
  const exchange: Exchange = {
    ...subject,
    event: event.event,
    verdict: judge(parts, event, request, endpoint, provider),
    duplicate: classify(subject, keys, duplicatesSince(endpoint.duplicates, settings.data, event.at), history),
    duplicateKeys: keys,
    replyStatus: null,
    pulled: true,
  };
  await history.append(exchange);
  onStored(summarize(exchange));
  return request.id;
}

/** The parts of a request that an id key does not need. */
const keyless = { method: '', target: '', body: new Uint8Array(), size: 0, sha256: '', receivedAt: 0 };

function fixedProvider({ provider }: PullSetup): readonly string[] {
  return provider === 'generic' ? [] : [provider];
}

/** Svix delivers for others (Clerk, Resend), whose name is then the endpoint's. */
function recordedProvider({ provider }: PullSetup, endpoint: Endpoint): string | null {
  if (provider === 'generic') return endpoint.provider;
  return provider === 'svix' ? (endpoint.provider ?? provider) : provider;
}

/** Without a content type no handler to which the event is forwarded would read it. */
function headersOf({ headers, body }: RemoteEvent): CapturedRequest['headers'] {
  const told = headers ?? [];
  const isJson = body !== null && (body[0] === 0x7b || body[0] === 0x5b);
  return isJson && headerValue(told, 'content-type') === undefined
    ? [...told, ['Content-Type', 'application/json']]
    : told;
}

function judge(
  parts: Parts,
  event: RemoteEvent,
  request: CapturedRequest,
  endpoint: Endpoint,
  provider: string | null,
): Verdict {
  if (event.body === null)
    return pulled('Fetched from the provider’s API, not received; the API tells no body for it.');
  const plain = pulled('Fetched from the provider’s API, not received, and the API tells no signature for it.');
  if (event.headers === null || provider === null) return plain;
  const definition = parts.definition(provider);
  const secrets = parts.secretsFor(endpoint, provider);
  const verdict = verify(checkInput(request, { endpoint, provider, definition, secrets, now: event.at }));
  if (!signed.has(verdict.status)) return plain;
  const warning = 'The body was fetched from the provider’s API, which may write it otherwise than it was sent.';
  return { ...verdict, warnings: [...verdict.warnings, warning] };
}

function pulled(message: string): Verdict {
  return { status: 'unverified', reason: 'pulled', message, warnings: [], diagnosis: [] };
}
