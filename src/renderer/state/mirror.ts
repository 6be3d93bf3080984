// What the window mirrors of the host. It changes only through snapshots and batches of changes (apply-changes.ts).

import type { ReceiverState, Snapshot } from '../../shared/news.ts';
import type { CustomScheme } from '../../shared/custom-scheme.ts';
import type { Delivery } from '../../shared/delivery.ts';
import type { ErrorValue } from '../../shared/errors.ts';
import type { ExchangeSummary, RefusedEntry } from '../../shared/exchange.ts';
import type { ForwardHealth } from '../../shared/forwards.ts';
import type { JobState } from '../../shared/jobs.ts';
import type { PullSetup, PullStatus } from '../../shared/pulls.ts';
import type { OwnSchedule } from '../../shared/schedules.ts';
import type { CheckRun, VolumeRun } from '../../shared/trials.ts';
import type { TunnelSetup, TunnelStatus } from '../../shared/tunnels.ts';
import type { Endpoint, SecretInfo, Settings, Target } from '../../shared/workspace.ts';

/** The mirrored state. */
export interface Mirror {
  readonly status: 'loading' | 'ready' | 'failed';
  /** Why it failed. */
  readonly failure: ErrorValue | null;
  /** Number of the last batch that is included. */
  readonly batch: number;
  readonly version: string;
  readonly dataDir: string;
  readonly receiver: ReceiverState;
  readonly endpoints: readonly Endpoint[];
  readonly targets: readonly Target[];
  /** Own signature schemes. */
  readonly schemes: readonly CustomScheme[];
  /** Own retry schedules. */
  readonly schedules: readonly OwnSchedule[];
  /** APIs that are asked for missed events. */
  readonly pulls: readonly PullSetup[];
  /** How they stand, in no order; one that was never asked about may be absent. */
  readonly pullStatus: readonly PullStatus[];
  readonly tunnels: readonly TunnelSetup[];
  /** How they stand, in no order; one that was never started may be absent. */
  readonly tunnelStates: readonly TunnelStatus[];
  /** How the apps that requests are forwarded to do. */
  readonly forwardHealth: readonly ForwardHealth[];
  readonly secrets: readonly SecretInfo[];
  readonly secretStorage: Snapshot['secretStorage'];
  readonly settings: Settings;
  readonly requestCount: number;
  readonly recovered: readonly string[];
  /** The newest requests, by falling seq. */
  readonly rows: readonly ExchangeSummary[];
  /** The host has older ones. */
  readonly moreRows: boolean;
  /** Everything not dead, newest first. */
  readonly deliveries: readonly Delivery[];
  /** Dead letters, newest first. */
  readonly dead: readonly Delivery[];
  /** What did not become a request, newest first. */
  readonly refused: readonly RefusedEntry[];
  /** The newest handler check, running or done. */
  readonly check: CheckRun | null;
  /** The newest run of many deliveries. */
  readonly volume: VolumeRun | null;
  /** The newest long job, running or done. */
  readonly job: JobState | null;
}

/** Most rows of the inbox that are held; older ones are fetched again when wanted. */
export const maxRows = 20_000;
/** Most deliveries that are held. */
export const maxDeliveries = 20_000;
/** Most refused entries that are held. */
export const maxRefused = 200;

/** Before the first snapshot. */
export const emptyMirror: Mirror = {
  status: 'loading',
  failure: null,
  batch: 0,
  version: '',
  dataDir: '',
  receiver: { status: 'starting' },
  endpoints: [],
  targets: [],
  schemes: [],
  schedules: [],
  pulls: [],
  pullStatus: [],
  tunnels: [],
  tunnelStates: [],
  forwardHealth: [],
  secrets: [],
  secretStorage: { keyring: null, undecided: false },
  settings: {
    theme: 'system',
    port: 4100,
    duplicateWindowHours: 24,
    secretStorage: null,
    retention: { maxCount: 250_000, maxAgeDays: null, maxBytes: 10_737_418_240 },
  },
  requestCount: 0,
  recovered: [],
  rows: [],
  moreRows: false,
  deliveries: [],
  dead: [],
  refused: [],
  check: null,
  volume: null,
  job: null,
};
