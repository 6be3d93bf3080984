import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runWatched } from '../../../scripts/setup/watched-child.mjs';
import { createFolder } from './stub-project.ts';

let root: string;
beforeEach(() => {
  root = createFolder();
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const node = (code: string, options: { watch?: string[]; stallMs?: number; pollMs?: number } = {}) =>
  runWatched(process.execPath, ['-e', code], { cwd: root, ...options });

describe('a watched child', () => {
  it('gives its exit code and what it wrote', async () => {
    const result = await node('console.log("out"); console.error("err"); process.exit(3)');
    expect(result).toMatchObject({ code: 3, stalled: false });
    expect(result.output).toContain('out');
    expect(result.output).toContain('err');
  });

  it('is ended when the watched folder stops changing', async () => {
    const result = await node('setInterval(() => {}, 1000)', { watch: [root], stallMs: 200, pollMs: 20 });
    expect(result).toMatchObject({ code: null, stalled: true });
  });

  it('goes on past the limit as long as files grow, in folders that come later too', async () => {
    const download = path.join(root, 'later', 'download');
    // Five times the limit in all, a tenth of it between two writes.
    const result = await node(
      `const fs = require('node:fs');
       fs.mkdirSync(${JSON.stringify(path.dirname(download))});
       let left = 50;
       const timer = setInterval(() => {
         fs.appendFileSync(${JSON.stringify(download)}, 'x');
         if (--left === 0) clearInterval(timer);
       }, 60);`,
      { watch: [root], stallMs: 600, pollMs: 30 },
    );
    expect(result).toMatchObject({ code: 0, stalled: false });
    expect(fs.statSync(download).size).toBe(50);
  });

  it('that cannot be started is a failure with a reason', async () => {
    const result = await runWatched(path.join(root, 'nothing'), [], { cwd: root });
    expect(result.code).toBeNull();
    expect(result.output).toContain('ENOENT');
  });
});
