import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuilt, isBuildStale } from '../../../scripts/build.mjs';
import { countBuilds, createStubProject, writeFiles } from './stub-project.ts';

let root: string;
const lines: string[] = [];
const build = (): Promise<void> => ensureBuilt(root, (line: string) => lines.push(line));

beforeEach(() => {
  root = createStubProject();
  lines.length = 0;
});
afterEach(() => fs.rmSync(root, { recursive: true }));

describe('the build before a start', () => {
  it('happens when there is none, and says so in one line', async () => {
    expect(isBuildStale(root)).toBe(true);
    await build();
    expect(isBuildStale(root)).toBe(false);
    expect(lines).toEqual(['Building (electron-vite build).']);
  });

  it('does not happen again while the sources are the same, whatever their times', async () => {
    await build();
    const later = new Date(Date.now() + 3_600_000);
    fs.utimesSync(path.join(root, 'src/app.js'), later, later);
    await build();
    expect(countBuilds(root)).toBe(1);
  });

  it.each([
    ['a changed source', { 'src/app.js': 'console.log(2)' }],
    ['a new source', { 'src/shared/more.ts': '' }],
    ['another lock file', { 'package-lock.json': '{"packages":{"":{"version":"2"}}}' }],
    ['another configuration', { 'electron.vite.config.ts': 'export default {}' }],
  ])('happens again after %s', async (_what, files: Record<string, string>) => {
    await build();
    writeFiles(root, files);
    expect(isBuildStale(root)).toBe(true);
  });

  it('happens again after a source was removed', async () => {
    writeFiles(root, { 'src/old.ts': '' });
    await build();
    fs.rmSync(path.join(root, 'src/old.ts'));
    expect(isBuildStale(root)).toBe(true);
  });

  it('happens again when an output is gone or was made by something else', async () => {
    await build();
    fs.utimesSync(path.join(root, 'out/main/index.js'), 1, 1);
    expect(isBuildStale(root)).toBe(true);
    await build();
    fs.rmSync(path.join(root, 'out/main/cli.js'));
    expect(isBuildStale(root)).toBe(true);
  });

  it('fails with what the builder said, and leaves the build stale', async () => {
    await build();
    writeFiles(root, { 'src/app.js': 'BROKEN' });
    await expect(build()).rejects.toThrow('src/app.js: syntax');
    expect(isBuildStale(root)).toBe(true);
  });

  it('is made once when two ask at the same time', async () => {
    await Promise.all([build(), build()]);
    expect(countBuilds(root)).toBe(1);
  });
});
