// Header fields as they travel: pairs in wire order, names in their own case, repeats kept.
// Signatures and replays depend on all three, so nothing here folds a list into a map.

/** One header field: `[name, value]`. Values hold one character per wire byte (Latin-1). */
export type HeaderPair = readonly [name: string, value: string];

/** All values of the field `name` (case ignored), in wire order. */
export function headerValues(headers: readonly HeaderPair[], name: string): string[] {
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (const [key, value] of headers) {
    if (key.length === wanted.length && key.toLowerCase() === wanted) values.push(value);
  }
  return values;
}

/** The first value of the field `name` (case ignored), or undefined. */
export function headerValue(headers: readonly HeaderPair[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of headers) {
    if (key.length === wanted.length && key.toLowerCase() === wanted) return value;
  }
  return undefined;
}

/** `headers` without any field whose lower-case name is in `names`. */
export function withoutHeaders(headers: readonly HeaderPair[], names: ReadonlySet<string>): HeaderPair[] {
  return headers.filter(([name]) => !names.has(name.toLowerCase()));
}

/** Turns Node's flat `rawHeaders` list (name, value, name, value...) into pairs. */
export function pairHeaders(raw: readonly string[]): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i] as string, raw[i + 1] as string]);
  return pairs;
}
