// What a probe is made of, and how both its ends prove who they are: a key that is made anew in each run of Hookbench.
// The body holds what middlemen like to mend: odd spacing, CRLF, escapes, doubled keys, large numbers.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { HeaderPair } from '../../shared/headers.ts';
import { headerValues } from '../../shared/headers.ts';

/** Path of probes, before the nonce. */
export const probePath = '/hookbench/probe/';
/** Header that carries the proof. */
export const probeHeader = 'X-Hookbench-Probe';
/** A proof older than this, or from the future by as much, is none, ms. */
const freshMs = 60_000;

/** Headers that must arrive as they were sent: shaped like what providers sign with. */
export const checkedHeaders: readonly HeaderPair[] = [
  ['Content-Type', 'application/json; charset=utf-8'],
  ['User-Agent', 'Hookbench-Probe/1'],
  ['X-Hookbench-Check', 't=1700000000,v1=5257a869e7==,v0=~/+%20; q="a  b"'],
];

/** The body: about 2 KiB. */
export const probeBody: string = [
  '{ "probe":  "hookbench",\r\n',
  '\t"escapes" : "\\u00e9\\/\\u2028\\ud83d\\ude00 <&> é€😀",\n',
  '  "number":1.0, "large": 12345678901234567890, "small":1e-7, "zero":-0.0 ,\r\n',
  '  "twice":1, "twice" :2, "":null,\n',
  `  "fill": "${'The quick brown fox; 0123456789 +/=&%25. '.repeat(43)}"  ,\n`,
  '  "end" :[ ] }\r\n\n',
].join('');

/** Hex SHA-256. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** What a receiver saw of a probe. */
export interface Seen {
  readonly nonce: string;
  /** Of the body as it came. */
  readonly sha256: string;
  /** The receiver's clock, epoch ms. */
  readonly at: number;
  /** Values of the checked headers as they came; null for one that did not. */
  readonly headers: readonly (string | null)[];
}

/** Proofs under one key. */
export interface Proofs {
  /** Value of the probe's header. */
  sign(nonce: string, at: number): string;
  /** The nonce that the head proves, or null where it is not a fresh probe of this key. */
  nonceOf(
    head: { readonly method: string; readonly target: string; readonly headers: readonly HeaderPair[] },
    now: number,
  ): string | null;
  /** JSON text of an answer. */
  answer(seen: Seen): string;
  /** What an answer proves, or null. */
  seenIn(text: string): Seen | null;
}

/** `key` is 32 random bytes. */
export function createProofs(key: Uint8Array): Proofs {
  const mac = (...parts: readonly (string | number)[]): string =>
    createHmac('sha256', key).update(parts.join('\n')).digest('hex');
  const question = (nonce: string, at: number, body: string): string =>
    mac('question', 'POST', probePath + nonce, nonce, at, body);
  const reply = ({ nonce, sha256: body, at, headers }: Seen): string =>
    mac('answer', nonce, body, at, JSON.stringify(headers));

  return {
    sign: (nonce, at) => `at=${at} body=${sha256(probeBody)} mac=${question(nonce, at, sha256(probeBody))}`,
    nonceOf({ method, target, headers }, now) {
      const nonce = target.startsWith(probePath) ? target.slice(probePath.length) : '';
      if (method !== 'POST' || !/^[0-9a-f]{32}$/.test(nonce)) return null;
      const [value, ...more] = headerValues(headers, probeHeader);
      const parts = /^at=(\d{1,15}) body=([0-9a-f]{64}) mac=([0-9a-f]{64})$/.exec(value ?? '');
      if (!parts || more.length > 0) return null;
      const [, at, body, given] = parts as unknown as [string, string, string, string];
      if (Math.abs(now - Number(at)) > freshMs) return null;
      return isSame(given, question(nonce, Number(at), body)) ? nonce : null;
    },
    answer: (seen) => `${JSON.stringify({ ...seen, mac: reply(seen) })}\n`,
    seenIn(text) {
      const value = parsed(text);
      if (!isAnswer(value)) return null;
      return isSame(value.mac, reply(value)) ? value : null;
    },
  };
}

function isSame(one: string, two: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(two)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isAnswer(value: unknown): value is Seen & { readonly mac: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { nonce, sha256: body, at, headers, mac } = value as Record<string, unknown>;
  return [nonce, body, mac].every((one) => typeof one === 'string') && typeof at === 'number' && Array.isArray(headers);
}
