// Runs the built command line as a person's shell would: a child process, its output and its exit code.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { encodeEnvelope } from '../../src/main/store/envelope.ts';

const script = resolve('out/main/cli.js');

/** What one run gave. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output parsed line by line (runs with `--json`). */
  readonly lines: readonly Record<string, unknown>[];
}

/** A command line bound to a data folder. */
export interface Cli {
  readonly dataDir: string;
  run(...args: readonly string[]): Promise<CliResult>;
  /** Starts `listen --json --port 0` (or the given port) and waits for its ready line. */
  listen(...args: readonly string[]): Promise<Listening>;
  /** Writes a file beside (never in) the data folder and gives its path. */
  file(name: string, content: string | Uint8Array): Promise<string>;
  /** Writes a document of the data folder (`workspace.json`, `secrets.json`) as a release would. */
  document(name: string, payload: unknown): Promise<void>;
  /** Ends what still runs and removes the folders. */
  dispose(): Promise<void>;
}

/** A running `listen`. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly ready: Record<string, unknown>;
  /** Resolves with the first line, now or later, that `matches`. */
  line(matches: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  /** SIGTERM (or another signal), then the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Creates a command line on a new data folder; `more` is added to its environment. */
export async function createCli(more: NodeJS.ProcessEnv = {}): Promise<Cli> {
  const folder = await mkdtemp(join(tmpdir(), 'hookbench-cli-'));
  const dataDir = join(folder, 'data');
  await mkdir(dataDir);
  const running = new Set<ChildProcess>();
  const env = { ...process.env, HOOKBENCH_DATA_DIR: dataDir, NO_COLOR: '1', ...more };
  const start = (args: readonly string[]) => {
    const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    child.once('close', () => running.delete(child));
    return child;
  };

  function run(...args: readonly string[]): Promise<CliResult> {
    return new Promise((done, fail) => {
      const child = start(args);
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
      child.once('error', fail);
      child.once('close', (code) => {
        const lines = args.includes('--json')
          ? stdout
              .split('\n')
              .filter((line) => line !== '')
              .map((line) => JSON.parse(line) as Record<string, unknown>)
          : [];
        done({ code, stdout, stderr, lines });
      });
    });
  }

  async function listen(...args: readonly string[]): Promise<Listening> {
    const child = start(['listen', '--json', ...(args.includes('--port') ? [] : ['--port', '0']), ...args]);
    const seen: Record<string, unknown>[] = [];
    const waiting = new Set<() => void>();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    createInterface({ input: child.stdout }).on('line', (text) => {
      seen.push(JSON.parse(text) as Record<string, unknown>);
      for (const check of waiting) check();
    });
    const closed = new Promise<number | null>((done) => child.once('close', done));
    const line: Listening['line'] = (matches) =>
      new Promise((done, fail) => {
        const check = () => {
          const found = seen.find(matches);
          if (!found) return;
          waiting.delete(check);
          done(found);
        };
        waiting.add(check);
        check();
        void closed.then((code) => fail(new Error(`listen ended with ${code}: ${stderr}`)));
      });
    const ready = await line((found) => found['type'] === 'ready');
    return {
      url: String(ready['url']),
      port: Number(ready['port']),
      pid: child.pid as number,
      ready,
      line,
      stop(signal = 'SIGTERM') {
        child.kill(signal);
        return closed;
      },
    };
  }

  return {
    dataDir,
    run,
    listen,
    async file(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    document: (name, payload) => writeFile(join(dataDir, name), encodeEnvelope(1, payload)),
    async dispose() {
      await Promise.all(
        [...running].map((child) => {
          const closed = new Promise((done) => child.once('close', done));
          child.kill('SIGKILL');
          return closed;
        }),
      );
      await rm(folder, { recursive: true, force: true });
    },
  };
}
