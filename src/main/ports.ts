// What a host must be given, so that it knows neither Electron nor the real clock.

import type { Facts } from '../shared/facts.ts';

/** Wall and monotonic time. */
export interface Clock {
  /** Epoch ms; may jump. */
  now(): number;
  /** Ms since some fixed point; never goes back. */
  monotonic(): number;
  /** Calls `run` after `ms`; returns a function that cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** Random bytes, for ids and jitter. */
export type Random = (size: number) => Uint8Array;

/** Seals secrets with what the machine offers. */
export interface SecretBox {
  /** Name of the keyring backend, or null where none exists. */
  readonly keyring: string | null;
  seal(plain: string): Promise<Uint8Array>;
  /** Throws AppError SECRET_SEALED when this keyring did not seal it. */
  open(sealed: Uint8Array): Promise<string>;
}

/** Diagnostics: never bodies, never secrets. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string, error?: unknown): void;
}

/** Things only a shell with a desktop can do. */
export interface Desktop {
  /** Asks where to save; null when the person closed the dialog. */
  chooseSaveFile(suggestedName: string): Promise<string | null>;
  /** Opens an http or https address in the browser after asking the person. */
  openExternal(url: string): Promise<void>;
  /** How things stand in the window changed: menus follow. */
  factsChanged(facts: Facts): void;
}
