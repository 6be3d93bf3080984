// Collects the body of one request, byte for byte, up to a limit. It decodes nothing and knows no replies.
// Made for the usual case (one small chunk) without giving way to the unusual ones: endless bodies, bodies in
// millions of tiny chunks, and many large ones at once.

import { createHash, hash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Room } from './room.ts';

/** What was kept of a body. */
export interface CollectedBody {
  readonly bytes: Uint8Array;
  /** Bytes counted, or declared where nothing was read. */
  readonly size: number;
  readonly truncated: boolean;
  /** Lower-case hex SHA-256 of `bytes`. */
  readonly sha256: string;
  /** More bytes may come that nobody will read: the connection has to be closed. */
  readonly unread: boolean;
  /** Bytes taken from the room; whoever gets the body gives them back. */
  readonly held: number;
}

/** What collecting needs. */
export interface CollectOptions {
  /** Bytes that are kept of one body. */
  readonly limit: number;
  /** Bodies up to this many bytes need no room. */
  readonly freeBytes: number;
  readonly room: Room;
  /** Asked before bytes of a body without a declared length are kept: whether `bytes` in all may be. Null: always. */
  readonly mayKeep: ((bytes: number) => boolean) | null;
  /** Called before the first byte is read, when there is room for the body. */
  readonly onAdmitted: (() => void) | null;
  readonly onBody: (body: CollectedBody) => void;
  /**
   * `aborted`: the connection ended early. `busy`: no room. `quota`: `mayKeep` said no. Exactly one of both callbacks is
   * called, once.
   */
  readonly onFailure: (reason: 'aborted' | 'busy' | 'quota') => void;
}

/** A body that is being collected. */
export interface Collecting {
  /** What has arrived so far. */
  peek(): { readonly bytes: Uint8Array; readonly size: number };
  /** Gives up without calling back. */
  cancel(): void;
}

const nothing = new Uint8Array(0);
const sha256OfNothing = hash('sha256', '');
const smallestBuffer = 16_384;
const hashStep = 65_536;

/** Starts collecting. `declared` is the Content-Length, or null when the request has none. */
export function collectBody(request: IncomingMessage, declared: number | null, options: CollectOptions): Collecting {
  const { limit, freeBytes, room } = options;
  let first: Uint8Array | null = null;
  let buffer: Buffer | null = null;
  let kept = 0;
  let size = 0;
  let held = 0;
  let hashed = 0;
  let running: Hash | null = null;
  let done = false;
  let stopWaiting: (() => void) | null = null;

  /** Makes sure that `buffer` holds what is kept so far and `bytes` more; false when there is no room. */
  function grow(bytes: number): boolean {
    const needed = kept + bytes;
    if (buffer && buffer.length >= needed) return true;
    const capacity = Math.min(limit, declared ?? Math.max(smallestBuffer, needed * 2));
    if (declared === null && capacity > freeBytes) {
      if (!room.take(capacity - held)) return false;
      held = capacity;
    }
    const larger = Buffer.allocUnsafeSlow(capacity);
    larger.set(buffer ? buffer.subarray(0, kept) : (first ?? nothing));
    buffer = larger;
    first = null;
    return true;
  }

  /** Large bodies are hashed on the way, so that their end does not hold up everybody else. */
  function hashOnTheWay(bytes: Buffer): void {
    running ??= createHash('sha256');
    running.update(bytes.subarray(hashed, kept));
    hashed = kept;
  }

  function onData(chunk: Buffer): void {
    if (done) return;
    size += chunk.length;
    const wanted = chunk.length <= limit - kept ? chunk : chunk.subarray(0, limit - kept);
    if (declared === null && options.mayKeep?.(kept + wanted.length) === false) return fail('quota');
    if (size === chunk.length && wanted.length <= freeBytes) {
      first = wanted;
      kept = wanted.length;
    } else if (wanted.length > 0) {
      if (!grow(wanted.length) || !buffer) return fail('busy');
      buffer.set(wanted, kept);
      kept += wanted.length;
      if (kept - hashed >= hashStep) hashOnTheWay(buffer);
    }
    // The rest of a body that is too large is counted for a while, so that an honest sender can finish and read why.
    if (size > 2 * limit) finish(true);
  }

  function finish(unread: boolean): void {
    if (done) return;
    done = true;
    const bytes = first ?? buffer?.subarray(0, kept) ?? nothing;
    let sha256 = sha256OfNothing;
    if (running && buffer) {
      hashOnTheWay(buffer);
      sha256 = running.digest('hex');
    } else if (kept > 0) {
      sha256 = hash('sha256', bytes);
    }
    options.onBody({ bytes, size, truncated: size > kept, sha256, unread, held });
  }

  function fail(reason: 'aborted' | 'busy' | 'quota'): void {
    if (done) return;
    cancel();
    options.onFailure(reason);
  }

  function cancel(): void {
    if (done) return;
    done = true;
    stopWaiting?.();
    if (held > 0) room.release(held);
  }

  function read(): void {
    options.onAdmitted?.();
    request.on('data', onData);
    request.on('end', () => finish(false));
  }

  if (declared !== null && declared > limit) {
    done = true;
    options.onBody({ bytes: nothing, size: declared, truncated: true, sha256: sha256OfNothing, unread: true, held: 0 });
  } else {
    request.on('error', () => fail('aborted'));
    if (declared !== null && declared > freeBytes) {
      stopWaiting = room.wait(declared, (taken) => {
        if (!taken) return fail('busy');
        held = declared;
        read();
      });
    } else read();
  }

  return {
    peek: () => ({ bytes: first ?? buffer?.subarray(0, kept) ?? nothing, size }),
    cancel,
  };
}
