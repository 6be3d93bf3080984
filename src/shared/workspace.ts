// What a person configures: endpoints, targets, settings, and the names (never the values) of secrets.
// Schemas check whatever comes from a file, the window or the command line.

import * as v from 'valibot';
import { accessSchema, openAccess } from './access.ts';
import { customSchemeSchema } from './custom-scheme.ts';
import { forwardSchema } from './forwards.ts';
import { pullSetupSchema } from './pulls.ts';
import { replySchema, ruleSchema } from './replies.ts';
import { ownScheduleSchema } from './schedules.ts';
import { headerListSchema, httpUrl, identifier as id, name } from './schema-parts.ts';
import { tunnelSchema } from './tunnels.ts';

/** Names and encoding of the `generic` scheme; every field has the documented default. */
export const genericOptionsSchema = v.object({
  signatureHeader: v.optional(v.string(), 'X-Webhook-Signature'),
  timestampHeader: v.optional(v.string(), 'X-Webhook-Timestamp'),
  eventHeader: v.optional(v.string(), 'X-Webhook-Event'),
  deliveryHeader: v.optional(v.string(), 'X-Webhook-Delivery'),
  encoding: v.optional(v.picklist(['hex', 'base64', 'base64url']), 'hex'),
  algorithm: v.optional(v.picklist(['sha256', 'sha1', 'sha512']), 'sha256'),
  /** Literal before the encoded MAC, for example `sha256=`. */
  prefix: v.optional(v.string(), ''),
});
/** Options of the `generic` scheme. */
export type GenericOptions = v.InferOutput<typeof genericOptionsSchema>;

/** Schema of an endpoint: where requests arrive and how they are judged. */
export const endpointSchema = v.object({
  id,
  name,
  /** Path prefix such as `/in/stripe`; `/` is the catch-all. */
  path: v.pipe(v.string(), v.regex(/^\/[^\s?#]*$/, 'must start with / and hold no blank, ? or #'), v.maxLength(512)),
  /** Provider id, or null to detect it from the headers. */
  provider: v.nullable(v.string()),
  /** Names of secrets; a match with any is valid (rotation). */
  secretNames: v.array(v.string()),
  /** Seconds; null for the provider's own tolerance. */
  toleranceSeconds: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(31_536_000))),
  generic: v.optional(genericOptionsSchema),
  /** Origin and perhaps path prefix under which senders reach this endpoint (`https://tunnel.example`), or null. */
  publicUrl: v.optional(v.nullable(httpUrl), null),
  /** A tunnel on this machine tells the public host in X-Forwarded-Host and -Proto, and it is believed. */
  trustForwarded: v.optional(v.boolean(), false),
  /** Switched off: its requests get 404 and a refused entry. */
  active: v.optional(v.boolean(), true),
  /**
   * `capture` answers whatever the verdict says. `strict` answers 401 to an invalid, missing or malformed signature, 400
   * to an expired or future one, and 200 to a duplicate that was processed, which is then not forwarded again.
   */
  mode: v.optional(v.picklist(['capture', 'strict']), 'capture'),
  /** What makes two requests duplicates, and within which time. */
  duplicates: v.optional(
    v.object({
      by: v.picklist(['id-or-body', 'id', 'off']),
      /** Hours; null for the setting. */
      windowHours: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(8_760))),
    }),
    { by: 'id-or-body', windowHours: null },
  ),
  reply: replySchema,
  rules: v.optional(v.pipe(v.array(ruleSchema), v.maxLength(200, 'must hold at most 200 rules')), []),
  forwards: v.optional(
    v.pipe(
      v.array(forwardSchema),
      v.maxLength(20, 'must hold at most 20 forwards'),
      v.check(
        (forwards) => forwards.filter(({ mode, active }) => active && mode === 'answer').length <= 1,
        'may hold one active forward in mode answer: only one app can answer the provider',
      ),
    ),
    [],
  ),
  access: v.optional(accessSchema, openAccess),
});
/** Where requests arrive. */
export type Endpoint = v.InferOutput<typeof endpointSchema>;

const timeoutMs = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(100, 'must be at least 100 ms'),
  v.maxValue(600_000, 'must be at most 600,000 ms'),
);

/** Schema of a target: where events are sent. */
export const targetSchema = v.object({
  id,
  name,
  url: httpUrl,
  provider: v.string(),
  secretName: v.nullable(v.string()),
  /** Event names: exact, `order.*`, or `*` for all. */
  events: v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1, 'must name at least one event, or *')),
  headers: headerListSchema,
  schedule: v.string(),
  /** Only `active` ones are sent to; the deliveries of the others are kept, parked. */
  state: v.picklist(['active', 'paused', 'parked']),
  /** Why Hookbench parked it: `gone` (410), `failing` (five days of failure). */
  parkedReason: v.optional(v.nullable(v.picklist(['gone', 'failing'])), null),
  /** Further secrets that sign as well (rotation). */
  alsoSecretNames: v.optional(v.array(v.string()), []),
  /** Deadline of the connection, ms; null for 10,000. */
  connectTimeoutMs: v.optional(v.nullable(timeoutMs), null),
  /** Deadline of a whole attempt, ms; null for the schedule's own, else 30,000. */
  totalTimeoutMs: v.optional(v.nullable(timeoutMs), null),
  /** Attempts at once. */
  concurrency: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1, 'must be 1 to 64'), v.maxValue(64, 'must be 1 to 64')),
    4,
  ),
  /** Attempts per second at most; null for no limit. */
  ratePerSecond: v.optional(
    v.nullable(v.pipe(v.number(), v.minValue(0.01, 'must be at least 0.01'), v.maxValue(10_000))),
    null,
  ),
  /** Follows up to 5 redirects; credentials and body never cross an origin. */
  followRedirects: v.optional(v.boolean(), false),
  /** One after the other in the order of their making; a failed one holds up the rest. */
  strictOrder: v.optional(v.boolean(), false),
  /** A person said that link-local and cloud metadata addresses are meant. */
  allowLinkLocal: v.optional(v.boolean(), false),
  /** Certificates are not checked. Dangerous, so it is shown wherever the target is. */
  skipTlsCheck: v.optional(v.boolean(), false),
});
/** Where events are sent. */
export type Target = v.InferOutput<typeof targetSchema>;

