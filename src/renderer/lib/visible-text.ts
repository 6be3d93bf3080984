// Captured text may hold characters that do not show, reorder what stands around them, or look like nothing at all.
// Here they become marked escapes, so that what a person sees is what is there.

/** A run of text that is shown as it is, or a run of characters that is shown as an escape. */
export interface VisibleSegment {
  readonly kind: 'plain' | 'mark';
  /** What to draw. */
  readonly text: string;
}

/** Which harmless invisibles are drawn as well. */
export interface VisibleOptions {
  /** Draw blanks as middle dots, tabs as arrows and line feeds as return signs (followed by a real line break). */
  readonly whitespace?: boolean;
}

/**
 * Characters that never stand in the page as they are: C0 and C1 controls but tab and line feed, DEL, soft hyphen,
 * bidirectional controls, zero-width and filler characters, line and paragraph separators, tags, lone surrogates,
 * interlinear marks and private use. Exported for editors, which draw them with their own widgets.
 */
export const hiddenCharacters =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ue000-\uf8ff]|[\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]|\u034f|\u17b4|\u17b5|\u180b|\u180c|\u180d|\u180e|\u180f|\p{Surrogate}/u;

const hiddenRun = new RegExp(`(?:${hiddenCharacters.source})+`, 'gu');

/** The escape of one code point, for example `\u{202e}` or `\x1b`. */
export function escapeOf(codePoint: number): string {
  if (codePoint === 0x0d) return '\\r';
  const hex = codePoint.toString(16);
  if (codePoint < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return codePoint < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** Splits text into what is shown as it is and what is shown as an escape. */
export function visibleSegments(text: string, options: VisibleOptions = {}): VisibleSegment[] {
  const segments: VisibleSegment[] = [];
  let from = 0;
  for (const match of text.matchAll(hiddenRun)) {
    if (match.index > from) pushPlain(segments, text.slice(from, match.index), options);
    segments.push({ kind: 'mark', text: escapeAll(match[0]) });
    from = match.index + match[0].length;
  }
  if (from < text.length) pushPlain(segments, text.slice(from), options);
  return segments;
}

/** Text with every hidden character escaped, for names, titles and labels; line breaks and tabs become blanks. */
export function visibleText(text: string): string {
  return text.replace(hiddenRun, escapeAll).replace(/[\n\t]+/g, ' ');
}

function escapeAll(run: string): string {
  let escaped = '';
  for (const character of run) escaped += escapeOf(character.codePointAt(0) ?? 0);
  return escaped;
}

const whitespaceRun = /[ \t\n]+/g;

function pushPlain(segments: VisibleSegment[], text: string, options: VisibleOptions): void {
  if (!options.whitespace) {
    segments.push({ kind: 'plain', text });
    return;
  }
  let from = 0;
  for (const match of text.matchAll(whitespaceRun)) {
    if (match.index > from) segments.push({ kind: 'plain', text: text.slice(from, match.index) });
    segments.push({ kind: 'mark', text: match[0].replace(/ /g, '·').replace(/\t/g, '→\t').replace(/\n/g, '⏎\n') });
    from = match.index + match[0].length;
  }
  if (from < text.length) segments.push({ kind: 'plain', text: text.slice(from) });
}
