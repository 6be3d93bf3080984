// Words for a POSIX shell. Captured text reaches a shell only through these functions.
// Control and non-ASCII bytes are written by printf: the form $'...' is unknown to dash, the sh of Debian and Ubuntu.

/** `text` without the masks of redacted values, to judge what remains. */
export function withoutMasks(text: string): string {
  return text.replace(/«redacted:[0-9a-f]{6}»/g, '');
}

/** `text` in single quotes. The caller makes sure that it may stand in a script as it is. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A word that stands for the bytes of `text`, one character per byte (Latin-1); no line breaks at the end and no NUL.
 * Masks of redacted values stay readable: they are there to be replaced by hand.
 */
export function byteWord(text: string): string {
  return /^[\x20-\x7e]*$/.test(withoutMasks(text))
    ? singleQuoted(text)
    : `"$(printf '${text.replace(/[^]/g, octal)}')"`;
}

function octal(character: string): string {
  if (/[A-Za-z0-9 ,.:;=@/_+()[\]{}<>?*&#~^|-]/.test(character)) return character;
  if (character === '%') return '%%';
  return `\\${(character.charCodeAt(0) & 0xff).toString(8).padStart(3, '0')}`;
}

/** Text for a comment line: nothing in it ends the line or touches a terminal. */
export function commentText(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
