// What tunnels are given and what they offer, and what one kind of tunnel owes to the machine that runs it. No code.

import type { CapturedRequest, RequestHead } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { TunnelLogLine, TunnelProbe, TunnelProblem, TunnelSetup, TunnelStatus } from '../../shared/tunnels.ts';
import type { Clock, Logger, Random } from '../ports.ts';
import type { Children } from './child.ts';

/** Where the receiver listens. */
export interface ReceiverAddress {
  readonly port: number;
  /** Origin, for example `http://127.0.0.1:4100`. */
  readonly url: string;
}

/** The answer to a probe. */
export interface ProbeAnswer {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: string;
}

/** The addresses at which people registered their endpoints with senders, kept over restarts. */
export interface TunnelMemory {
  /** The address that senders know; null for a tunnel that was never up. */
  registered(id: string): string | null;
  /** Keeps it; null forgets the tunnel. */
  keep(id: string, url: string | null): Promise<void>;
}

/** Durations, ms, and places that tests change. */
export interface TunnelLimits {
  /** From the start to the address: 45,000. */
  readonly addressMs: number;
  /** First and longest wait before another try: 1,000 and 60,000. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Up for this long, the next fall counts as the first again: 60,000. */
  readonly steadyMs: number;
  /** Between two probes of a tunnel that is up: 300,000. */
  readonly probeEveryMs: number;
  /** Before a probe that failed is made again: 30,000. */
  readonly probeAgainMs: number;
  /** Waits before the probes of a new address, which a name server may not know yet. */
  readonly firstProbesMs: readonly number[];
  /** Deadline of a probe: 10,000. */
  readonly probeTimeoutMs: number;
  /** From SIGTERM to SIGKILL: 3,000. */
  readonly killMs: number;
  /** Between two looks at an agent that is attached to: 5,000. */
  readonly attachMs: number;
  /** `host:port` of another ngrok service; null for the real one. */
  readonly ngrokServer: string | null;
}

/** What tunnels are given. */
export interface TunnelsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly setups: () => readonly TunnelSetup[];
  /** Value of a secret by name; null when it is gone or sealed. */
  readonly secret: (name: string) => string | null;
  /** All values that no log may show. */
  readonly secretValues: () => readonly string[];
  /** Null while nothing listens. */
  readonly receiver: () => ReceiverAddress | null;
  readonly memory: TunnelMemory;
  readonly onStatus: (status: TunnelStatus) => void;
  readonly limits?: Partial<TunnelLimits> | undefined;
}

/** All tunnels of a host. Methods that take an id throw AppError CONFIG_INVALID for one that nobody set up. */
export interface Tunnels {
  /** Starts those that start with Hookbench. */
  startAutomatic(): void;
  /** Starts one, or tries again at once what is down or failed. */
  start(id: string): TunnelStatus;
  /** Resolves when it has ended. */
  stop(id: string): Promise<TunnelStatus>;
  probe(id: string): Promise<TunnelProbe>;
  log(id: string): readonly TunnelLogLine[];
  /** In the order of the setups. */
  states(): readonly TunnelStatus[];
  /** The person registered the present address with the senders. */
  registered(id: string): Promise<void>;
  /** Looks at the setups again: what was removed stops, what runs with another setup is started anew. */
  setupsChanged(): void;
  /** The receiver listens elsewhere, or no more. */
  receiverChanged(): void;
  /** A secret was set: what failed for want of it goes on. */
  secretSet(name: string): void;
  /** The machine slept. */
  resumed(): void;
  /** Ends all; resolves when no child is left. */
  close(): Promise<void>;
  /**
   * Null for what did not come through a tunnel of ours. While one by ssh or a command runs, nobody can tell its strangers
   * from this machine: all that belongs to no other tunnel counts as theirs, without a sender. `trusted`: what the
   * request says of its way (X-Forwarded-*) was written by the tunnel's service.
   */
  passageOf(
    head: RequestHead,
  ): { readonly tunnelId: string; readonly sender: string | null; readonly trusted: boolean } | null;
  /** The head is that of a probe of ours: no access rule may stand in its way. True once for each probe. */
  isProbe(head: RequestHead): boolean;
  /** The answer where the request is a probe of ours, else null: an ordinary request. */
  answerProbe(request: CapturedRequest): ProbeAnswer | null;
}

/** When an ended run is tried again: after the back-off, after so many ms, or only when a person asks. */
export type Again = 'later' | 'never' | number;

/** What one run of a tunnel is given. Calls after its end are ignored. */
export interface RunContext {
  readonly clock: Clock;
  readonly receiver: ReceiverAddress;
  readonly secret: (name: string) => string | null;
  readonly children: Children;
  readonly limits: TunnelLimits;
  /** One line for the person. */
  log(text: string): void;
  /** This must never stand in the log. */
  hide(secret: string): void;
  /** The tunnel stands under this address; may be called again with another one. */
  up(publicUrl: string): void;
  /** The run goes on, but until the next `up` nothing comes through it. Said again, it is reported only where it changed. */
  waiting(problem: TunnelProblem): void;
  /** The run came to its end by itself. */
  ended(problem: TunnelProblem, again: Again): void;
}

/** One run of a tunnel. */
export interface Run {
  /** Ends it; resolves when nothing of it is left. Also called after `ended`. */
  stop(): Promise<void>;
  /** Public address of a path, where it is not the address with the path behind it. */
  readonly addressOf?: (path: string) => string;
  /** Headers that lead a request to a path, where an address alone may not. */
  readonly headersFor?: (path: string) => readonly HeaderPair[];
  /** The way back is cut: an answer never reaches the sender, and bodies may be written anew. */
  readonly oneWay?: boolean;
  /** Whether this very request is one that the run is handing to the receiver now. */
  readonly delivers?: (head: RequestHead) => boolean;
}

/** Starts a run; never throws. */
export type StartRun<Kind extends TunnelSetup['kind']> = (
  setup: Extract<TunnelSetup, { readonly kind: Kind }>,
  context: RunContext,
) => Run;
