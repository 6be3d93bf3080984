// The one list of commands between the window (or another process) and the host, and of the news that flows back.
// A new command touches this file and one host method; the preload never changes.

import * as v from 'valibot';
import { activityInput } from './activity.ts';
import type { ActivityCount } from './activity.ts';
import { factsSchema } from './facts.ts';
import type { Comparison } from './compare.ts';
import type { GeneratedTypes } from './generated-types.ts';
import type { AttemptRecord, Delivery } from './delivery.ts';
import type { Result } from './errors.ts';
import { customSchemeSchema } from './custom-scheme.ts';
import type { CustomScheme } from './custom-scheme.ts';
import type { ExchangeDetail, ExchangeSummary, Finding, RefusedEntry, SignatureView, Verdict } from './exchange.ts';
import { exportFormatIds } from './formats.ts';
import { maxImportBytes } from './imports.ts';
import type { ImportPreview } from './imports.ts';
import type { HeaderPair } from './headers.ts';
import type { ChangeBatch, Snapshot } from './news.ts';
import { pullSetupSchema } from './pulls.ts';
import type { PullStatus } from './pulls.ts';
import { ownScheduleSchema } from './schedules.ts';
import { headerListSchema, name } from './schema-parts.ts';
import type { CheckRun, VolumeRun } from './trials.ts';
import { tunnelSchema } from './tunnels.ts';
import type { TunnelLogLine, TunnelProbe, TunnelStatus } from './tunnels.ts';
import { endpointSchema, settingsSchema, targetSchema } from './workspace.ts';

const bytes = v.instance(Uint8Array, 'must be bytes');
const nothing = v.undefined();
const idInput = v.object({ id: v.pipe(v.string(), v.maxLength(200)) });
const signatureMode = v.picklist(['fresh', 'keep', 'tampered', 'expired', 'wrong-secret', 'none']);
const secretChoice = v.nullable(
  v.union([v.object({ name: v.string() }), v.object({ value: v.pipe(v.string(), v.minLength(1)) })]),
);

const typesInput = v.object({
  ids: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(200)),
  language: v.picklist(['typescript', 'json-schema']),
  name: v.optional(v.pipe(v.string(), v.maxLength(200))),
});
const runId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));
/** Dead letters: all, by id, or those that a filter takes. */
const deadLetters = v.union([
  v.literal('all'),
  v.array(v.string()),
  v.object({
    targetId: v.optional(v.string()),
    event: v.optional(v.string()),
    /** Epoch ms. */
    diedBeforeAt: v.optional(v.number()),
  }),
]);
/** Which dead letters are meant. */
export type DeadLetterChoice = v.InferOutput<typeof deadLetters>;

const exportInput = v.object({
  format: v.picklist(exportFormatIds),
  query: v.optional(v.string(), ''),
  /** These alone, in this order; the query does not count then. */
  ids: v.optional(v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(10_000))),
  includeSecrets: v.boolean(),
});

/** Schema of a {@link Draft}. */
export const draftSchema = v.object({
  method: v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(64)),
  urls: v.pipe(v.array(v.string()), v.maxLength(100)),
  targetIds: v.pipe(v.array(v.string()), v.maxLength(1_000)),
  provider: v.string(),
  scheme: v.optional(v.string()),
  event: v.nullable(v.string()),
  headers: headerListSchema,
  body: bytes,
  variables: v.boolean(),
  secret: secretChoice,
  messageId: v.optional(v.pipe(v.string(), v.maxLength(500))),
  signature: signatureMode,
  schedule: v.string(),
  speed: v.pipe(v.number(), v.minValue(0.001, 'must be above 0'), v.maxValue(1_000_000, 'must be at most 1,000,000')),
  time: v.optional(v.picklist(['real', 'simulated'])),
  replayOf: v.optional(v.string()),
});

