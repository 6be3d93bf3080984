// Reduces an example to its shape: the same properties and kinds of values, none of the values themselves. Thousands of
// list members that look alike become one, so that what the library has to read stays small however large the body is.

/** The shape of an example. */
export interface ShapeText {
  /** JSON with a stand-in for every value. */
  readonly text: string;
  /** Properties in it, each counted where it stands. */
  readonly properties: number;
}

const longestProperty = 1_000;

/** Writes the shape of a parsed JSON value; null where a property's name is too long for a type. */
export function shapeText(value: unknown): ShapeText | null {
  if (value === null || typeof value === 'boolean')
    return { text: String(value === null ? null : true), properties: 0 };
  if (typeof value === 'string') return { text: '"text"', properties: 0 };
  if (typeof value === 'number') return { text: Number.isInteger(value) ? '1' : '1.5', properties: 0 };
  return Array.isArray(value) ? shapeOfList(value) : shapeOfObject(value as Readonly<Record<string, unknown>>);
}

function shapeOfList(members: readonly unknown[]): ShapeText | null {
  const texts = new Set<string>();
  let properties = 0;
  for (const member of members) {
    const shape = shapeText(member);
    if (shape === null) return null;
    if (!texts.has(shape.text)) properties += shape.properties;
    texts.add(shape.text);
  }
  return { text: `[${[...texts].join(',')}]`, properties };
}

function shapeOfObject(value: Readonly<Record<string, unknown>>): ShapeText | null {
  const texts: string[] = [];
  let properties = 0;
  for (const [name, member] of Object.entries(value)) {
    const shape = name.length > longestProperty ? null : shapeText(member);
    if (shape === null) return null;
    texts.push(`${JSON.stringify(name)}:${shape.text}`);
    properties += 1 + shape.properties;
  }
  return { text: `{${texts.join(',')}}`, properties };
}
