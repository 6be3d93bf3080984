// A tunnel's own log: the last lines of its program and of the machine, fit to be shown. Secrets never enter it.

import type { TunnelLogLine } from '../../shared/tunnels.ts';

/** Lines that are kept. */
const keptLines = 500;
/** Characters of one line. */
const longestLine = 2_000;
/** A shorter secret would blot out ordinary words. */
const shortestSecret = 4;

/** The log of one tunnel. */
export interface TunnelLog {
  add(text: string): void;
  /** This never stands in a later line. */
  hide(secret: string): void;
  /** A text as it may be shown: without secrets and control characters. */
  clean(text: string): string;
  lines(): readonly TunnelLogLine[];
}

/** `secrets` tells what else must not stand in a line. */
export function createTunnelLog(now: () => number, secrets: () => readonly string[]): TunnelLog {
  const hidden = new Set<string>();
  let lines: TunnelLogLine[] = [];
  const clean = (text: string): string => visible(masked(text, [...hidden, ...secrets()])).slice(0, longestLine);
  return {
    add(text) {
      const shown = clean(text);
      if (shown.trim() !== '') lines = [...lines.slice(1 - keptLines), { at: now(), text: shown }];
    },
    clean,
    hide: (secret) => void hidden.add(secret),
    lines: () => lines,
  };
}

function masked(text: string, secrets: readonly string[]): string {
  let result = text;
  // Longest first: a secret may be part of another.
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) {
    if (secret.length >= shortestSecret) result = result.replaceAll(secret, '[secret]');
  }
  return result.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+:[^\s/@]+@/gi, '$1[secret]@');
}

/** Without colours; what else could move the cursor or turn the direction of writing becomes a visible escape. */
function visible(text: string): string {
  return text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/\t/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (character) => {
      const code = character.charCodeAt(0).toString(16);
      return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
    });
}
