// Child processes of the fault harness. Signals go only to processes that were started here, by their id, and none
// of them outlives the harness.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * @typedef {object} Child
 * @property {number} pid
 * @property {Promise<{ code: number | null, signal: string | null }>} ended Never rejects.
 * @property {() => boolean} isAlive
 * @property {() => string} errors What it wrote to stderr, last 20,000 characters.
 * @property {(accept: (line: any) => boolean, timeoutMs: number) => Promise<any>} line Next JSON line that `accept`
 *   takes; rejects when the process ends or the time is over.
 * @property {(signal: NodeJS.Signals) => Promise<void>} stop Signals it and waits for its end.
 * @property {(signal: NodeJS.Signals) => void} signal Signals it.
 * @property {() => void} closeInput
 * @property {(text: string) => void} write To its stdin.
 * @property {() => number} peakMemory MiB, as the kernel counts it; 0 where that cannot be read.
 */

/**
 * @typedef {object} Processes
 * @property {(script: string, args: readonly string[], options?: { onLine?: (line: any) => void, env?:
 *   Readonly<Record<string, string>>, through?: readonly string[] }) => Child} start Runs a script with this Node;
 *   `env` adds variables, `through` is a program with arguments that becomes this Node (`prlimit --nofile=64`).
 * @property {(script: string, args: readonly string[], options?: { onLine?: (line: any) => void, timeoutMs?: number,
 *   env?: Readonly<Record<string, string>> }) => Promise<{ code: number | null, errors: string }>} run Starts it and
 *   waits for its end.
 * @property {() => void} killAll
 */

/**
 * @param {(text: string) => void} onOddLine Told of stdout lines that are not JSON.
 * @returns {Processes}
 */
export function createProcesses(onOddLine) {
  /** @type {Set<import('node:child_process').ChildProcess>} */
  const running = new Set();

  /** @type {Processes['start']} */
  const start = (script, args, options = {}) => {
    const [program, ...first] = [...(options.through ?? []), process.execPath];
    const child = spawn(program, [...first, script, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(), ...options.env },
    });
    running.add(child);
    let errors = '';
    child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-20_000)));
    child.stdin.on('error', () => {}); // A killed child closes the pipe under the harness: that is the test.

    /** @type {Set<(line: any) => void>} */
    const listeners = new Set(options.onLine ? [options.onLine] : []);
    const output = createInterface({ input: child.stdout, crlfDelay: Infinity });
    output.on('line', (text) => {
      if (listeners.size === 0) return;
      let line;
      try {
        line = JSON.parse(text);
      } catch {
        // The last line of a killed process may be cut; anything else is worth telling.
        if (child.exitCode === null && child.signalCode === null) onOddLine(text);
        return;
      }
      for (const listener of [...listeners]) listener(line);
    });
    // Both: the process is gone, and every line that it managed to write has been handed out.
    const outputEnded = new Promise((resolve) => output.once('close', resolve));
    /** @type {Child['ended']} */
    const ended = new Promise((resolve) => {
      child.once('error', () => resolve({ code: null, signal: null }));
      child.once('exit', (code, signal) => {
        running.delete(child);
        void outputEnded.then(() => resolve({ code, signal }));
      });
    });
    const isAlive = () => child.exitCode === null && child.signalCode === null;

    return {
      pid: child.pid ?? 0,
      ended,
      isAlive,
      errors: () => errors,
      line: (accept, timeoutMs) =>
        new Promise((resolve, reject) => {
          /** @param {any} line */
          const listener = (line) => {
            if (!accept(line)) return;
            settle();
            resolve(line);
          };
          const timer = setTimeout(() => {
            settle();
            reject(new Error(`no such line within ${timeoutMs} ms; stderr: ${errors}`));
          }, timeoutMs);
          const settle = () => {
            clearTimeout(timer);
            listeners.delete(listener);
          };
          listeners.add(listener);
          void ended.then(({ code, signal }) => {
            settle();
            reject(new Error(`ended with ${signal ?? `code ${code}`} before the line came; stderr: ${errors}`));
          });
        }),
      stop: async (signal) => {
        if (isAlive()) child.kill(signal);
        await ended;
      },
      signal: (signal) => {
        if (isAlive()) child.kill(signal);
      },
      closeInput: () => child.stdin.end(),
      write: (text) => child.stdin.write(text),
      peakMemory: () => {
        try {
          const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
          return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
        } catch {
          return 0;
        }
      },
    };
  };

  return {
    start,
    run: async (script, args, options = {}) => {
      const child = start(script, args, options);
      child.closeInput();
      const timer = setTimeout(() => void child.stop('SIGKILL'), options.timeoutMs ?? 60_000);
      const { code } = await child.ended;
      clearTimeout(timer);
      return { code, errors: child.errors() };
    },
    killAll: () => {
      for (const child of running) child.kill('SIGKILL');
    },
  };
}

/** The product's own variables would change what is tested, and a debugger's would slow it down. */
function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(HOOKBENCH_|NODE_OPTIONS$|VITEST)/.test(name));
  return Object.fromEntries(kept);
}
