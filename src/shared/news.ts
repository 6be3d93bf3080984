// The news that flows from the host to the window, and the snapshot that it starts from. The store is the truth: news
// may be dropped and fetched again.

import type { ActionId } from './actions.ts';
import type { CustomScheme } from './custom-scheme.ts';
import type { Attempt, Delivery } from './delivery.ts';
import type { ErrorValue } from './errors.ts';
import type { ExchangeSummary, Finding, RefusedEntry } from './exchange.ts';
import type { ForwardHealth, ForwardResult } from './forwards.ts';
import type { JobState } from './jobs.ts';
import type { PullSetup, PullStatus } from './pulls.ts';
import type { ReplyBy } from './replies.ts';
import type { OwnSchedule } from './schedules.ts';
import type { CheckRun, VolumeRun } from './trials.ts';
import type { TunnelSetup, TunnelStatus } from './tunnels.ts';
import type { Endpoint, SecretInfo, Settings, Target } from './workspace.ts';

/** State of the receiver as the status bar shows it. */
export type ReceiverState =
  | { readonly status: 'starting' }
  | {
      readonly status: 'listening';
      readonly url: string;
      readonly port: number;
      /** Storing failed; requests get 503. */ readonly storeFault: string | null;
    }
  | { readonly status: 'failed'; readonly port: number; readonly error: ErrorValue }
  | { readonly status: 'stopped' };

/** Where secrets can be kept on this machine. */
export interface SecretStorageState {
  /** Name of the keyring backend, or null where none exists. */
  readonly keyring: string | null;
  /** The person has not yet said what to do without a keyring. */
  readonly undecided: boolean;
}

/** Everything but requests and deliveries, which are fetched in pages. */
export interface Snapshot {
  /** Number of the last batch of changes that this snapshot includes. */
  readonly batch: number;
  readonly version: string;
  readonly dataDir: string;
  readonly receiver: ReceiverState;
  readonly endpoints: readonly Endpoint[];
  readonly targets: readonly Target[];
  /** A person's own signature schemes. */
  readonly schemes: readonly CustomScheme[];
  /** A person's own retry schedules. */
  readonly schedules: readonly OwnSchedule[];
  readonly pulls: readonly PullSetup[];
  readonly tunnels: readonly TunnelSetup[];
  readonly tunnelStates: readonly TunnelStatus[];
  readonly forwardHealth: readonly ForwardHealth[];
  readonly secrets: readonly SecretInfo[];
  readonly secretStorage: SecretStorageState;
  readonly settings: Settings;
  readonly requestCount: number;
  /** What was found broken at start and what became of it, one sentence each. */
  readonly recovered: readonly string[];
}

/** What menu, tray, links and notifications ask the window to do. */
export type Show =
  | { readonly kind: 'action'; readonly id: ActionId }
  /** A view, by the part of its address behind `#`. */
  | { readonly kind: 'place'; readonly hash: string }
  /** The page died or hung and was loaded again, at this time (epoch ms). */
  | { readonly kind: 'restored'; readonly at: number; readonly hung: boolean };

/** One piece of news. The store is the truth: news may be dropped and fetched again. */
export type Change =
  | { readonly type: 'request'; readonly summary: ExchangeSummary }
  /** `status` is null where the connection ended without an answer. */
  | {
      readonly type: 'reply';
      readonly id: string;
      readonly status: number | null;
      readonly ms: number;
      readonly by: ReplyBy;
    }
  | { readonly type: 'refused'; readonly entry: RefusedEntry }
  | { readonly type: 'delivery'; readonly delivery: Delivery }
  | { readonly type: 'attempt'; readonly deliveryId: string; readonly attempt: Attempt }
  | { readonly type: 'receiver'; readonly receiver: ReceiverState }
  | {
      readonly type: 'workspace';
      readonly endpoints: readonly Endpoint[];
      readonly targets: readonly Target[];
      readonly schemes: readonly CustomScheme[];
      readonly schedules: readonly OwnSchedule[];
      readonly pulls: readonly PullSetup[];
      readonly tunnels: readonly TunnelSetup[];
    }
  | { readonly type: 'tunnel'; readonly status: TunnelStatus }
  | { readonly type: 'forward'; readonly requestId: string; readonly result: ForwardResult }
  | { readonly type: 'forward-health'; readonly health: readonly ForwardHealth[] }
  /** A request was pinned, released, or noted. */
  | { readonly type: 'marks'; readonly id: string; readonly pinned: boolean; readonly note: string | null }
  /** Requests are gone: these, or the oldest (removed by retention), of which what is shown is fetched again. */
  | { readonly type: 'requests-removed'; readonly count: number; readonly ids?: readonly string[] }
  | { readonly type: 'check'; readonly run: CheckRun }
  | { readonly type: 'volume'; readonly run: VolumeRun }
  | { readonly type: 'pull'; readonly status: PullStatus }
  /** Deliveries are gone: deleted, or replaced by edited ones. */
  | { readonly type: 'deliveries-removed'; readonly ids: readonly string[] }
  /** The cause of a failed check was found. */
  | { readonly type: 'diagnosis'; readonly id: string; readonly findings: readonly Finding[] }
  | { readonly type: 'secrets'; readonly secrets: readonly SecretInfo[]; readonly secretStorage: SecretStorageState }
  | { readonly type: 'settings'; readonly settings: Settings }
  /** How a long job does; short ones are not told. */
  | { readonly type: 'job'; readonly job: JobState }
  | { readonly type: 'show'; readonly show: Show };

/** A numbered batch; a gap in the numbers asks for a new snapshot. */
export interface ChangeBatch {
  readonly batch: number;
  readonly changes: readonly Change[];
}