/** Input schema of every command. */
export const commandInputs = {
  'state.get': nothing,
  'requests.list': v.object({
    query: v.optional(v.pipe(v.string(), v.maxLength(2_000)), ''),
    /** Only rows with a smaller seq; absent for the newest. */
    beforeSeq: v.optional(v.number()),
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2_000)),
    /** A search ends after about this long with what it has, ms; absent: when it is done. */
    budgetMs: v.optional(v.pipe(v.number(), v.minValue(1))),
  }),
  'requests.get': idInput,
  'requests.body': v.object({
    id: v.string(),
    offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
    length: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_048_576)),
  }),
  /** A slice of the body without its content codings; decoded up to 64 MiB. */
  'requests.decode': v.object({
    id: v.pipe(v.string(), v.maxLength(200)),
    offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
    length: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_048_576)),
  }),
  /** Saves a range of a body, as stored or decoded, where the person says; the name is only a proposal. */
  'bodies.save': v.object({
    id: v.pipe(v.string(), v.maxLength(200)),
    decoded: v.boolean(),
    offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
    length: v.pipe(v.number(), v.integer(), v.minValue(0)),
    name: v.pipe(v.string(), v.maxLength(1_000)),
  }),
  /** What two requests do not have in common; `ignoreVolatile` leaves out what differs between any two. */
  'requests.compare': v.object({
    a: v.pipe(v.string(), v.maxLength(200)),
    b: v.pipe(v.string(), v.maxLength(200)),
    ignoreVolatile: v.boolean(),
  }),
  'requests.copyAs': v.object({ id: v.string(), format: v.picklist(['curl', 'har', 'jsonl']) }),
  /** Types of the bodies of one event; `name` is made an identifier, absent: taken from the event. */
  'requests.types': typesInput,
  /** Saves them where the person says. */
  'requests.saveTypes': typesInput,
  /** Pinned requests stay when old ones are removed. */
  'requests.pin': v.object({ ids: v.pipe(v.array(v.string()), v.maxLength(10_000)), pinned: v.boolean() }),
  /** Deletes them with all that belongs to them, pinned ones too. */
  'requests.remove': v.object({ ids: v.pipe(v.array(v.string()), v.maxLength(10_000)) }),
  'requests.activity': activityInput,
  /** An empty note removes it. */
  'requests.note': v.object({ id: v.string(), note: v.pipe(v.string(), v.maxLength(10_000)) }),
  /** Fetches the address that a handshake waits for: the person's click. */
  'requests.confirm': idInput,
  /** Keeps the secret that a handshake brought (Asana) and lets the endpoint use it. */
  'requests.keepSecret': idInput,
  'refused.list': nothing,
  'compose.send': draftSchema,
  'compose.preview': draftSchema,
  'testEvent.send': nothing,
  'deliveries.list': v.object({ dead: v.boolean() }),
  'deliveries.attempts': idInput,
  'deliveries.runNow': idInput,
  'deliveries.pause': idInput,
  'deliveries.resume': idInput,
  'deliveries.redrive': v.object({ ids: deadLetters }),
  /** Deletes dead letters, or parked deliveries by id. */
  'deliveries.remove': v.object({ ids: deadLetters }),
  /** Takes an unfinished or dead delivery out and puts an edited one in its place; absent fields stay. */
  'deliveries.edit': v.object({
    id: v.string(),
    url: v.optional(v.string()),
    headers: v.optional(headerListSchema),
    body: v.optional(bytes),
    schedule: v.optional(v.string()),
    speed: v.optional(v.pipe(v.number(), v.minValue(0.001), v.maxValue(1_000_000))),
    secretName: v.optional(v.nullable(v.string())),
  }),
  /** The bytes that a delivery sends. */
  'deliveries.body': idInput,
  'schedules.save': ownScheduleSchema,
  'schedules.remove': idInput,
  /** Scripted good and bad deliveries against a handler; news come as `check`. `runId` is the caller's own. */
  'check.run': v.object({
    runId,
    targetId: v.optional(v.string()),
    url: v.optional(v.string()),
    provider: v.optional(v.string()),
    secret: v.optional(secretChoice),
    idempotency: v.optional(
      v.nullable(v.union([v.object({ url: v.string() }), v.object({ header: v.pipe(v.string(), v.minLength(1)) })])),
    ),
  }),
  'check.stop': v.object({ runId }),
  /** Saves the report of a check as JUnit XML where the person says. */
  'check.save': v.object({ runId }),
  /** Sends the draft many times at a rate; news come as `volume`. */
  'volume.start': v.object({
    runId,
    draft: draftSchema,
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000, 'must be at most 100,000')),
    ratePerSecond: v.pipe(
      v.number(),
      v.minValue(0.1, 'must be at least 0.1'),
      v.maxValue(2_000, 'must be at most 2,000'),
    ),
    /** The person said that the addresses outside this network may be loaded. */
    confirmed: v.boolean(),
  }),
  'volume.stop': v.object({ runId }),
  'pulls.save': pullSetupSchema,
  'pulls.remove': idInput,
  /** Looks now, from `sinceAt` (epoch ms) or, when null, from where the last look ended. */
  'pulls.run': v.object({ id: v.string(), sinceAt: v.nullable(v.number()) }),
  'pulls.list': nothing,
  'endpoints.save': endpointSchema,
  'endpoints.remove': idInput,
  'targets.save': targetSchema,
  'targets.remove': idInput,
  'tunnels.save': tunnelSchema,
  'tunnels.remove': idInput,
  'tunnels.start': idInput,
  'tunnels.stop': idInput,
  /** Sends a signed nonce through the public address. */
  'tunnels.probe': idInput,
  'tunnels.log': idInput,
  /** The new address is registered wherever the old one was. */
  'tunnels.registered': idInput,
  'secrets.set': v.object({
    name,
    value: v.pipe(v.string(), v.minLength(1, 'must not be empty')),
    provider: v.nullable(v.string()),
  }),
  'secrets.remove': v.object({ name: v.string() }),
  /** Makes a test key pair for a provider that signs with one, and keeps it under this name. */
  'secrets.makeKeyPair': v.object({ name, provider: v.string() }),
  /** The public half of a stored key pair, in the form that the provider's handlers take. */
  'secrets.publicKey': v.object({ name: v.string(), provider: v.string() }),
  'schemes.save': customSchemeSchema,
  'schemes.remove': idInput,
  /** Judges a captured request by a scheme that need not be saved yet. */
  'schemes.test': v.object({ scheme: customSchemeSchema, requestId: v.string(), secretNames: v.array(v.string()) }),
  /** Text of a scheme file; a scheme of the same id and other content gets a new id. */
  'schemes.import': v.object({ text: v.pipe(v.string(), v.maxLength(100_000, 'must be at most 100,000 characters')) }),
  /** Looks for the cause of a failed check now, if that has not been done. */
  'requests.diagnose': idInput,
  'settings.save': v.partial(settingsSchema),
  /** Stops listening, or listens again at the same port. */
  'receiver.pause': v.object({ paused: v.boolean() }),
  'receiver.restart': v.object({ port: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)) }),
  'export.save': exportInput,
  /** The newest of the requests as it would be written. */
  'export.preview': exportInput,
  'jobs.cancel': idInput,
  /** Reads a file of another tool; nothing is stored before `import.apply`. */
  'import.read': v.object({
    bytes: v.pipe(
      bytes,
      v.check((file) => file.byteLength <= maxImportBytes, 'must be at most 20 MiB'),
    ),
  }),
  'import.apply': v.object({ planId: v.pipe(v.string(), v.maxLength(64)) }),
  'open.external': v.object({ url: v.string() }),
  /** How things stand in the window, for the menus. */
  'window.facts': factsSchema,
} as const;

