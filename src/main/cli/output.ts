// Where commands print: JSON lines or text for a person on stdout, diagnostics on stderr. Lines of a busy receiver
// are gathered and written once per turn of the event loop.

import type { ExchangeSummary } from '../../shared/exchange.ts';
import { jsonText } from '../host-offline.ts';
import { escapeControls } from '../system.ts';

/** Standard streams as a command sees them; tests pass their own. */
export interface Streams {
  readonly out: (text: string) => void;
  /** Like `out`; resolves when the text has left, or when nobody reads any more. */
  readonly outDrained: (text: string) => Promise<void>;
  readonly err: (text: string) => void;
  /** Standard error is a terminal, where a line can be written over. */
  readonly isErrTerminal: boolean;
  /** Colours are wanted: a terminal, and not switched off. */
  readonly color: boolean;
}

/** Printing for one command. */
export interface Output {
  readonly json: boolean;
  readonly color: boolean;
  /** One JSON object as a line with `--json`, else `text` (already free of control bytes). Null prints nothing. */
  line(value: object, text: () => string | null): void;
  /** A piece of an export on stdout; resolves when there is room for the next. */
  raw(chunk: string): Promise<void>;
  /** A diagnostic on stderr. */
  note(message: string): void;
  /** A figure that changes, on stderr: one line that is written over, or on other than a terminal a line each. */
  live(message: string): void;
  /** Whether a live figure is written over, and may then change often. */
  readonly isLiveOver: boolean;
  /** Writes what is gathered. */
  flush(): void;
}

/** Creates the output of one command. */
export function createOutput(streams: Streams, json: boolean): Output {
  let pending = '';
  let scheduled = false;
  let isLive = false;
  const endLive = () => {
    if (isLive) streams.err('\n');
    isLive = false;
  };
  const flush = () => {
    scheduled = false;
    if (pending === '') return;
    const text = pending;
    pending = '';
    endLive();
    streams.out(text);
  };
  return {
    json,
    color: streams.color && !json,
    line(value, text) {
      const printed = json ? jsonText(value) : text();
      if (printed === null) return;
      pending += `${printed}\n`;
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    raw: (chunk) => streams.outDrained(chunk),
    note(message) {
      endLive();
      streams.err(`${escapeControls(message)}\n`);
    },
    live(message) {
      const shown = escapeControls(message);
      isLive = streams.isErrTerminal;
      streams.err(isLive ? `\r${shown}\u001b[K` : `${shown}\n`);
    },
    isLiveOver: streams.isErrTerminal,
    flush,
  };
}

const colors = { green: 32, red: 31, yellow: 33, dim: 2, magenta: 35 } as const;

/** `text` in a colour, when colours are wanted. */
export function paint(output: Output, color: keyof typeof colors, text: string): string {
  return output.color ? `\u001b[${colors[color]}m${text}\u001b[0m` : text;
}

/** For example `1.2 KB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Local time of day, for example `12:04:33`. */
export function formatTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

const duplicateWords = {
  first: '',
  retry: 'retry',
  conflict: 'same id, other body',
  'same-body': 'same body',
} as const;

/** One received request as a line for a person. */
export function requestText(output: Output, summary: ExchangeSummary): string {
  const { verdict, duplicate } = summary;
  const tone = verdict.status === 'valid' ? 'green' : verdict.status === 'unverified' ? 'dim' : 'red';
  const parts = [
    formatTime(summary.receivedAt),
    paint(output, tone, verdict.status.padEnd(10)),
    `${escapeControls(summary.method)} ${escapeControls(summary.target)}`,
    summary.event === null ? '' : escapeControls(summary.event),
    summary.provider === null ? '' : paint(output, 'dim', escapeControls(summary.provider)),
    formatSize(summary.size) + (summary.truncated ? ' (cut)' : ''),
    duplicate.kind === 'first' ? '' : paint(output, 'magenta', `×${duplicate.n} ${duplicateWords[duplicate.kind]}`),
    paint(output, 'dim', summary.id),
  ];
  const line = parts.filter((part) => part !== '').join('  ');
  const explain = verdict.status !== 'valid' && verdict.status !== 'unverified';
  return explain ? `${line}\n          ${escapeControls(verdict.message)}` : line;
}
