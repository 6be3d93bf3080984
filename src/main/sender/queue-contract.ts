// What the queue is given and what it offers: the contract between the sender and the host. No code.

import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { Attempt, Delivery, OutgoingMessage } from '../../shared/delivery.ts';
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
  readonly redriveOf?: string;
  readonly replayOf?: string;
  readonly changes?: readonly string[];
}

/** What the queue is given. */
export interface QueueOptions {
  readonly queue: Document<DeliveriesDocument>;
  readonly deadLetters: Document<DeliveriesDocument>;
  readonly history: Pick<History, 'messageBody' | 'appendAttempt' | 'archiveDeliveries' | 'archivedDelivery'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Null: the secret is gone (the delivery is parked, reason `secret-unavailable`). */
  readonly secret: (name: string) => SecretValue | null;
  /** A person's own scheme of this id; undefined for the registry's providers. */
  readonly definition?: ((provider: string) => ProviderDefinition | undefined) | undefined;
  /** Total deadline of an attempt, ms; 30,000. */
  readonly sendTimeoutMs: number;
  /** Replaces every delivery's stored speed for this run. */
  readonly speed?: number | undefined;
  /** Called after each durable change of state. */
  readonly onDelivery: (delivery: Delivery) => void;
  readonly onAttempt: (delivery: Delivery, attempt: Attempt) => void;
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
  /** Makes it due now, parked or not; passes an open breaker. */
  runNow(id: string): Promise<void>;
  /** Parks it, reason `paused`; one that is being sent right now is parked after that attempt if it failed. */
  pause(id: string): Promise<void>;
  /** Due now; does nothing unless parked. */
  resume(id: string): Promise<void>;
  /** Makes new deliveries (`redriveOf`) of dead ones: the queue is saved first, then the dead letter removed. */
  redrive(ids: readonly string[] | 'all'): Promise<Delivery[]>;
  /**
   * Makes one attempt now (as soon as the limits leave room), due or not, also before `start`; resolves with the
   * delivery as it is after it.
   */
  attemptOnce(id: string): Promise<Delivery>;
  /** Resolves when nothing is `waiting` or `sending`. */
  idle(): Promise<void>;
  /** Resolves when this delivery is delivered, dead or parked. */
  settled(id: string): Promise<Delivery>;
  /** Lets attempts in flight end (at most 5 s), saves, stops. */
  stop(): Promise<void>;
}
