// How the control socket writes things down: one JSON value on a line, bytes as base64. Both ends use it; neither may
// trust the other, so a line has a cap and what cannot be read is an error of the connection, never of the process.

import { Buffer } from 'node:buffer';

/** Version of the protocol, in the first line of either side. */
export const controlVersion = 1;
/** Longest line that an owner reads: the largest body or file as base64, and room for the rest. Bytes. */
export const maxCallBytes = 67_108_864;
/** Longest line that a client reads, bytes. */
export const maxAnswerBytes = 268_435_456;

const bytesKey = '$bytes';

/** The value as one line with its end. */
export function encodeLine(value: unknown): string {
  return `${JSON.stringify(value, function replaceBytes(this: Readonly<Record<string, unknown>>, key, given: unknown) {
    // A Buffer has been made an object of numbers before it is given here.
    const part = this[key];
    return part instanceof Uint8Array ? { [bytesKey]: Buffer.from(part).toString('base64') } : given;
  })}\n`;
}

/** The value of a line. Throws SyntaxError for what is not JSON. */
export function decodeLine(line: string): unknown {
  return JSON.parse(line, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, bytesKey)) return part;
    const text = (part as Record<string, unknown>)[bytesKey];
    const isBytes = typeof text === 'string' && Object.keys(part).length === 1;
    return isBytes ? new Uint8Array(Buffer.from(text, 'base64')) : part;
  });
}

/** Cuts a stream into lines. `take` gives the complete ones, or null once a line is longer than `maxBytes`. */
export function createLineCutter(maxBytes: number): { take(chunk: Uint8Array): readonly string[] | null } {
  let parts: Uint8Array[] = [];
  let held = 0;
  return {
    take(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
        if (held + end - from > maxBytes) return null;
        lines.push(Buffer.concat([...parts, chunk.subarray(from, end)]).toString('utf8'));
        parts = [];
        held = 0;
        from = end + 1;
      }
      if (from < chunk.byteLength) parts.push(chunk.subarray(from));
      held += chunk.byteLength - from;
      return held > maxBytes ? null : lines;
    },
  };
}
