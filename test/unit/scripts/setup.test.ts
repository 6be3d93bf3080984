import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureElectron } from '../../../scripts/setup/electron-runtime.mjs';
import { FALLBACK, verifyIntegrity } from '../../../scripts/setup/fallback-runtime.mjs';
import { packagesAreCurrent } from '../../../scripts/setup/packages.mjs';
import { parseMissingLibraries } from '../../../scripts/setup/system-parts.mjs';
import { checkNode } from '../../../scripts/setup.mjs';
import { createStubProject, runScript, writeFiles } from './stub-project.ts';

let root: string;
beforeEach(() => {
  root = createStubProject();
});
afterEach(() => fs.rmSync(root, { recursive: true }));

describe('the Node version', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('%s will do', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });
  it.each(['20.18.3', '18.20.0', '16.0.0'])('%s is refused, with the version that is needed', (version) => {
    expect(() => checkNode(version)).toThrow(`needs Node 20.19 or newer; this is Node ${version}`);
  });
});

describe('the packages', () => {
  const entry = { version: '1.0.0', integrity: 'sha512-a' };
  const compare = (locked: object, installed: object | undefined): boolean => {
    writeFiles(root, { 'package-lock.json': JSON.stringify({ packages: { '': {}, ...locked } }) });
    const record = path.join(root, 'node_modules/.package-lock.json');
    if (installed) fs.writeFileSync(record, JSON.stringify({ packages: installed }));
    else fs.rmSync(record);
    return packagesAreCurrent(root);
  };

  it('are current when all of the lock file are there', () => {
    expect(compare({ 'node_modules/a': entry }, { 'node_modules/a': entry })).toBe(true);
  });
  it('may lack those of other platforms', () => {
    expect(compare({ 'node_modules/b': { ...entry, optional: true } }, {})).toBe(true);
  });
  it.each<[string, object, object | undefined]>([
    ['one is missing', { 'node_modules/a': entry }, {}],
    ['one has another version', { 'node_modules/a': entry }, { 'node_modules/a': { ...entry, version: '2.0.0' } }],
    ['one has other content', { 'node_modules/a': entry }, { 'node_modules/a': { ...entry, integrity: 'sha512-b' } }],
    ['there is one too many', {}, { 'node_modules/a': entry }],
    ['the installation was not finished', {}, undefined],
  ])('are stale when %s', (_what, locked, installed) => {
    expect(compare(locked, installed)).toBe(false);
  });
});

describe('the Electron runtime', () => {
  const lines: string[] = [];
  const ensure = (platform: string, stallMs = 20_000): Promise<void> =>
    ensureElectron({
      root,
      log: (line: string) => lines.push(line),
      cacheDir: path.join(root, 'cache'),
      platform,
      stallMs,
    });
  const removeRuntime = (installer: string): void => {
    fs.rmSync(path.join(root, 'node_modules/electron/dist'), { recursive: true });
    fs.rmSync(path.join(root, 'node_modules/electron/path.txt'));
    fs.mkdirSync(path.join(root, 'cache'));
    writeFiles(root, { 'node_modules/electron/install.js': installer });
  };
  const prepareFallback = (): void =>
    writeFiles(root, {
      [`cache/${FALLBACK.recipe}/electron`]: 'fallback',
      [`cache/${FALLBACK.recipe}/hookbench-recipe`]: FALLBACK.recipe,
    });
  const installed = (): string => fs.readFileSync(path.join(root, 'node_modules/electron/dist/electron'), 'utf8');

  beforeEach(() => {
    lines.length = 0;
  });

  it('is left alone when there is one', async () => {
    writeFiles(root, { 'node_modules/electron/install.js': 'process.exit(1)' });
    await ensure('linux-x64');
    expect(lines).toEqual([]);
  });

  it('is the downloaded one where the download works', async () => {
    removeRuntime(`const fs = require('node:fs');
      fs.mkdirSync(__dirname + '/dist');
      fs.writeFileSync(__dirname + '/dist/electron', 'downloaded');
      fs.writeFileSync(__dirname + '/path.txt', 'electron');`);
    prepareFallback();
    await ensure('linux-x64');
    expect(installed()).toBe('downloaded');
  });

  it('is the fallback where the download fails, which one line tells', async () => {
    removeRuntime('console.error("TypeError: fetch failed"); process.exit(1)');
    prepareFallback();
    await ensure('linux-x64');
    expect(installed()).toBe('fallback');
    expect(fs.readFileSync(path.join(root, 'node_modules/electron/path.txt'), 'utf8')).toBe('electron');
    expect(lines).toEqual([
      'Downloading Electron 1.2.3.',
      expect.stringMatching(/^Electron 1\.2\.3 cannot be downloaded here \(fetch failed\): using .* 33\.2\.1 /),
    ]);
  });

  it('is the fallback where the download makes no progress, and its process is ended', async () => {
    removeRuntime('setInterval(() => {}, 1000)');
    prepareFallback();
    await ensure('linux-x64', 300);
    expect(installed()).toBe('fallback');
    expect(lines[1]).toContain('no progress for 0.3 s');
  });

  it('does not try the download again soon after it failed', async () => {
    removeRuntime(`require('node:fs').appendFileSync(__dirname + '/tries', 'x'); process.exit(1)`);
    prepareFallback();
    await ensure('linux-x64');
    fs.rmSync(path.join(root, 'node_modules/electron/dist'), { recursive: true });
    await ensure('linux-x64');
    expect(fs.readFileSync(path.join(root, 'node_modules/electron/tries'), 'utf8')).toBe('x');
    const note = path.join(root, 'cache/electron-1.2.3-download-failed');
    fs.utimesSync(note, 1, 1);
    fs.rmSync(path.join(root, 'node_modules/electron/dist'), { recursive: true });
    await ensure('linux-x64');
    expect(fs.readFileSync(path.join(root, 'node_modules/electron/tries'), 'utf8')).toBe('xx');
  });

  it('is renewed when it is a fallback made by other steps', async () => {
    removeRuntime('process.exit(1)');
    prepareFallback();
    writeFiles(root, {
      'node_modules/electron/path.txt': 'electron',
      'node_modules/electron/dist/electron': 'old',
      'node_modules/electron/dist/hookbench-recipe': 'older',
    });
    await ensure('linux-x64');
    expect(installed()).toBe('fallback');
  });

  it('has no fallback on other platforms: what to do is said', async () => {
    removeRuntime('process.exit(1)');
    const failure = ensure('darwin-arm64');
    await expect(failure).rejects.toThrow('electron-v1.2.3-darwin-arm64.zip');
    await expect(failure).rejects.toThrow('ELECTRON_OVERRIDE_DIST_PATH');
  });
});

