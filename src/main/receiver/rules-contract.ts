// What choosing a reply is given and what it offers. No code.

import type { CapturedRequest, DuplicateVerdict, Verdict } from '../../shared/exchange.ts';
import type { Forward } from '../../shared/forwards.ts';
import type { RequestLook } from '../../shared/providers/read-value.ts';
import type { ReplyBy } from '../../shared/replies.ts';
import type { Endpoint } from '../../shared/workspace.ts';
import type { ReplyPlan } from './reply.ts';

/** Everything that rules and look-ups may ask about. */
export interface ReplyFacts {
  readonly request: CapturedRequest;
  /** A look at the same request. */
  readonly look: RequestLook;
  readonly endpoint: Endpoint;
  readonly provider: string | null;
  readonly event: string | null;
  readonly deliveryId: string | null;
  readonly verdict: Verdict;
  readonly duplicate: DuplicateVerdict;
  /** An earlier one of the same delivery was answered with success; asked in mode `strict`, and by filters of forwards. */
  readonly wasProcessed: () => boolean;
  /** Secrets are configured, so that a request without a checked signature is no genuine one. Asked in mode `strict` only. */
  readonly expectsSignature: () => boolean;
  /** At least one of the secrets that the endpoint names can be read now. As above. */
  readonly secretsReadable: () => boolean;
  /** The how-manieth arrival of its delivery the request is, 1 for the first. */
  readonly arrival: () => number;
}

/** Who answers, and what. */
export type ReplyDecision =
  | { readonly kind: 'answer'; readonly plan: ReplyPlan; readonly by: ReplyBy; readonly why: string }
  /** The app behind this forward answers. */
  | { readonly kind: 'forward'; readonly forward: Forward; readonly why: string };

/** Chooses replies; it counts sequences, so one serves the whole receiver. */
export interface ReplyChooser {
  /** Never throws. The same `plan` object comes back for the same fixed answer, so that it can be stored once. */
  choose(facts: ReplyFacts): ReplyDecision;
}

/** What choosing needs. */
export interface ReplyChooserOptions {
  /** Epoch ms. */
  readonly now: () => number;
  /** 0 to below 1. */
  readonly random01: () => number;
  readonly makeUuid: () => string;
}