/** Output of every command. */
export interface CommandOutputs {
  'state.get': Snapshot;
  'requests.list': {
    readonly rows: readonly ExchangeSummary[];
    readonly more: boolean;
    /** Where its time ran out, it looked down to this seq: to go on, pass it as `beforeSeq`. */
    readonly scannedTo?: number;
  };
  'requests.get': ExchangeDetail;
  'requests.body': Uint8Array;
  'requests.decode': DecodedSlice;
  /** Null when the person closed the file dialog. */
  'bodies.save': { readonly path: string } | null;
  'requests.compare': Comparison;
  'requests.copyAs': string;
  'requests.types': GeneratedTypes;
  /** Null when the person closed the file dialog. */
  'requests.saveTypes': { readonly path: string } | null;
  'requests.pin': null;
  'requests.note': null;
  'requests.remove': { readonly removed: number };
  /** Oldest first. */
  'requests.activity': { readonly counts: readonly ActivityCount[] };
  /** What the provider answered to the fetch. */
  'requests.confirm': { readonly status: number; readonly message: string };
  'requests.keepSecret': { readonly secretName: string };
  'refused.list': readonly RefusedEntry[];
  'compose.send': { readonly messageId: string; readonly deliveries: readonly Delivery[] };
  'compose.preview': {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly HeaderPair[];
    readonly body: Uint8Array;
  };
  'testEvent.send': { readonly deliveryId: string };
  'deliveries.list': readonly Delivery[];
  'deliveries.attempts': readonly AttemptRecord[];
  'deliveries.runNow': null;
  'deliveries.pause': null;
  'deliveries.resume': null;
  'deliveries.redrive': readonly Delivery[];
  'deliveries.remove': { readonly removed: number };
  'deliveries.edit': Delivery;
  /** Null when they are no longer kept. */
  'deliveries.body': Uint8Array | null;
  'schedules.save': null;
  'schedules.remove': null;
  'check.run': CheckRun;
  'check.stop': null;
  /** Null when the person closed the file dialog. */
  'check.save': { readonly path: string } | null;
  'volume.start': VolumeRun;
  'volume.stop': null;
  'pulls.save': null;
  'pulls.remove': null;
  'pulls.run': PullStatus;
  'pulls.list': readonly PullStatus[];
  'endpoints.save': null;
  'endpoints.remove': null;
  'targets.save': null;
  'targets.remove': null;
  'tunnels.save': null;
  'tunnels.remove': null;
  'tunnels.start': TunnelStatus;
  'tunnels.stop': TunnelStatus;
  'tunnels.probe': TunnelProbe;
  'tunnels.log': readonly TunnelLogLine[];
  'tunnels.registered': null;
  'secrets.set': null;
  'secrets.remove': null;
  'secrets.makeKeyPair': PublicKeyForm;
  /** Null when the secret holds no private key. */
  'secrets.publicKey': PublicKeyForm | null;
  'schemes.save': null;
  'schemes.remove': null;
  'schemes.test': { readonly verdict: Verdict; readonly signature: SignatureView | null };
  'schemes.import': CustomScheme;
  'requests.diagnose': readonly Finding[];
  'settings.save': null;
  'receiver.pause': null;
  'receiver.restart': null;
  /** Null when the person closed the file dialog, or ended the export. */
  'export.save': { readonly path: string; readonly count: number } | null;
  'export.preview': ExportPreview;
  'jobs.cancel': null;
  'import.read': ImportPreview;
  'import.apply': { readonly imported: number };
  'open.external': null;
  'window.facts': null;
}

