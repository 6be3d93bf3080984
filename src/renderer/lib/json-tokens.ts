// Reads JSON as tokens of the source text, so that digits, escapes and repeated keys stay as they were sent: a value
// that went through JSON.parse would show 12345678901234567890 as another number. Iterative: depth costs no stack.

/** A piece of the source text. */
export interface JsonToken {
  readonly kind: 'punctuator' | 'string' | 'number' | 'word' | 'bad';
  /** Offsets into the source, end excluded. */
  readonly start: number;
  readonly end: number;
}

const space = /[\t\n\r ]*/y;
const token =
  /([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)/y;

/**
 * The tokens of `source` in order. Stops after the first `bad` one, which reaches to the end of the source: its start
 * is where the text ceases to be JSON.
 */
export function* jsonTokens(source: string): Generator<JsonToken, void> {
  let at = 0;
  for (;;) {
    space.lastIndex = at;
    space.exec(source);
    at = space.lastIndex;
    if (at >= source.length) return;
    token.lastIndex = at;
    const match = token.exec(source);
    if (match === null) {
      yield { kind: 'bad', start: at, end: source.length };
      return;
    }
    const end = token.lastIndex;
    const kind = match[1] ? 'punctuator' : match[2] ? 'string' : match[3] ? 'number' : 'word';
    yield { kind, start: at, end };
    at = end;
  }
}
