// Changes a body after it was signed, so that a handler that checks must refuse it and one that does not check still
// finds a body it can read.

/**
 * A copy with one byte changed: the last decimal digit becomes another one (JSON and forms stay well-formed, a value
 * differs). A body without digits gets a blank at its end.
 */
export function tamper(body: Uint8Array): Uint8Array {
  const zero = 0x30;
  for (let index = body.length - 1; index >= 0; index -= 1) {
    const digit = (body[index] ?? 0) - zero;
    if (digit < 0 || digit > 9) continue;
    const copy = Uint8Array.from(body);
    // 1 to 9, never 0: a leading zero would break a JSON number.
    copy[index] = zero + (digit % 9) + 1;
    return copy;
  }
  const longer = new Uint8Array(body.length + 1);
  longer.set(body);
  longer[body.length] = 0x20;
  return longer;
}
