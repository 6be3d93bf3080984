// The form of a document file: one JSON object with a version, a checksum and the payload. Pure, so that every way in
// which a file can be broken is tested without a disk.

import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { reasonOf } from './storage-errors.ts';

/** What a file's text turned out to be. */
export type Decoded =
  | { readonly status: 'ok'; readonly payload: unknown }
  /** Written by a later release; `payload` is whatever it holds. */
  | { readonly status: 'newer'; readonly version: number; readonly payload: unknown }
  /** `parsed` is the JSON if it is any, for counting what is gone. */
  | { readonly status: 'broken'; readonly reason: string; readonly parsed: unknown };

/** The text of a document file. The checksum covers the payload's JSON as UTF-8. */
export function encodeEnvelope(version: number, payload: unknown): string {
  const text = JSON.stringify(payload);
  return `{"version":${version},"sha256":"${sha256(text)}","payload":${text}}\n`;
}

/** What one slice of {@link encodeInSlices} may take, ms. */
const sliceMs = 4;

/**
 * The bytes of {@link encodeEnvelope}, made in slices of a few ms with a `pause` between them. Nothing of `payload` may
 * change meanwhile but the things that a caller replaces as a whole.
 */
export async function encodeInSlices(
  version: number,
  payload: Readonly<Record<string, unknown>>,
  pause: () => Promise<void>,
): Promise<Uint8Array> {
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  let gathered = '';
  let since = performance.now();
  const take = (): void => {
    const bytes = Buffer.from(gathered, 'utf8');
    hash.update(bytes);
    parts.push(bytes);
    gathered = '';
  };
  for (const [at, [field, value]] of Object.entries(payload)
    .filter(([, held]) => held !== undefined)
    .entries()) {
    gathered += `${at === 0 ? '{' : ','}${JSON.stringify(field)}:`;
    if (!Array.isArray(value)) {
      gathered += JSON.stringify(value);
      continue;
    }
    gathered += '[';
    for (const [index, item] of [...(value as readonly unknown[])].entries()) {
      gathered += `${index === 0 ? '' : ','}${JSON.stringify(item) ?? 'null'}`;
      if (performance.now() - since < sliceMs) continue;
      take();
      await pause();
      since = performance.now();
    }
    gathered += ']';
  }
  gathered += gathered === '' && parts.length === 0 ? '{}' : '}';
  take();
  const head = Buffer.from(`{"version":${version},"sha256":"${hash.digest('hex')}","payload":`, 'utf8');
  return Buffer.concat([head, ...parts, Buffer.from('}\n', 'utf8')]);
}

/** Reads what {@link encodeEnvelope} wrote; never throws, however broken the bytes are. */
export function decodeEnvelope(bytes: Uint8Array, version: number): Decoded {
  let parsed: unknown;
  const broken = (reason: string): Decoded => ({ status: 'broken', reason, parsed });
  if (bytes.length === 0) return broken('it is empty');
  if (bytes.every((byte) => byte === 0)) return broken('it holds only zero bytes');
  try {
    parsed = parseSafely(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return broken('it holds no object');
    const { version: found, sha256: sum, payload } = parsed as Record<string, unknown>;
    if (typeof found !== 'number' || !Number.isInteger(found) || found < 1) return broken('it has no version number');
    if (found > version) return { status: 'newer', version: found, payload };
    if (typeof sum !== 'string' || payload === undefined) return broken('it has no checksum');
    // JSON text made from parsed JSON text is the same text, so white space may differ but no value may.
    if (sha256(JSON.stringify(payload)) !== sum) return broken('its checksum is wrong');
    return { status: 'ok', payload };
  } catch (error) {
    return broken(error instanceof SyntaxError || error instanceof TypeError ? 'it is not JSON' : reasonOf(error));
  }
}

/** How many entries a payload holds: the lengths of its lists, three levels deep at most. */
export function countEntries(payload: unknown, depth = 3): number {
  if (Array.isArray(payload)) return payload.length;
  if (typeof payload !== 'object' || payload === null || depth === 0) return 0;
  return Object.values(payload).reduce<number>((sum, value) => sum + countEntries(value, depth - 1), 0);
}

/**
 * Takes from a payload that fails its schema whatever passes alone: list entries one by one, other fields as a whole.
 * Null when nothing of it is usable.
 */
export function salvage<T>(
  payload: unknown,
  schema: v.GenericSchema<unknown, T>,
  defaults: T,
): { readonly data: T; readonly dropped: number } | null {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return null;
  const base = defaults as Readonly<Record<string, unknown>>;
  const kept: Record<string, unknown> = {};
  let dropped = 0;
  for (const [field, value] of Object.entries(payload)) {
    const passes = (candidate: unknown): boolean => v.safeParse(schema, { ...base, [field]: candidate }).success;
    if (Array.isArray(value)) {
      const good = value.filter((item) => passes([item]));
      dropped += value.length - good.length;
      kept[field] = good;
    } else if (passes(value)) {
      kept[field] = value;
    } else {
      dropped += 1;
    }
  }
  const result = v.safeParse(schema, { ...base, ...kept });
  return result.success && countEntries(result.output) > 0 ? { data: result.output, dropped } : null;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Parses JSON. A `__proto__` key never reaches a caller, who might copy it onto an object. */
export function parseSafely(text: string): unknown {
  if (!text.includes('__proto__') && !/\\u00[4-7]/i.test(text)) return JSON.parse(text);
  return JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value));
}
