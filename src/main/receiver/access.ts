// Decides from a request's head whether it may come in: is there an endpoint, may this address send, how often, and is
// there room left to store it. This runs with every request, so nothing is made where nothing is set.

import { tunnelQuotaBytes, tunnelRate } from '../../shared/access.ts';
import type { Access as AccessRules, Rate } from '../../shared/access.ts';
import type { RequestHead } from '../../shared/exchange.ts';
import { headerValue } from '../../shared/headers.ts';
import type { Access, AccessOptions, TunnelPassage } from './access-contract.ts';
import type { Grant, Refusal } from './intake-contract.ts';
import { createRates } from './rates.ts';
import { plainReply } from './reply.ts';
import { createNetworks, plainAddress, senderOfAddress } from './sender-address.ts';
import type { Networks } from './sender-address.ts';

/** Senders whose rate is remembered. */
const mostSenders = 10_000;

const noEndpoint: Refusal = { reason: 'no-endpoint', reply: { status: 404, headers: [], body: '' } };
const forbidden: Refusal = { reason: 'access', reply: plainReply(403, 'This address may not send here.') };
const full: Refusal = { reason: 'quota', reply: plainReply(507, 'Nothing more may be stored here.') };

/** Access rules over the endpoints of the moment. */
export function createAccess(options: AccessOptions): Access {
  const networks = new WeakMap<object, Networks>();
  const senderRates = createRates(mostSenders);
  const endpointRates = createRates(mostSenders);
  /** Bytes that requests on their way may still store, by endpoint. */
  const reserved = new Map<string, number>();

  function networksOf(endpoint: object, allow: readonly string[]): Networks {
    let known = networks.get(endpoint);
    if (!known) {
      known = createNetworks(allow);
      networks.set(endpoint, known);
    }
    return known;
  }

  /** Ms that the request has to wait; 0 takes a token from both buckets. */
  function waitFor(endpointId: string, sender: string, ofSender: Rate | null, ofEndpoint: Rate | null): number {
    const now = options.monotonic();
    const wait = Math.max(
      ofSender ? senderRates.waitOf(endpointId, sender, ofSender, now) : 0,
      ofEndpoint ? endpointRates.waitOf(endpointId, '', ofEndpoint, now) : 0,
    );
    if (wait > 0) return wait;
    if (ofSender) senderRates.take(endpointId, sender, ofSender, now);
    if (ofEndpoint) endpointRates.take(endpointId, '', ofEndpoint, now);
    return 0;
  }

  /** Sets aside what the request announces, or refuses it where nothing more may be stored, or not as much. */
  function reserve(endpointId: string, quota: number, head: RequestHead): Refusal | Grant {
    let held = 0;
    const grow = (bytes: number): boolean => {
      if (bytes <= held) return true;
      const others = (reserved.get(endpointId) ?? 0) - held;
      if (options.storedBytes(endpointId) + others + bytes > quota) return false;
      reserved.set(endpointId, others + bytes);
      held = bytes;
      return true;
    };
    const release = (): void => {
      const others = (reserved.get(endpointId) ?? 0) - held;
      held = 0;
      if (others > 0) reserved.set(endpointId, others);
      else reserved.delete(endpointId);
    };
    const used = options.storedBytes(endpointId) + (reserved.get(endpointId) ?? 0);
    return used < quota && grow(announcedBytes(head, options.bodyLimit)) ? { grow, release, refusal: full } : full;
  }

  return {
    admit(head) {
      const endpoint = options.endpointOf(head.target);
      if (!endpoint) return noEndpoint;
      const { access } = endpoint;
      if (isOpen(access)) return null;
      const passage = options.passageOf(head);
      const ofSender = rateOf(access.senderRate, passage);
      const ofEndpoint = rateOf(access.endpointRate, passage);
      const isListed = access.allow.length > 0;
      const sender = isListed || ofSender ? senderOf(head, passage) : null;
      if (isListed && (sender === null || !networksOf(endpoint, access.allow).has(sender))) return forbidden;
      if (ofSender || ofEndpoint) {
        // Senders that a tunnel hides count as one.
        const counted = sender === null ? `tunnel ${passage?.tunnelId ?? ''}` : senderOfAddress(sender);
        const wait = waitFor(endpoint.id, counted, ofSender, ofEndpoint);
        if (wait > 0) return tooOften(wait);
      }
      const quota = quotaOf(access.quotaBytes, passage);
      return quota === null ? null : reserve(endpoint.id, quota, head);
    },
  };
}

function isOpen({ allow, senderRate, endpointRate, quotaBytes }: AccessRules): boolean {
  return allow.length === 0 && senderRate === 'off' && endpointRate === 'off' && quotaBytes === 'off';
}

/** The sender's address as the tunnel tells it, else the socket's; null where a tunnel hides it. */
function senderOf(head: RequestHead, passage: TunnelPassage | null): string | null {
  if (!passage) return plainAddress(head.remoteAddress);
  return passage.sender === null ? null : plainAddress(passage.sender);
}

function rateOf(choice: AccessRules['senderRate'], passage: TunnelPassage | null): Rate | null {
  if (choice === 'off') return null;
  return choice === 'auto' ? passage && tunnelRate : choice;
}

function quotaOf(choice: AccessRules['quotaBytes'], passage: TunnelPassage | null): number | null {
  if (choice === 'off') return null;
  return choice === 'auto' ? passage && tunnelQuotaBytes : choice;
}

/** Bytes that the request says it will store; one in chunks says nothing. */
function announcedBytes({ headers }: RequestHead, bodyLimit: number): number {
  const announced = Number(headerValue(headers, 'content-length') ?? 0);
  // A body over the limit is refused with 413 and stores nothing.
  return announced <= bodyLimit ? announced : 0;
}

function tooOften(waitMs: number): Refusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return { reason: 'rate', reply: plainReply(429, 'Too many requests.', [['Retry-After', String(seconds)]]) };
}