/** What an export writes, by one request. */
export interface ExportPreview {
  /** Its first 64 KiB; empty when there is no request. */
  readonly text: string;
  /** The text goes on. */
  readonly cut: boolean;
  /** Different values that are masked in it. */
  readonly masked: number;
}

/** A slice of a decoded body. */
export interface DecodedSlice {
  readonly bytes: Uint8Array;
  /** Decoded bytes in all. */
  readonly size: number;
  /** What was undone, as the sender applied it; empty when there was nothing to undo. */
  readonly encodings: readonly string[];
  /** Stopped at the cap: there is more. */
  readonly cut: boolean;
  /** A sentence on why something is missing, or null. */
  readonly problem: string | null;
}

/** What a handler has to be given to check signatures of a key pair. */
export interface PublicKeyForm {
  /** What it is, for example `Public key, 64 hexadecimal digits`. */
  readonly label: string;
  readonly text: string;
}

/** Name of a command. */
export type CommandName = keyof typeof commandInputs & keyof CommandOutputs;
/** A caller may pass read-only lists and any bytes. */
type Given<T> = T extends Uint8Array ? Uint8Array : T extends object ? { readonly [K in keyof T]: Given<T[K]> } : T;
/** What a caller passes (defaults not yet filled in). */
export type CommandInput<N extends CommandName> = Given<v.InferInput<(typeof commandInputs)[N]>>;
/** What a handler gets (validated, defaults filled in). */
export type CommandParsed<N extends CommandName> = v.InferOutput<(typeof commandInputs)[N]>;
/** What a command answers. */
export type CommandOutput<N extends CommandName> = CommandOutputs[N];
/** One handler per command; throws AppError for operational errors. */
export type CommandHandlers = {
  readonly [N in CommandName]: (input: CommandParsed<N>) => CommandOutput<N> | Promise<CommandOutput<N>>;
};

/** The two functions that the preload exposes to the window as `window.hookbench`. */
export interface Bridge {
  call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<Result<CommandOutput<N>>>;
  /** Calls `listener` for every batch; returns a function that stops it. */
  onChanges(listener: (batch: ChangeBatch) => void): () => void;
}
