// A command as a person types it, and the words that it is run with. No shell is ever involved: only quotes and
// backslashes mean something.

/** What a typed command came to. */
export type CommandWords =
  { readonly ok: true; readonly words: readonly string[] } | { readonly ok: false; readonly message: string };

/** Splits at blanks; '…' and "…" hold blanks, a backslash takes the next character as it is (not within '…'). */
export function readCommand(text: string): CommandWords {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] as string;
    if (quote === null && /\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (quote === null && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
    } else if (char === quote) {
      quote = null;
    } else if (char === '\\' && quote !== "'" && isEscaped(text[i + 1], quote)) {
      i += 1;
      word = (word ?? '') + (text[i] as string);
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== null) return { ok: false, message: `The quotation mark ${quote} is not closed.` };
  if (word !== null) words.push(word);
  return { ok: true, words };
}

/** A Windows path keeps its backslashes: only blanks, quotes and backslashes are escaped. */
function isEscaped(next: string | undefined, quote: string | null): boolean {
  if (next === undefined) return false;
  return quote === null ? /[\s"'\\]/.test(next) : next === '"' || next === '\\';
}

/** Text that reads back as these words. */
export function writeCommand(words: readonly string[]): string {
  return words.map((word) => (/^[^\s"'\\]+$/.test(word) ? word : `"${word.replace(/[\\"]/g, '\\$&')}"`)).join(' ');
}
