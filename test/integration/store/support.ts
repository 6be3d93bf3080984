// Parts for the store's tests: real clock, quiet logger, temporary folders, made-up requests, child processes.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { build } from 'vite';
import type { DuplicateVerdict } from '../../../src/shared/exchange.ts';
import type { HeaderPair } from '../../../src/shared/headers.ts';
import type { Clock, Logger } from '../../../src/main/ports.ts';
import type { Exchange } from '../../../src/main/store/history.ts';

export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export interface KeptLog extends Logger {
  readonly lines: string[];
}

export function keptLog(): KeptLog {
  const lines: string[] = [];
  const keep = (message: string): void => void lines.push(message);
  return { lines, info: keep, warn: keep, error: keep };
}

/** A folder that goes away after the test. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-store-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface ExchangeParts {
  readonly seq: number;
  readonly id?: string;
  readonly body?: string | Uint8Array;
  readonly receivedAt?: number;
  readonly target?: string;
  readonly method?: string;
  readonly headers?: readonly HeaderPair[];
  readonly endpoint?: string;
  readonly event?: string | null;
  readonly deliveryId?: string | null;
  readonly status?: Exchange['verdict']['status'];
  readonly duplicate?: DuplicateVerdict;
  readonly idKey?: string | null;
  readonly bodyKey?: string | null;
  readonly replyStatus?: number;
}

export function requestId(seq: number): string {
  return `req_${String(seq).padStart(20, '0')}`;
}

export function exchange(parts: ExchangeParts): Exchange {
  const body =
    typeof parts.body === 'string' ? Buffer.from(parts.body) : (parts.body ?? Buffer.from(`body of ${parts.seq}`));
  return {
    request: {
      id: parts.id ?? requestId(parts.seq),
      seq: parts.seq,
      receivedAt: parts.receivedAt ?? 1_000_000 + parts.seq,
      method: parts.method ?? 'POST',
      target: parts.target ?? '/in/test',
      httpVersion: '1.1',
      headers: parts.headers ?? [
        ['Content-Type', 'application/json'],
        ['X-Number', String(parts.seq)],
      ],
      trailers: [],
      remoteAddress: '127.0.0.1',
      body,
      size: body.length,
      truncated: false,
      sha256: createHash('sha256').update(body).digest('hex'),
    },
    endpoint: parts.endpoint ?? 'default',
    provider: 'stripe',
    event: parts.event ?? null,
    deliveryId: parts.deliveryId ?? null,
    verdict: { status: parts.status ?? 'valid', reason: 'ok', message: 'Right.', warnings: [], diagnosis: [] },
    duplicate: parts.duplicate ?? { kind: 'first', of: null, n: 1 },
    duplicateKeys: { idKey: parts.idKey ?? null, bodyKey: parts.bodyKey ?? null },
    replyStatus: parts.replyStatus ?? 200,
  };
}

/** Bundles a script of this folder so that plain Node can run it; returns its path. */
export async function bundle(name: string): Promise<string> {
  const outDir = join(process.cwd(), '.cache', 'store-tests');
  const file = `${name}-${process.pid}.mjs`;
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, `${name}.ts`),
      target: 'node20',
      outDir,
      emptyOutDir: false,
      rolldownOptions: { external: ['@photostructure/sqlite'], output: { format: 'es', entryFileNames: file } },
    },
  });
  onTestFinished(() => rmSync(join(outDir, file), { force: true }));
  return join(outDir, file);
}

export interface Child {
  readonly process: ChildProcess;
  readonly lines: string[];
  /** Resolves with the first line that fits; rejects when the child ends before. */
  line(fits: (line: string) => boolean): Promise<string>;
  /** Resolves when the child has ended. */
  readonly ended: Promise<number | null>;
}

/** Starts a script; what is still running when the test ends is killed. */
export function start(script: string, ...args: readonly string[]): Child {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    for (const wait of waiting) wait(line);
  });
  const ended = new Promise<number | null>((resolve) => {
    reader.on('close', () =>
      child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve(child.exitCode),
    );
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    process: child,
    lines,
    ended,
    line(fits) {
      const found = lines.find(fits);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve, reject) => {
        const wait = (line: string): void => {
          if (!fits(line)) return;
          waiting.delete(wait);
          resolve(line);
        };
        waiting.add(wait);
        void ended.then((code) => reject(new Error(`the child ended with ${code} after ${lines.length} lines`)));
      });
    },
  };
}
