// A JSON Schema (2020-12) found from examples, one after the other, in bounded memory: only the shape is kept, never
// the examples. Written here because libraries want all examples at once.

/** The shape of the values that were seen at one place. */
export interface Shape {
  /** JSON Schema types that were seen. */
  readonly types: Set<string>;
  /** Objects that were seen; a property that all of them have is required. */
  objects: number;
  readonly properties: Map<string, { readonly shape: Shape; seen: number }>;
  /** Properties beyond the most that are kept. */
  more: boolean;
  items: Shape | null;
}

/** A JSON Schema as data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const maxDepth = 32;
const maxProperties = 200;
/** Array members that are looked at. */
const maxItems = 50;

/** A shape of nothing. */
export function emptyShape(): Shape {
  return { types: new Set(), objects: 0, properties: new Map(), more: false, items: null };
}

/** Adds one parsed JSON value to a shape. */
export function addExample(shape: Shape, value: unknown, depth = 0): void {
  shape.types.add(typeName(value));
  if (typeof value !== 'object' || value === null || depth >= maxDepth) return;
  if (Array.isArray(value)) {
    shape.items ??= emptyShape();
    for (const item of value.slice(0, maxItems) as unknown[]) addExample(shape.items, item, depth + 1);
    return;
  }
  shape.objects += 1;
  for (const [name, member] of Object.entries(value)) {
    let property = shape.properties.get(name);
    if (!property) {
      if (shape.properties.size >= maxProperties) {
        shape.more = true;
        continue;
      }
      property = { shape: emptyShape(), seen: 0 };
      shape.properties.set(name, property);
    }
    property.seen += 1;
    addExample(property.shape, member, depth + 1);
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** The shape as a schema. Nothing seen gives the schema that takes everything. */
export function schemaOf(shape: Shape): JsonSchema {
  const types = [...shape.types].filter((name) => name !== 'integer' || !shape.types.has('number')).sort();
  if (types.length === 0) return {};
  return {
    type: types.length === 1 ? types[0] : types,
    ...(shape.types.has('object') && objectKeywords(shape)),
    ...(shape.types.has('array') && { items: shape.items ? schemaOf(shape.items) : {} }),
  };
}

function objectKeywords({ properties, objects }: Shape): JsonSchema {
  // Object.fromEntries defines properties, so that __proto__ is an ordinary name.
  const named = Object.fromEntries([...properties].map(([name, { shape }]) => [name, schemaOf(shape)]));
  const required = [...properties].filter(([, { seen }]) => seen === objects).map(([name]) => name);
  return { properties: named, ...(required.length > 0 && { required }) };
}