/** Schema of the settings. */
export const settingsSchema = v.object({
  theme: v.optional(v.picklist(['system', 'dark', 'light']), 'system'),
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)), 4100),
  /** Hours within which a repeated id or body counts as a duplicate. */
  duplicateWindowHours: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(8_760)), 24),
  /** What the person chose where no keyring exists; null until asked. */
  secretStorage: v.optional(v.nullable(v.picklist(['session', 'file'])), null),
  /**
   * The oldest requests beyond these limits are removed; pinned ones stay. Count and age hold for delivered deliveries,
   * too, but for those of pinned requests; forwarded copies go with their request. Null: no such limit. Settings that
   * say nothing keep everything: nothing is removed that nobody asked to remove. {@link firstRetention} is for new
   * folders.
   */
  retention: v.optional(
    v.object({
      maxCount: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1, 'must be at least 1'))),
      maxAgeDays: v.nullable(v.pipe(v.number(), v.minValue(0.01, 'must be above 0'))),
      /** Of all stored bodies. */
      maxBytes: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1, 'must be at least 1 byte'))),
    }),
    { maxCount: null, maxAgeDays: null, maxBytes: null },
  ),
  /** Queries of the Inbox that a person saved. */
  filters: v.optional(
    v.pipe(
      v.array(v.object({ name, query: v.pipe(v.string(), v.maxLength(2_000)) })),
      v.maxLength(100, 'must hold at most 100 filters'),
    ),
  ),
  /** The Inbox shows one row for a group of duplicates. */
  foldDuplicates: v.optional(v.boolean()),
  /** What is told while the window is not in front; absent is `failures`. */
  notifications: v.optional(v.picklist(['off', 'failures', 'all'])),
  /** Closing the window leaves Hookbench running in the tray. */
  closeToTray: v.optional(v.boolean()),
});
/** Settings with every default filled in. */
export type Settings = v.InferOutput<typeof settingsSchema>;

/** What a new data folder keeps: 250,000 requests and 10 GiB of bodies. */
export const firstRetention: Settings['retention'] = { maxCount: 250_000, maxAgeDays: null, maxBytes: 10_737_418_240 };

/** Schema of workspace.json's payload. */
export const workspaceSchema = v.object({
  endpoints: v.array(endpointSchema),
  targets: v.array(targetSchema),
  /** Own signature schemes. */
  schemes: v.optional(v.array(customSchemeSchema), []),
  /** Own retry schedules. */
  schedules: v.optional(v.array(ownScheduleSchema), []),
  /** Provider APIs that are asked for missed events. */
  pulls: v.optional(v.array(pullSetupSchema), []),
  /** Ways in from outside. */
  tunnels: v.optional(v.array(tunnelSchema), []),
});
/** Payload of workspace.json. */
export type Workspace = v.InferOutput<typeof workspaceSchema>;

/** What a folder holds where nobody configured anything. */
export const emptyWorkspace: Workspace = {
  endpoints: [],
  targets: [],
  schemes: [],
  schedules: [],
  pulls: [],
  tunnels: [],
};

/** What the window may know of a secret: never its value. */
export interface SecretInfo {
  readonly name: string;
  /** Provider it was entered for, or null for any. */
  readonly provider: string | null;
  /** Where the value is: sealed by a keyring (with its name), in a file only the user can read, or in memory for this run. */
  readonly storage: 'keyring' | 'file' | 'session';
  /** The keyring that sealed it is not available now. */
  readonly sealed: boolean;
}

/** The catch-all endpoint that exists without any configuration. */
export const defaultEndpoint: Endpoint = {
  id: 'default',
  name: 'Everything else',
  path: '/',
  provider: null,
  secretNames: [],
  toleranceSeconds: null,
  publicUrl: null,
  trustForwarded: false,
  active: true,
  mode: 'capture',
  duplicates: { by: 'id-or-body', windowHours: null },
  reply: {
    status: 200,
    headers: [['Content-Type', 'application/json']],
    body: '{"received":true}',
    delayMs: 0,
    fault: null,
    sequence: null,
    shares: [],
  },
  rules: [],
  forwards: [],
  access: openAccess,
};

/** Whether `event` passes a target's filter. No event passes `*` only. */
export function eventMatches(filter: readonly string[], event: string | null): boolean {
  return filter.some((pattern) => {
    if (pattern === '*') return true;
    if (event === null) return false;
    if (pattern.endsWith('.*')) return event.startsWith(pattern.slice(0, -1));
    return pattern === event;
  });
}
