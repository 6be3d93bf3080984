// Who may reach an endpoint, and how often: data. receiver/access.ts decides.

import * as v from 'valibot';

/**
 * An IPv4 or IPv6 address, with or without a prefix length (`203.0.113.0/24`, `2001:db8::/32`, `::1`). An IPv4 network
 * that is written as an IPv6 one counts its prefix from the first of 128 bits: `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
 */
export const networkSchema = v.pipe(
  v.string(),
  v.trim(),
  v.check(
    (value) =>
      v.is(v.pipe(v.string(), v.ip()), value.split('/', 1)[0]) &&
      value.split('/').length <= 2 &&
      isPrefix(value.split('/')[1], value.includes(':')),
    'must be an address or a network such as 203.0.113.0/24 or 2001:db8::/32',
  ),
  v.check((value) => {
    const [address = '', prefix] = value.split('/');
    return prefix === undefined || Number(prefix) >= 96 || !isMapped(address);
  }, 'must have a prefix from 96 to 128: it is an IPv4 network in an IPv6 address, and ::ffff:10.0.0.0/104 means 10.0.0.0/8'),
);

function isPrefix(prefix: string | undefined, isV6: boolean): boolean {
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (isV6 ? 128 : 32));
}

/** Whether an address stands for an IPv4 one, in any of its spellings (RFC 4291 section 2.5.5.2). */
function isMapped(address: string): boolean {
  if (!address.includes(':')) return false;
  const [head = [], tail] = address
    .replace(/\d+\.\d+\.\d+\.\d+$/, '0:0')
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':')));
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...(tail ?? [])].map((group) => Number.parseInt(group, 16));
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

/** Schema of a rate: a bucket of `burst` requests that fills with `count` per `periodSeconds`. */
export const rateSchema = v.object({
  count: v.pipe(v.number(), v.minValue(0.01, 'must be above 0'), v.maxValue(100_000)),
  periodSeconds: v.pipe(v.number(), v.minValue(1, 'must be at least 1 s'), v.maxValue(86_400)),
  burst: v.pipe(v.number(), v.integer(), v.minValue(1, 'must be at least 1'), v.maxValue(1_000_000)),
});
/** A rate. */
export type Rate = v.InferOutput<typeof rateSchema>;

/** What holds with a tunnel where the endpoint says `auto`. */
export const tunnelRate: Rate = { count: 50, periodSeconds: 1, burst: 500 };
/** The usual limit of tutorials: 100 requests in 15 minutes. */
export const tutorialRate: Rate = { count: 100, periodSeconds: 900, burst: 100 };
/** Bytes that one endpoint may store with a tunnel where it says `auto`: 2 GB. */
export const tunnelQuotaBytes = 2_000_000_000;

const rateChoice = v.union([v.picklist(['auto', 'off']), rateSchema]);

/** Schema of an endpoint's access rules. `auto`: off for what comes from this machine, a limit for what comes through a tunnel. */
export const accessSchema = v.object({
  /** Networks that may send; empty for all. Others get 403. */
  allow: v.optional(v.pipe(v.array(networkSchema), v.maxLength(5_000, 'must hold at most 5,000 networks')), []),
  /** Of one sender's address. Over it: 429 with Retry-After. */
  senderRate: v.optional(rateChoice, 'auto'),
  /** Of all senders together. */
  endpointRate: v.optional(rateChoice, 'auto'),
  /** Answers 400 to a signed timestamp that is too old or too far ahead, in mode `capture` too. */
  refuseStale: v.optional(v.boolean(), false),
  /** Bytes of bodies that may be stored; over it: 507. */
  quotaBytes: v.optional(
    v.union([v.picklist(['auto', 'off']), v.pipe(v.number(), v.integer(), v.minValue(1, 'must be at least 1 byte'))]),
    'auto',
  ),
});
/** Access rules. */
export type Access = v.InferOutput<typeof accessSchema>;

/** No rule but the automatic ones. */
export const openAccess: Access = {
  allow: [],
  senderRate: 'auto',
  endpointRate: 'auto',
  refuseStale: false,
  quotaBytes: 'auto',
};

/** A rate in words: `50 per second, 500 at once`. */
export function formatRate(rate: Rate | 'auto' | 'off'): string {
  if (typeof rate === 'string') return rate === 'auto' ? 'automatic' : 'no limit';
  const { count, periodSeconds, burst } = rate;
  const period =
    periodSeconds === 1 ? 'second' : periodSeconds % 60 === 0 ? `${periodSeconds / 60} min` : `${periodSeconds} s`;
  return `${count} per ${period}, ${burst} at once`;
}