describe('the package with the fallback', () => {
  it('is refused when it is not the pinned one', async () => {
    writeFiles(root, { 'a.tgz': 'content' });
    const integrity = `sha512-${createHash('sha512').update('content').digest('base64')}`;
    await expect(verifyIntegrity(path.join(root, 'a.tgz'), integrity)).resolves.toBeUndefined();
    await expect(verifyIntegrity(path.join(root, 'a.tgz'), FALLBACK.integrity)).rejects.toThrow(
      `its integrity is ${integrity}`,
    );
  });
});

describe('the libraries of the system', () => {
  it('that are missing are those ldd does not find, each once', () => {
    const output = [
      '\tlinux-vdso.so.1 (0x00007ffd)',
      '\tlibgtk-3.so.0 => not found',
      '\tlibnss3.so => /lib/x86_64-linux-gnu/libnss3.so (0x00007f)',
      '\tlibgtk-3.so.0 => not found',
    ].join('\n');
    expect(parseMissingLibraries(output)).toEqual(['libgtk-3.so.0']);
  });
});

describe.skipIf(process.platform !== 'linux')('node scripts/setup.mjs', () => {
  const setUp = (...args: string[]) => runScript(root, process.execPath, ['scripts/setup.mjs', ...args]).ended;

  it('has nothing to do or to say for a start without a display when the packages are there', async () => {
    fs.rmSync(path.join(root, 'node_modules/electron'), { recursive: true });
    expect(await setUp('--for', 'start')).toMatchObject({ code: 0, output: '' });
  });

  it('installs stale packages once when two are started together', async () => {
    writeFiles(root, {
      'package-lock.json': JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }),
      // In place of npm: notes that it ran, and leaves what npm would.
      'npm-cli.js': `const fs = require('node:fs');
        fs.appendFileSync('installs', process.argv.slice(2, 3) + ';');
        fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');`,
    });
    const env = { npm_execpath: path.join(root, 'npm-cli.js') };
    const args = ['scripts/setup.mjs', '--for', 'start'];
    const both = [1, 2].map(() => runScript(root, process.execPath, args, env).ended);
    for (const end of await Promise.all(both)) expect(end).toMatchObject({ code: 0 });
    expect(fs.readFileSync(path.join(root, 'installs'), 'utf8')).toBe('ci;');
    expect(fs.existsSync(path.join(root, '.cache/setup.lock'))).toBe(false);
  });

  it('installs with npm install where npm ci misses packages of other platforms', async () => {
    writeFiles(root, {
      'package-lock.json': JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }),
      'npm-cli.js': `require('node:fs').appendFileSync('installs', process.argv.slice(2, 4) + ';');
        if (process.argv[2] === 'ci') { console.error('npm error Missing: a-darwin@ from lock file'); process.exit(1); }`,
    });
    const env = { npm_execpath: path.join(root, 'npm-cli.js') };
    const result = await runScript(root, process.execPath, ['scripts/setup.mjs', '--for', 'start'], env).ended;
    expect(result).toMatchObject({ code: 0 });
    expect(fs.readFileSync(path.join(root, 'installs'), 'utf8')).toBe('ci,--include=dev;install,--no-save;');
  });

  it('ends with npm’s explanation and exit code 1 when the packages cannot be installed', async () => {
    writeFiles(root, {
      'package-lock.json': JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }),
      'npm-cli.js': `console.error('npm error code ENOSPC'); process.exit(1);`,
    });
    const env = { npm_execpath: path.join(root, 'npm-cli.js') };
    const result = await runScript(root, process.execPath, ['scripts/setup.mjs'], env).ended;
    expect(result.code).toBe(1);
    expect(result.output).toContain('npm error code ENOSPC');
    expect(result.output).not.toContain('    at ');
  });

  it('refuses arguments it does not know', async () => {
    expect((await setUp('--for', 'fun')).code).toBe(2);
  });
});
