// Line feeds and tabs in a one-line field: written as escapes, so that a person can type and see them.

/** Text with backslash, line feed, carriage return and tab as `\\`, `\n`, `\r` and `\t`. */
export function writeEscapes(text: string): string {
  return text.replace(/[\\\n\r\t]/g, (character) => written[character] ?? character);
}

/** The text that was meant; a backslash before anything else stands for itself. */
export function readEscapes(typed: string): string {
  return typed.replace(/\\([\\nrt])/g, (whole, letter: string) => meant[letter] ?? whole);
}

const written: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const meant: Readonly<Record<string, string>> = { '\\': '\\', n: '\n', r: '\r', t: '\t' };
