// The real clock, random source and log: what both shells hand to the host.

import { randomBytes, randomFillSync } from 'node:crypto';
import type { Clock, Logger, Random, SecretBox } from './ports.ts';
import { AppError } from '../shared/errors.ts';

/** Longest delay Node's timers take (24.8 days); a larger one would fire at once. */
const longestTimer = 2_147_483_647;

/** Wall and monotonic time of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, ms), longestTimer));
    return () => clearTimeout(timer);
  },
};

const randomPoolSize = 4_096;
/** Larger wishes are not taken from the pool. */
const mostPooled = 64;

/** Cryptographically strong random bytes. */
export const systemRandom: Random = createPooledRandom();

/** Asking the operating system costs more than all else that an id needs, so small wishes share one question. */
function createPooledRandom(): Random {
  const pool = new Uint8Array(randomPoolSize);
  let used = randomPoolSize;
  return (size) => {
    if (size > mostPooled) return randomBytes(size);
    if (used + size > randomPoolSize) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = new Uint8Array(size);
    // No byte is given twice, and none stays behind: it may have become part of a secret.
    for (let i = 0; i < size; i += 1, used += 1) {
      bytes[i] = pool[used] as number;
      pool[used] = 0;
    }
    return bytes;
  };
}

/** Writes one line per message to standard error; control bytes are escaped, stacks only for bugs. */
export function stderrLogger(): Logger {
  const write = (level: string, message: string) =>
    process.stderr.write(`hookbench: ${level}${escapeControls(message)}\n`);
  return {
    info: (message) => void write('', message),
    warn: (message) => void write('warning: ', message),
    error(message, error) {
      write('error: ', error instanceof Error ? `${message}: ${error.stack ?? error.message}` : message);
    },
  };
}

/** The text with every control byte (C0, DEL, C1) and bidirectional control written as a visible escape. */
export function escapeControls(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The box of a shell without a keyring: it seals nothing and cannot open what a keyring sealed. */
export const noKeyring: SecretBox = {
  keyring: null,
  seal: () => Promise.reject(new AppError('SECRET_UNAVAILABLE', 'There is no keyring here to seal a secret with.')),
  open: () => Promise.reject(new AppError('SECRET_SEALED', "The app's keyring sealed this secret.")),
};
