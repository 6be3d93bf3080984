// Where two texts begin and end to differ, so that expected and received signatures can be laid side by side.

/** A text in three parts; the middle one differs. */
export interface DifferingText {
  readonly before: string;
  readonly differs: string;
  readonly after: string;
}

/** Both texts, cut at their common start and end. The middle of equal texts is empty. */
export function difference(a: string, b: string): { readonly a: DifferingText; readonly b: DifferingText } {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const cut = (text: string): DifferingText => ({
    before: text.slice(0, start),
    differs: text.slice(start, text.length - end),
    after: text.slice(text.length - end),
  });
  return { a: cut(a), b: cut(b) };
}
