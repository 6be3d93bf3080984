// What is sent: a message (bytes made once), one delivery per target, one attempt per try.
// The queue document holds deliveries; bodies and full attempt records lie in the history store.

import type { HeaderPair } from './headers.ts';

/** How an outgoing message is signed; the bad ones are for testing a handler. */
export type SignatureMode = 'fresh' | 'keep' | 'tampered' | 'expired' | 'wrong-secret' | 'none';

/** How a replay is signed: as captured, anew with the same delivery id, anew with a new id. */
export type Resign = 'keep' | 'same-id' | 'new-id';

/** What every attempt of a delivery sends. The body is a reference, never the bytes. */
export interface OutgoingMessage {
  /** The provider's delivery id, the same for all attempts and targets. */
  readonly messageId: string;
  readonly provider: string;
  /** Scheme id; the provider's first when absent. */
  readonly scheme?: string;
  readonly event: string | null;
  readonly method: string;
  /** Headers besides those the scheme and the transport add, in order. */
  readonly headers: readonly HeaderPair[];
  /** Lower-case hex SHA-256; key of the bytes in the history store. */
  readonly bodyHash: string;
  /** Bytes. */
  readonly bodySize: number;
  readonly signature: SignatureMode;
}

/** How one attempt ended. Anything but `delivered` is a failure. */
export type AttemptOutcome =
  | 'delivered'
  | 'http-status'
  | 'refused'
  | 'dns'
  | 'reset'
  | 'tls'
  | 'timeout-connect'
  | 'timeout-response'
  | 'bad-response'
  | 'blocked-address'
  | 'interrupted';

/** One try, as kept in the queue document (light). */
export interface Attempt {
  /** 1 for the first. */
  readonly n: number;
  /** Epoch ms at start. */
  readonly at: number;
  /** Time that the signature names, epoch ms, where it is a simulated one; else it is `at`. */
  readonly signedAt?: number;
  readonly outcome: AttemptOutcome;
  /** HTTP status, if a reply head arrived. */
  readonly status: number | null;
  /** Total time, ms. */
  readonly ms: number;
  /** Due time of the next attempt, epoch ms; null when there is none. */
  readonly nextAt: number | null;
  /** A sentence for a person, for example `connection refused`. */
  readonly message: string;
}

/** One try in full, kept in the history store. */
export interface AttemptRecord extends Attempt {
  readonly deliveryId: string;
  readonly request: { readonly method: string; readonly url: string; readonly headers: readonly HeaderPair[] };
  readonly response: {
    readonly status: number;
    readonly headers: readonly HeaderPair[];
    /** At most 1 MiB. */
    readonly body: Uint8Array;
    /** The reply was longer than what was kept. */
    readonly bodyCut: boolean;
  } | null;
  /** Ms since the start of the attempt; absent phases did not happen. */
  readonly timings: {
    readonly dns?: number;
    readonly connect?: number;
    readonly tls?: number;
    readonly firstByte?: number;
    readonly total: number;
  };
}

/** `sending` is saved before the first byte leaves; after a restart it is `waiting` again. */
export type DeliveryState = 'waiting' | 'sending' | 'delivered' | 'dead' | 'parked';

/** One message on its way to one target. */
export interface Delivery {
  /** `dlv_` and 20 characters. */
  readonly id: string;
  readonly message: OutgoingMessage;
  /** Stored target's id; null for a URL given by hand. */
  readonly targetId: string | null;
  readonly url: string;
  readonly state: DeliveryState;
  /** Why it is parked: `paused`, `secret-unavailable`, `target-paused`, `target-parked`, `gone` (410)... */
  readonly parkedReason?: string;
  readonly attempts: readonly Attempt[];
  /** Due time, epoch ms; null unless waiting. */
  readonly nextAt: number | null;
  readonly secretName: string | null;
  readonly schedule: string;
  /** Divides every wait; 1 is real time. Stored with the delivery. */
  readonly speed: number;
  /**
   * Time that attempts are signed with: the real one, or what the clock would show had every wait been as long as
   * without `speed`. Real when absent.
   */
  readonly time?: 'real' | 'simulated';
  readonly createdAt: number;
  /** Delivery that this one redrives. */
  readonly redriveOf?: string;
  /** Captured request that this one replays. */
  readonly replayOf?: string;
  /** Captured request of which this is a forwarded copy. */
  readonly forwardOf?: string;
  /** What a replay changed against its original, in words. */
  readonly changes?: readonly string[];
}

/** Form of a composed event as the window or the command line gives it. */
export interface Draft {
  readonly method: string;
  /** Empty: every active target whose filter matches. */
  readonly urls: readonly string[];
  readonly targetIds: readonly string[];
  readonly provider: string;
  readonly scheme?: string | undefined;
  readonly event: string | null;
  readonly headers: readonly HeaderPair[];
  /** With `{{uuid}} {{now}} {{unix}}` still in it when it is text. */
  readonly body: Uint8Array;
  /** Replace variables in the body (composed text), or send the bytes as they are. */
  readonly variables: boolean;
  /** Name of a stored secret, or a new value used at once; null for unsigned. */
  readonly secret: { readonly name: string } | { readonly value: string } | null;
  readonly messageId?: string | undefined;
  readonly signature: SignatureMode;
  readonly schedule: string;
  readonly speed: number;
  /** As in {@link Delivery}. */
  readonly time?: 'real' | 'simulated' | undefined;
  readonly replayOf?: string | undefined;
}
