// What a command leaves behind when the disk refuses the last of its saves: nothing that was not there before.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runCli } from '../../../src/main/cli/program.ts';
import type { StoreParts } from '../../../src/main/host-options.ts';
import { openDocument } from '../../../src/main/store/documents.ts';
import { AppError } from '../../../src/shared/errors.ts';

/** Documents whose workspace refuses the save of this number, counted from 1. */
function refusing(refused: number): StoreParts['openDocument'] {
  return async (options) => {
    const document = await openDocument(options);
    let saves = 0;
    return {
      ...document,
      get data() {
        return document.data;
      },
      async update(change) {
        if (options.name === 'workspace.json' && (saves += 1) === refused)
          throw new AppError('STORE_FULL', 'The disk is full: could not save workspace.json.');
        await document.update(change);
      },
    };
  };
}

test.each([
  ['target', ['target', 'add', 'Desk', '--url', 'http://127.0.0.1:9/', '--provider', 'generic']],
  ['endpoint', ['endpoint', 'add', 'Desk', '--provider', 'generic']],
])('a %s whose secret cannot be noted leaves no secret', async (_, args) => {
  const dir = await mkdtemp(join(tmpdir(), 'hookbench-cli-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => told.mockRestore());
  const listeners = process.listeners('uncaughtException');
  onTestFinished(() => {
    for (const listener of process.listeners('uncaughtException'))
      if (!listeners.includes(listener)) process.off('uncaughtException', listener);
  });
  const code = await runCli([...args, '--secret', 'not-a-real-secret', '--data-dir', dir], {
    env: {},
    platform: process.platform,
    store: { openDocument: refusing(2) },
  });
  expect(code).toBe(3);
  expect(told.mock.calls.join('\n')).toContain('could not save workspace.json');
  expect(await readFile(join(dir, 'secrets.json'), 'utf8')).not.toContain('Desk');
  expect(await readFile(join(dir, 'workspace.json'), 'utf8')).not.toContain('Desk');
});
