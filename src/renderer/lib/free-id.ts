// Ids for what a person names: readable in queries and addresses, and free.

/** Lower-case letters, digits and dashes from `name`, with a number where that is taken; at most 64 characters. */
export function freeId(name: string, taken: ReadonlySet<string>, fallback: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 56);
  const base = slug === '' ? fallback : slug;
  let id = base;
  for (let n = 2; taken.has(id); n += 1) id = `${base}-${n}`;
  return id;
}
