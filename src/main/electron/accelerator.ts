// Keys of the table of actions in the words of Electron's menus.

/**
 * The key that a menu shows, or null. On a Mac a menu takes its keys for itself, so a key without Command, which would be
 * missing in text fields, is not shown there.
 */
export function acceleratorOf(keys: readonly string[], mac: boolean): string | null {
  const withModifier = keys.find((key) => key.startsWith('mod+'));
  if (withModifier !== undefined) return withModifier.replace('mod+', 'CommandOrControl+');
  const alone = keys.find((key) => /^(?:[A-Za-z]|Delete|Escape)$/.test(key));
  return alone === undefined || mac ? null : alone;
}
