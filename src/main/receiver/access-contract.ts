// What deciding about access is given and what it offers. No code.

import type { RequestHead } from '../../shared/exchange.ts';
import type { Endpoint } from '../../shared/workspace.ts';
import type { Grant, Refusal } from './intake-contract.ts';

/** A request that came through a tunnel of ours. */
export interface TunnelPassage {
  readonly tunnelId: string;
  /** The sender's address as the tunnel tells it; null where it tells none. */
  readonly sender: string | null;
}

/** What access rules need. */
export interface AccessOptions {
  /** Ms, never goes back. */
  readonly monotonic: () => number;
  /** The endpoint that takes this target; null when nothing does (switched off). */
  readonly endpointOf: (target: string) => Endpoint | null;
  /** Null for what did not come through a tunnel. */
  readonly passageOf: (head: RequestHead) => TunnelPassage | null;
  /** Bytes of one body; larger ones are not stored. */
  readonly bodyLimit: number;
  /** Bytes of the endpoint's stored bodies. A body counts here at the latest when its request is told to be stored. */
  readonly storedBytes: (endpointId: string) => number;
}

/** Access rules at work. */
export interface Access {
  /** Null lets the request in; so does a grant, under which what its body may take is set aside until it is stored. */
  admit(head: RequestHead): Refusal | Grant | null;
}
