// Retry schedules as data: the waits after failed attempts. The first attempt is at once, so a schedule of
// k waits makes k + 1 attempts. What a provider publishes stands in its own file and is taken from there.

import * as v from 'valibot';
import { adyen } from './providers/adyen.ts';
import { awsSns } from './providers/aws-sns.ts';
import { clerk } from './providers/clerk.ts';
import { contentful } from './providers/contentful.ts';
import type { ProviderDefinition } from './providers/define.ts';
import { figma } from './providers/figma.ts';
import { github } from './providers/github.ts';
import { lemonsqueezy } from './providers/lemonsqueezy.ts';
import { linear } from './providers/linear.ts';
import { mailgun } from './providers/mailgun.ts';
import { plaid } from './providers/plaid.ts';
import { resend } from './providers/resend.ts';
import { sanity } from './providers/sanity.ts';
import { shopify } from './providers/shopify.ts';
import { slack } from './providers/slack.ts';
import { square } from './providers/square.ts';
import { standardWebhooks } from './providers/standard-webhooks.ts';
import { supabaseAuth } from './providers/supabase-auth.ts';
import { svix } from './providers/svix.ts';
import { trello } from './providers/trello.ts';
import { twilio } from './providers/twilio.ts';
import { zoom } from './providers/zoom.ts';
import { name } from './schema-parts.ts';

/** Schema of a schedule that a person made. */
export const ownScheduleSchema = v.object({
  /** `own-` and small letters, digits or dashes. */
  id: v.pipe(v.string(), v.regex(/^own-[a-z0-9-]{1,50}$/, 'must be own- and small letters, digits or dashes')),
  name,
  /** Waits after failed attempts, ms. Empty: one attempt only. */
  waitsMs: v.pipe(
    v.array(
      v.pipe(v.number(), v.minValue(0, 'must not be negative'), v.maxValue(2_592_000_000, 'must be at most 30 days')),
    ),
    v.maxLength(100, 'must have at most 100 waits'),
  ),
  /** How long an answer is waited for, ms; null for 30,000. */
  deadlineMs: v.nullable(v.pipe(v.number(), v.minValue(100), v.maxValue(600_000))),
});
/** A schedule that a person made. */
export type OwnSchedule = v.InferOutput<typeof ownScheduleSchema>;

