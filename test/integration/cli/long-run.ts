// A command that goes on until it is told to stop: its JSON lines as they come, and its end by a signal.

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createWaiting } from '../../support/waiting.ts';

/** A running command. */
export interface LongRun {
  readonly lines: readonly Record<string, unknown>[];
  /** Resolves when so many lines fit. */
  until(count: number, fits: (line: Record<string, unknown>) => boolean): Promise<void>;
  /** SIGTERM, then the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the built command line on `dataDir`; the caller stops it. */
export function startLongRun(dataDir: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): LongRun {
  const lines: Record<string, unknown>[] = [];
  let stderr = '';
  const child = spawn(process.execPath, [resolve('out/main/cli.js'), ...args, '--json'], {
    env: { ...process.env, HOOKBENCH_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const waiting = createWaiting(() => `${JSON.stringify(lines)} ${stderr}`);
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as Record<string, unknown>);
    waiting.notify();
  });
  const closed = new Promise<number | null>((done) => child.once('close', done));
  return {
    lines,
    until: (count, fits) => waiting.until(() => lines.filter(fits).length >= count, 15_000),
    stop() {
      child.kill('SIGTERM');
      return closed;
    },
  };
}
