// What the queue is given and what it offers: the contract between the sender and the host. No code.

import type { FindOwn } from '../../shared/providers/index.ts';
import type { DeadLetterChoice } from '../../shared/contract.ts';
import type { Attempt, Delivery, OutgoingMessage } from '../../shared/delivery.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { OwnSchedule } from '../../shared/schedules.ts';
import type { Target } from '../../shared/workspace.ts';
import type { Document } from '../store/documents.ts';
import type { History } from '../store/history.ts';
import type { sign as realSign } from '../signatures/sign.ts';
import type { SecretValue } from '../signatures/verify.ts';
import type { Clock, Logger, Random } from '../ports.ts';
import type { attempt as realAttempt } from './wire.ts';

/** Payload of queue.json and dead-letters.json. */
export interface DeliveriesDocument {
  deliveries: Delivery[];
}

/** A new delivery, before it has an id. */
export interface NewDelivery {
  readonly message: OutgoingMessage;
  readonly targetId: string | null;
  readonly url: string;
  readonly secretName: string | null;
  readonly schedule: string;
  readonly speed: number;
  readonly time?: 'real' | 'simulated';
  readonly redriveOf?: string;
  readonly replayOf?: string;
  /** Captured request of which this is a copy for an app. */
  readonly forwardOf?: string;
  readonly changes?: readonly string[];
}

/** What a person changes of a delivery; absent fields stay. */
export interface DeliveryChanges {
  readonly url?: string | undefined;
  readonly headers?: readonly HeaderPair[] | undefined;
  /** Other bytes, already kept in the history under `hash`. */
  readonly body?: { readonly hash: string; readonly size: number } | undefined;
  readonly schedule?: string | undefined;
  readonly speed?: number | undefined;
  readonly secretName?: string | null | undefined;
}

/** What the queue is given. */
export interface QueueOptions {
  readonly queue: Document<DeliveriesDocument>;
  readonly deadLetters: Document<DeliveriesDocument>;
  /** Without `listArchived` nothing is known of earlier successes: then only this run's failures park a target. */
  readonly history: Pick<History, 'messageBody' | 'appendAttempt' | 'archiveDeliveries' | 'archivedDelivery'> &
    Partial<Pick<History, 'listArchived'>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Null: the secret is gone (the delivery is parked, reason `secret-unavailable`). */
  readonly secret: (name: string) => SecretValue | null;
  /** A person's own scheme of this id; undefined for the registry's providers. */
  readonly definition?: FindOwn | undefined;
  /** The stored target of a delivery as it is now; null when it is gone or was never stored. */
  readonly target?: ((id: string) => Target | null) | undefined;
  /** A person's own schedules as they are now. */
  readonly ownSchedules?: (() => readonly OwnSchedule[]) | undefined;
  /** Parks a stored target (410, or five days of failure): saved by the host, told as news. */
  readonly parkTarget?: ((id: string, reason: 'gone' | 'failing') => Promise<void>) | undefined;
  /** Total deadline of an attempt, ms; 30,000. */
  readonly sendTimeoutMs: number;
  /** Replaces every delivery's stored speed for this run. */
  readonly speed?: number | undefined;
  /** Called after each durable change of state. */
  readonly onDelivery: (delivery: Delivery) => void;
  readonly onAttempt: (delivery: Delivery, attempt: Attempt) => void;
  /**
   * Called after deliveries left for good otherwise than by being delivered: deleted, replaced (redriven, edited), or
   * dead letters over the limits.
   */
  readonly onRemoved?: ((ids: readonly string[], removed: readonly Delivery[]) => void) | undefined;
  /** Replaces the signer. */
  readonly sign?: typeof realSign | undefined;
  /** Replaces the network. */
  readonly attempt?: typeof realAttempt | undefined;
}

/** The queue. Nothing is attempted before `start`. */
export interface Queue {
  start(): void;
  /** Durable when it resolves. */
  enqueue(deliveries: readonly NewDelivery[]): Promise<Delivery[]>;
  /** Everything not finished, oldest first. */
  pending(): Delivery[];
  dead(): Delivery[];
  find(id: string): Delivery | null;
  /**
   * Makes it due now, parked or not; passes an open breaker and, for one attempt, its target's pause. Throws
   * CONFIG_INVALID where its target keeps the order and an earlier one has failed.
   */
  runNow(id: string): Promise<void>;
  /** Parks it, reason `paused`; one that is being sent right now is parked after that attempt if it failed. */
  pause(id: string): Promise<void>;
  /** Due now, unless its target holds it; does nothing unless parked. */
  resume(id: string): Promise<void>;
  /** Makes new deliveries (`redriveOf`) of dead ones: the queue is saved first, then the dead letter removed. */
  redrive(choice: DeadLetterChoice): Promise<Delivery[]>;
  /**
   * Deletes dead letters, or by id parked deliveries too; gives the ids. Throws SEND_NOT_FOUND, and then removes
   * nothing, for an id that is neither.
   */
  remove(choice: DeadLetterChoice): Promise<readonly string[]>;
  /**
   * Puts an edited delivery (`redriveOf`, same message id, no attempts) in the place of one that waits, is parked or
   * is dead. Another address takes it away from its target. Throws SEND_NOT_FOUND (`sending` ones included),
   * SEND_INVALID_URL, SEND_INVALID_HEADER, CONFIG_INVALID (schedule).
   */
  edit(id: string, changes: DeliveryChanges): Promise<Delivery>;
  /** Looks at the targets again: holds the deliveries of those that are not active, lets go what was held. */
  targetsChanged(): void;
  /**
   * Makes one attempt now (as soon as the limits leave room), due or not, also before `start`; resolves with the
   * delivery as it is after it. One that its target holds is left as it is.
   */
  attemptOnce(id: string): Promise<Delivery>;
  /** Resolves when nothing is `waiting` or `sending`. */
  idle(): Promise<void>;
  /** Resolves when this delivery is delivered, dead or parked. */
  settled(id: string): Promise<Delivery>;
  /** Lets attempts in flight end (at most 5 s), saves, stops. */
  stop(): Promise<void>;
}
