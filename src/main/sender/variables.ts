// Fills the few variables of composed text. A look-up and nothing more: no expressions, no nesting, unknown names stay.

import { Buffer } from 'node:buffer';
import type { Random } from '../ports.ts';

/** The values of one message; every place of a name gets the same one. */
export interface Variables {
  readonly uuid: string;
  /** ISO 8601 with milliseconds. */
  readonly now: string;
  /** Whole seconds. */
  readonly unix: string;
  /** Milliseconds. */
  readonly unixMs: string;
}

/** Fresh values for one message. `now` is epoch ms. */
export function makeVariables(now: number, random: Random): Variables {
  return {
    uuid: makeUuid(random),
    now: new Date(now).toISOString(),
    unix: String(Math.floor(now / 1_000)),
    unixMs: String(Math.floor(now)),
  };
}

/** A random UUID (version 4). */
export function makeUuid(random: Random): string {
  const bytes = Buffer.from(random(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** `body` with `{{uuid}}`, `{{now}}`, `{{unix}}` and `{{unixMs}}` filled in. Bytes that are not UTF-8 text come back as they are. */
export function fillVariables(body: Uint8Array, values: Variables): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!bytes.includes('{{') || !isUtf8(bytes)) return body;
  // One character per byte: whatever stands around the variables stays as it is.
  const text = bytes.toString('latin1');
  const filled = text.replace(/\{\{(uuid|now|unixMs|unix)\}\}/g, (_all, name: keyof Variables) => values[name]);
  return filled === text ? body : new Uint8Array(Buffer.from(filled, 'latin1'));
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
