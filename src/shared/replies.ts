// What an endpoint answers: fixed, in turn, by chance, by rules, and on purpose wrongly. Pure data; receiver/rules.ts
// chooses, receiver/reply.ts writes.

import * as v from 'valibot';
import { headerListSchema, identifier } from './schema-parts.ts';

/** Longest text of a condition or a look-up, in characters. */
const text = v.pipe(v.string(), v.maxLength(2_000, 'must be at most 2,000 characters'));

/**
 * How an answer is broken on purpose: the connection is held and never answered (`never`), ended (`close`) or reset
 * before a byte (`reset`), ended in the middle of the body (`cut`), or the body drips byte by byte (`slow`).
 */
export const replyFaults = ['never', 'close', 'reset', 'cut', 'slow'] as const;
/** One of {@link replyFaults}. */
export type ReplyFault = (typeof replyFaults)[number];

/**
 * Schema of one answer. Header values and body may hold look-ups, replaced with text and never run: `{{id}}`
 * `{{method}}` `{{path}}` `{{event}}` `{{deliveryId}}` `{{now}}` `{{unix}}` `{{uuid}}` `{{query.NAME}}`
 * `{{header.NAME}}` `{{body.JSON.PATH}}`.
 */
export const answerSchema = v.object({
  status: v.pipe(v.number(), v.integer(), v.minValue(200, 'must be 200 to 599'), v.maxValue(599, 'must be 200 to 599')),
  headers: headerListSchema,
  body: v.pipe(v.string(), v.maxLength(1_048_576, 'must be at most 1 MiB')),
  /** Ms between the request and its answer. */
  delayMs: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(600_000, 'must be at most 600,000 ms')),
    0,
  ),
  fault: v.optional(v.nullable(v.picklist(replyFaults)), null),
});
/** One answer. */
export type Answer = v.InferOutput<typeof answerSchema>;

/** Schema of a reply: its own answer, unless a sequence or a share of chance gives another. */
export const replySchema = v.object({
  ...answerSchema.entries,
  /** Answers in turn (500, 500, 200). */
  sequence: v.optional(
    v.nullable(
      v.object({
        answers: v.pipe(v.array(answerSchema), v.minLength(1, 'must hold an answer'), v.maxLength(100)),
        /** After the last one: it stays, or the first comes again. */
        atEnd: v.picklist(['stay', 'repeat']),
        /** Counted over all requests, or for the arrivals of each delivery id apart. */
        per: v.picklist(['endpoint', 'delivery']),
      }),
    ),
    null,
  ),
  /** Shares of the requests that get another answer; looked at before the sequence. */
  shares: v.optional(
    v.pipe(
      v.array(
        v.object({
          percent: v.pipe(v.number(), v.minValue(0, 'must be 0 to 100'), v.maxValue(100, 'must be 0 to 100')),
          answer: answerSchema,
        }),
      ),
      v.maxLength(20),
      v.check(
        (shares) => shares.reduce((sum, { percent }) => sum + percent, 0) <= 100,
        'must not come to more than 100 % together',
      ),
    ),
    [],
  ),
});
/** A reply with everything it may hold. */
export type Reply = v.InferOutput<typeof replySchema>;

/** What a condition looks at. `name` is needed by `header`, `query` (their name) and `json` (a dotted path). */
export const conditionFields = [
  'method',
  'path',
  'query',
  'header',
  'json',
  'body',
  'provider',
  'event',
  'verdict',
  'duplicate',
] as const;

/** Schema of a condition: `is` takes `*` for any run of characters; case is ignored but for JSON and body. */
export const conditionSchema = v.pipe(
  v.object({
    field: v.picklist(conditionFields),
    name: v.optional(text, ''),
    op: v.picklist(['is', 'is-not', 'has', 'exists', 'absent']),
    value: v.optional(text, ''),
  }),
  v.check(
    ({ field, name }) => !['query', 'header', 'json'].includes(field) || name !== '',
    'must name the header, the query parameter or the JSON path',
  ),
);
/** One condition of a rule. */
export type Condition = v.InferOutput<typeof conditionSchema>;

/** Schema of a rule: the first active one whose conditions all hold decides. Without conditions it always does. */
export const ruleSchema = v.object({
  id: identifier,
  name: v.pipe(v.string(), v.maxLength(100)),
  active: v.optional(v.boolean(), true),
  when: v.pipe(v.array(conditionSchema), v.maxLength(20)),
  /** Null: as if there were no rules (an exception ahead of broader ones). */
  reply: v.nullable(replySchema),
});
/** A rule of an endpoint. */
export type ResponseRule = v.InferOutput<typeof ruleSchema>;

/** Who decided what was answered. */
export type ReplyBy =
  | 'endpoint'
  | 'rule'
  | 'handshake'
  /** The forwarded app's own answer, or 502 where it could not be reached. */
  | 'forward'
  /** Mode `strict`, or the endpoint's timestamp check. */
  | 'strict'
  /** A limit of the receiver, for example on the body's size. */
  | 'limit';

/** What was answered, in full, and why: stored with the request. */
export interface ReplyRecord {
  /** Null where the connection was closed or held without an answer. */
  readonly status: number | null;
  readonly headers: readonly (readonly [string, string])[];
  /** At most 64 KiB of what was sent. */
  readonly body: Uint8Array;
  /** Bytes of the whole body. */
  readonly size: number;
  readonly by: ReplyBy;
  /** A sentence: the rule's name, the place in a sequence, the handshake, the mode. */
  readonly why: string;
  readonly delayMs: number;
  readonly fault: ReplyFault | null;
}
