// Names for what the window stores on a person's behalf.

/** `base`, with a number where that is taken; at most 100 characters. `fallback` stands for an empty name. */
export function freeName(base: string, taken: readonly string[], fallback: string): string {
  const start = base.trim() === '' ? fallback : base.trim().slice(0, 90);
  let name = start;
  for (let n = 2; taken.includes(name); n += 1) name = `${start} ${n}`;
  return name;
}
