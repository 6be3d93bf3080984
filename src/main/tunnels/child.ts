// The programs behind tunnels: started without a shell in a process group of their own, and ended with everything that
// they started. Where the system can, they also end when Hookbench is killed.

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, readFileSync, readdirSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '../ports.ts';

/** How a program ended. */
export interface ChildEnd {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not be started; null when it ran. */
  readonly notStarted: string | null;
}

/** A program to run. */
export interface ChildSpec {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Each line of both outputs, without its end. */
  readonly onLine: (text: string) => void;
  /** Called once, after the last line. */
  readonly onEnd: (end: ChildEnd) => void;
}

/** A program that runs. */
export interface Child {
  readonly pid: number | undefined;
  /** Ends it and all that it started; resolves when they are gone. */
  stop(): Promise<void>;
}

/** Starts programs. */
export interface Children {
  start(spec: ChildSpec): Child;
  /** Kills what is left, at once. For the end of the process. */
  killAll(): void;
}

/** Characters of a line that are kept before its end has come. */
const longestLine = 16_384;
/** Between two looks whether a group is gone, and from its end to that of its pipes, ms. */
const lookMs = 50;
/** After the kill, ms: longer is not waited for. */
const afterKillMs = 1_000;
/** Where people's package managers install, in case a desktop's PATH does not hold it. */
const usualFolders = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin', '/bin'];

/** Path of `program`: itself where it names a folder, else the first of that name in PATH; null when there is none. */
export function findProgram(program: string, path = process.env['PATH'] ?? ''): string | null {
  const isWindows = process.platform === 'win32';
  const endings = isWindows ? ['', '.exe', '.com'] : [''];
  const named = isAbsolute(program) || /[/\\]/.test(program);
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...(isWindows ? [] : usualFolders)];
  const places = named ? [resolve(program)] : folders.map((folder) => join(folder, program));
  return places.flatMap((place) => endings.map((ending) => place + ending)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** `killMs` is the time from the request to end to the kill. */
export function createChildren(clock: Clock, killMs: number): Children {
  const groups = new Set<number>();
  const reaping = new Map<number, Promise<void>>();
  let tied: readonly string[] | null = null;

  /** Words before a command that tie its life to ours; none where the system knows no such thing. */
  function tie(): readonly string[] {
    if (tied !== null) return tied;
    const setpriv = process.platform === 'linux' ? findProgram('setpriv') : null;
    const words = setpriv === null ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
    const trial = setpriv === null ? 1 : spawnSync(setpriv, ['--pdeathsig', 'KILL', '--', 'true']).status;
    tied = trial === 0 ? words : [];
    return tied;
  }

  function start(spec: ChildSpec): Child {
    const [program, ...args] = [...tie(), spec.program, ...spec.args] as [string, ...string[]];
    let gone = (): void => {};
    const ended = new Promise<void>((done) => (gone = done));
    let process: ChildProcess;
    try {
      process = spawn(program, args, {
        detached: !isWindows(),
        windowsHide: true,
        // The pipe to its input stays open while we live: programs that read it end with us.
        stdio: ['pipe', 'pipe', 'pipe'],
        env: childEnvironment(spec.env),
      });
    } catch (error) {
      queueMicrotask(() => spec.onEnd({ code: null, signal: null, notStarted: sentenceOf(error) }));
      return { pid: undefined, stop: () => Promise.resolve() };
    }
    const { pid } = process;
    if (pid !== undefined) groups.add(pid);
    for (const stream of [process.stdout, process.stderr]) if (stream) readLines(stream, spec.onLine);
    process.stdin?.on('error', () => {});

    let reported = false;
    let cancelCut = (): void => {};
    const report = (end: ChildEnd): void => {
      if (reported) return;
      reported = true;
      if (pid !== undefined) groups.delete(pid);
      cancelCut();
      spec.onEnd(end);
      gone();
    };
    process.on('error', (error) => {
      if (pid === undefined) report({ code: null, signal: null, notStarted: sentenceOf(error) });
    });
    process.on('close', (code, signal) => report({ code, signal, notStarted: null }));
    // A program that it left behind may hold its pipes: it is ended, and the pipes with it.
    process.on('exit', () => {
      if (pid === undefined) return;
      void reap(pid).then(() => {
        if (!reported) cancelCut = clock.after(lookMs, cutPipes);
      });
    });
    function cutPipes(): void {
      process.stdout?.destroy();
      process.stderr?.destroy();
    }

    return {
      pid,
      async stop() {
        if (pid === undefined) return;
        // Ended already, but what it left behind may still be on its way out.
        if (reported) return reaping.get(pid);
        process.stdin?.end();
        await reap(pid);
        const cancel = clock.after(afterKillMs, gone);
        await ended;
        cancel();
      },
    };
  }

  /** Ends a group: asks, waits, kills. Resolves when it is gone, or when nothing more can be done. */
  function reap(pid: number): Promise<void> {
    const known = reaping.get(pid);
    if (known) return known;
    if (!groups.has(pid) || !signalGroup(pid, 'SIGTERM')) return Promise.resolve();
    const killAt = clock.monotonic() + killMs;
    const under = new Promise<void>((done) => {
      const look = (): void => {
        const now = clock.monotonic();
        if (now >= killAt) signalGroup(pid, 'SIGKILL');
        if (now >= killAt + afterKillMs || !isAlive(pid)) {
          reaping.delete(pid);
          return done();
        }
        clock.after(lookMs, look);
      };
      clock.after(lookMs, look);
    });
    reaping.set(pid, under);
    return under;
  }

  return {
    start,
    killAll() {
      for (const pid of new Set([...groups, ...reaping.keys()])) signalGroup(pid, 'SIGKILL');
    },
  };
}

const isWindows = (): boolean => process.platform === 'win32';

/** Whether somebody in the group still runs. The dead stay listed where nobody collects them, as in some containers. */
function isAlive(group: number): boolean {
  if (!signalGroup(group, 0)) return false;
  if (process.platform !== 'linux') return true;
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && runsInGroup(name, group));
}

function runsInGroup(pid: string, group: number): boolean {
  try {
    // After the name, which is in brackets and may hold anything: state, parent, group.
    const [state, , its] = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(its) === group && state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

/** False when nobody is left in the group. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    if (!isWindows()) return process.kill(-pid, signal);
    // Windows knows no groups: the tree is ended by its own tool.
    if (signal !== 0) spawnSync('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true });
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Our environment without what is ours: a tunnel's program has no business with it. */
function childEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(HOOKBENCH_|ELECTRON_|NODE_OPTIONS$)/i.test(name));
  return { ...Object.fromEntries(own), ...more };
}

function readLines(stream: Readable, onLine: (text: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('error', () => {});
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r/);
    rest = (lines.pop() as string).slice(-longestLine);
    for (const line of lines) onLine(line);
  });
  stream.on('close', () => {
    if (rest !== '') onLine(rest);
    rest = '';
  });
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