/** A named list of waits. */
export interface RetrySchedule {
  readonly id: string;
  /** Says how many attempts it makes and over how long, for example `Svix (8 attempts in 28 hours)`. */
  readonly name: string;
  /** Waits in ms, before speed and jitter. */
  readonly waitsMs: readonly number[];
  /** How long the provider waits for an answer, ms; absent where it names none. */
  readonly deadlineMs?: number;
  /** Only an attempt without a connection is repeated; an answer, however bad, ends it. */
  readonly onlyUnconnected?: true;
  /** What the provider says about its repeats, one sentence; absent where there is nothing to add. */
  readonly summary?: string;
  /** Where the figures come from. */
  readonly source: string;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** What a provider's own data leaves out of a schedule. */
interface Override {
  readonly waitsMs?: readonly number[];
  readonly onlyUnconnected?: true;
  readonly source?: string;
}

/** The built-in schedules: general ones first, then the providers' by name. */
export const schedules: readonly RetrySchedule[] = [
  {
    id: 'quick',
    ...described('Quick', [1 * second, 5 * second, 30 * second, 2 * minute, 10 * minute]),
    source: 'Hookbench',
  },
  {
    id: 'classic',
    ...described('Classic', [2 * second, 4 * second, 8 * second, 16 * second]),
    source: 'exponential back-off, 2^n seconds',
  },
  published(svix),
  published(standardWebhooks),
  // Stripe publishes the growth and the three days; the number of attempts is chosen so that the first wait is a minute.
  fromProvider({
    id: 'stripe-like',
    name: 'Stripe-like',
    waitsMs: doublingWaits(12, 3 * day),
    source: 'https://docs.stripe.com/webhooks',
    summary: 'Repeated for three days with waits that double. Stripe publishes the span, not the single waits.',
  }),
  published(adyen),
  published(awsSns),
  published(clerk),
  published(contentful),
  published(figma),
  published(github, {
    waitsMs: [],
    source: 'https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries',
  }),
  published(lemonsqueezy),
  published(linear),
  published(mailgun),
  published(plaid),
  published(resend),
  published(sanity),
  // Shopify publishes the number and the span.
  published(shopify, { waitsMs: doublingWaits(8, 4 * hour) }),
  published(slack),
  published(square),
  published(supabaseAuth),
  published(trello),
  published(twilio, {
    waitsMs: [0],
    onlyUnconnected: true,
    source: 'https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides',
  }),
  published(zoom),
];

/** The schedule with this id, of the built-in ones or of a person's `own`, or undefined. */
export function findSchedule(id: string, own: readonly OwnSchedule[] = []): RetrySchedule | undefined {
  const found = own.find((schedule) => schedule.id === id);
  return found ? fromOwn(found) : schedules.find((schedule) => schedule.id === id);
}

/** The schedule with this id, or the one that goes on longest: with an unknown id nothing may be given up early. */
export function scheduleOrLongest(id: string, own: readonly OwnSchedule[] = []): RetrySchedule {
  return findSchedule(id, own) ?? schedules.reduce((a, b) => (spanMs(b.waitsMs) > spanMs(a.waitsMs) ? b : a));
}

/** What `waitsMs` amount to, for a person: `8 attempts in 28 hours`. */
export function describeWaits(waitsMs: readonly number[]): string {
  const attempts = waitsMs.length === 0 ? '1 attempt' : `${waitsMs.length + 1} attempts`;
  if (waitsMs.length === 0) return attempts;
  const span = spanMs(waitsMs);
  return span === 0 ? `${attempts} at once` : `${attempts} in ${spanText(span)}`;
}

function fromOwn({ id, name: title, waitsMs, deadlineMs }: OwnSchedule): RetrySchedule {
  const deadline = deadlineMs === null ? {} : { deadlineMs };
  return { id, ...described(title, waitsMs), ...deadline, source: 'made by you' };
}

/** The schedule of a provider; `waitsMs` only where its own data holds no waits. */
function published(provider: ProviderDefinition, override: Override = {}): RetrySchedule {
  const { id, name: title, docsUrl, retry } = provider;
  const waitsMs = retry?.delaysSeconds?.map((seconds) => seconds * second);
  return fromProvider({
    id,
    name: title,
    waitsMs: waitsMs ?? [],
    ...(retry?.timeoutSeconds === undefined ? {} : { deadlineMs: retry.timeoutSeconds * second }),
    ...(retry ? { summary: retry.summary } : {}),
    source: docsUrl,
    ...override,
  });
}

function fromProvider(given: RetrySchedule): RetrySchedule {
  return { ...given, ...described(given.name, given.waitsMs) };
}

function described(title: string, waitsMs: readonly number[]): Pick<RetrySchedule, 'name' | 'waitsMs'> {
  return { name: `${title} (${describeWaits(waitsMs)})`, waitsMs };
}

/** `count` waits, each twice the one before, that add up to `total`. Ms, in whole seconds. */
function doublingWaits(count: number, total: number): readonly number[] {
  const first = total / (2 ** count - 1);
  return Array.from({ length: count }, (_, i) => Math.round((first * 2 ** i) / second) * second);
}

function spanMs(waitsMs: readonly number[]): number {
  return waitsMs.reduce((sum, wait) => sum + wait, 0);
}

/** In the largest unit of which there are two, with one digit after the point below ten. */
function spanText(ms: number): string {
  const units = [
    ['days', day],
    ['hours', hour],
    ['minutes', minute],
  ] as const;
  const [unit, size] = units.find(([, length]) => ms >= 2 * length) ?? ['seconds', second];
  const count = ms / size;
  return `${count < 10 ? Math.round(count * 10) / 10 : Math.round(count)} ${unit}`;
}
