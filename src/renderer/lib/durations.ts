// Durations as a person types them (`5s`, `2.5m`, `2h`) and as they are shown again.

import { fixedDuration } from './format.ts';

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A duration in ms, or null when `text` is none. A bare number means seconds. */
export function readDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d)?$/i.exec(text.trim());
  if (match === null) return null;
  const unit = units[(match[2] ?? 's').toLowerCase()] ?? 1_000;
  return Math.round(Number(match[1]) * unit);
}

/** What a list of durations came to. */
export type DurationList =
  { readonly ok: true; readonly waitsMs: readonly number[] } | { readonly ok: false; readonly message: string };

/** A list such as `5s, 5m, 2h`; empty text is an empty list. */
export function readDurations(text: string): DurationList {
  const parts = text.split(/[,;\n]+|\s+(?=\d)/).filter((part) => part.trim() !== '');
  const waitsMs: number[] = [];
  for (const part of parts) {
    const ms = readDuration(part);
    if (ms === null) return { ok: false, message: `“${part.trim()}” is no duration; write 30s, 5m, 2h or 1d.` };
    waitsMs.push(ms);
  }
  return { ok: true, waitsMs };
}

/** The list as text that reads back the same. */
export function writeDurations(waitsMs: readonly number[]): string {
  return waitsMs.map(fixedDuration).join(', ');
}
