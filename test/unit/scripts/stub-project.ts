// A project as small as the scripts allow, in a folder of its own: the real
// scripts, and stubs for the packages they start. Nothing is installed or built.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const realScripts = fileURLToPath(new URL('../../../scripts', import.meta.url));

export function createFolder(): string {
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hookbench-scripts-')));
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
}

/** Tells what it was given, and with `--wait` stays until a signal comes. */
const app = `
console.log('app ' + JSON.stringify(process.argv.slice(2)));
if (process.argv.includes('--fail')) process.exit(7);
if (process.argv.includes('--wait')) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => { console.log('app got ' + signal); process.exit(5); });
  }
  setInterval(() => {}, 1000);
  console.log('app ready');
}
`;

/** Copies the one source to both outputs, and counts how often it was asked to. */
const builder = `
const fs = require('node:fs');
fs.appendFileSync('builds', 'x');
const source = fs.readFileSync('src/app.js', 'utf8');
if (source.includes('BROKEN')) { console.error('src/app.js: syntax'); process.exit(1); }
fs.mkdirSync('out/main', { recursive: true });
fs.writeFileSync('out/main/cli.js', source);
fs.writeFileSync('out/main/index.js', source);
`;

export function createStubProject(): string {
  const root = createFolder();
  fs.cpSync(realScripts, path.join(root, 'scripts'), { recursive: true });
  writeFiles(root, {
    'package.json': JSON.stringify({ name: 'stub', scripts: { start: 'node scripts/start.mjs' } }),
    'package-lock.json': JSON.stringify({ packages: { '': {} } }),
    'node_modules/.package-lock.json': JSON.stringify({ packages: {} }),
    'node_modules/electron-vite/bin/electron-vite.js': builder,
    'node_modules/electron/package.json': JSON.stringify({ name: 'electron', version: '1.2.3' }),
    'node_modules/electron/path.txt': 'electron',
    'node_modules/electron/dist/electron': `#!/usr/bin/env node\n${app}`,
    'src/app.js': app,
  });
  fs.chmodSync(path.join(root, 'node_modules/electron/dist/electron'), 0o755);
  return root;
}

export function countBuilds(root: string): number {
  return fs.existsSync(path.join(root, 'builds')) ? fs.readFileSync(path.join(root, 'builds'), 'utf8').length : 0;
}

export interface RunningScript {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly output: string }>;
  waitFor(text: string): Promise<void>;
}

export function runScript(
  root: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): RunningScript {
  const child = spawn(command, [...args], {
    cwd: root,
    // As from a terminal, though these tests run under npm themselves.
    env: {
      ...process.env,
      npm_lifecycle_event: undefined,
      npm_execpath: undefined,
      DISPLAY: undefined,
      WAYLAND_DISPLAY: undefined,
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  let onOutput = (): void => {};
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
    onOutput();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return {
    child,
    ended: new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal, output }));
    }),
    waitFor: (text) =>
      new Promise((resolve, reject) => {
        onOutput = () => {
          if (output.includes(text)) resolve();
        };
        child.once('close', () => reject(new Error(`ended without "${text}":\n${output}`)));
        onOutput();
      }),
  };
}
