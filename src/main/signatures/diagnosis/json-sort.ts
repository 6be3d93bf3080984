// Sorts the members of every object in a JSON document by name, as senders do that sign a canonical form. Works on the
// bytes, so that numbers and strings stay as they are written.

/** Deeper documents are left alone: this calls itself for each level. */
const deepest = 200;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** A member with its value: `"name":value`. */
interface Member {
  readonly start: number;
  readonly nameEnd: number;
  readonly end: number;
}

/**
 * The document with sorted members; null when they are sorted already, or when it is too deep. `source` must be valid
 * JSON without white space. Names are compared byte by byte, which is the order of their code points.
 */
export function sortJson(source: Uint8Array): Uint8Array | null {
  const out = Uint8Array.from(source);
  let moved = false;
  let tooDeep = false;

  /** Sorts what is inside the value that begins at `start`, in place; gives its end. */
  function sortValue(start: number, depth: number): number {
    const first = out[start];
    if (first === quote) return stringEnd(out, start);
    if (first !== openBrace && first !== openBracket) return scalarEnd(out, start);
    if (depth === deepest) tooDeep = true;
    if (tooDeep) return out.length;
    return first === openBrace ? sortObject(start, depth) : sortList(start, depth);
  }

  function sortList(start: number, depth: number): number {
    let at = start + 1;
    while (!tooDeep && out[at] !== closeBracket) {
      at = sortValue(at, depth + 1);
      if (out[at] === comma) at += 1;
    }
    return at + 1;
  }

  function sortObject(start: number, depth: number): number {
    const members: Member[] = [];
    let isSorted = true;
    let at = start + 1;
    while (!tooDeep && out[at] !== closeBrace) {
      const nameEnd = stringEnd(out, at);
      const end = sortValue(nameEnd + 1, depth + 1);
      const member = { start: at, nameEnd, end };
      const last = members.at(-1);
      isSorted &&= last === undefined || compareNames(out, last, member) <= 0;
      members.push(member);
      at = out[end] === comma ? end + 1 : end;
    }
    if (!isSorted && !tooDeep) {
      moved = true;
      rearrange(out, start + 1, at, members);
    }
    return at + 1;
  }

  sortValue(0, 0);
  return moved && !tooDeep ? out : null;
}

/** Writes the members in their order, with commas between them; they fill the same room as before. */
function rearrange(out: Uint8Array, start: number, end: number, members: readonly Member[]): void {
  const before = out.slice(start, end);
  const sorted = members.toSorted((a, b) => compareNames(out, a, b));
  let at = start;
  for (const member of sorted) {
    if (at > start) out[at++] = comma;
    out.set(before.subarray(member.start - start, member.end - start), at);
    at += member.end - member.start;
  }
}

function compareNames(bytes: Uint8Array, a: Member, b: Member): number {
  const lengthA = a.nameEnd - a.start - 2;
  const lengthB = b.nameEnd - b.start - 2;
  const shorter = Math.min(lengthA, lengthB);
  for (let n = 1; n <= shorter; n += 1) {
    const difference = (bytes[a.start + n] as number) - (bytes[b.start + n] as number);
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}

/** End of the string that begins at `start`. */
function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (; bytes[at] !== quote; at += 1) if (bytes[at] === backslash) at += 1;
  return at + 1;
}

function scalarEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === comma || byte === closeBrace || byte === closeBracket) break;
  }
  return at;
}
