// An installation of the SSH server must not start it, and must leave nothing behind that keeps other services down.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withoutServices } from '../../../scripts/setup/system-parts.mjs';

const moduleUrl = pathToFileURL(path.resolve('scripts/setup/system-parts.mjs')).href;
const savedPath = process.env['PATH'];
let folder: string;
let policy: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hookbench-policy-'));
  policy = path.join(folder, 'policy-rc.d');
  process.env['PATH'] = `${folder}${path.delimiter}${savedPath}`;
  program('systemctl', 'echo "$@" >> "$(dirname "$0")/calls"');
  program('dpkg-query', 'exit 1');
});
afterEach(() => {
  process.env['PATH'] = savedPath;
  fs.rmSync(folder, { recursive: true });
});

function program(name: string, text: string): void {
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

const disabled = () => fs.existsSync(path.join(folder, 'calls'));
const asked = (service: string) => spawnSync(policy, [service, 'start']).status;
const names = ['curl', 'openssh-server'];

it('forbids ssh to start, nothing else, and only meanwhile', async () => {
  const during = await withoutServices(
    names,
    () => Promise.resolve(['ssh', 'ssh.service', 'nginx', 'postgresql'].map(asked)),
    policy,
  );
  expect(during).toEqual([101, 101, 0, 0]);
  expect(fs.existsSync(policy)).toBe(false);
  expect(fs.readFileSync(path.join(folder, 'calls'), 'utf8')).toBe('disable ssh.service ssh.socket\n');
});

it('leaves no policy when the set-up is broken off', async () => {
  const code = `import { withoutServices } from ${JSON.stringify(moduleUrl)};
    process.on('SIGINT', () => process.exit(130));
    await withoutServices(['openssh-server'], () => new Promise(() => {
      console.log('installing');
      setInterval(() => {}, 1000);
    }), ${JSON.stringify(policy)});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(asked('ssh')).toBe(101);
  child.kill('SIGINT');
  await once(child, 'exit');
  expect(fs.existsSync(policy)).toBe(false);
});

it('leaves a policy without effect when the set-up is killed, and replaces it the next time', async () => {
  const code = `import { withoutServices } from ${JSON.stringify(moduleUrl)};
    await withoutServices(['openssh-server'], () => process.kill(process.pid, 'SIGKILL'), ${JSON.stringify(policy)});`;
  const killed = spawnSync(process.execPath, ['--input-type=module', '-e', code]);
  expect(killed.signal).toBe('SIGKILL');
  expect([asked('ssh'), asked('nginx')]).toEqual([0, 0]);
  expect(await withoutServices(names, () => Promise.resolve(asked('ssh')), policy)).toBe(101);
  expect(fs.existsSync(policy)).toBe(false);
});

it("keeps somebody else's policy, and still leaves no server switched on", async () => {
  program('policy-rc.d', 'exit 101');
  await withoutServices(names, () => Promise.resolve(), policy);
  expect(execFileSync('cat', [policy], { encoding: 'utf8' })).toBe('#!/bin/sh\nexit 101\n');
  expect(disabled()).toBe(true);
});

it('switches the server off when the installation fails', async () => {
  await expect(withoutServices(names, () => Promise.reject(new Error('no')), policy)).rejects.toThrow('no');
  expect([disabled(), fs.existsSync(policy)]).toEqual([true, false]);
});

it.each<[string, readonly string[], string]>([
  ['a server that was there before', names, 'printf installed'],
  ['other packages', ['curl'], 'exit 1'],
])('touches nothing for %s', async (_what, given, query) => {
  program('dpkg-query', query);
  expect(await withoutServices(given, () => Promise.resolve(fs.existsSync(policy)), policy)).toBe(false);
  expect(disabled()).toBe(false);
});
