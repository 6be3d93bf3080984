// A bug that nobody caught ends the process visibly: exit code 3 and a file that says what happened.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createCli } from '../../support/cli.ts';
import type { Cli } from '../../support/cli.ts';

let cli: Cli;
afterEach(() => cli.dispose());

test('an uncaught error is written to a crash file, and what was captured stays', async () => {
  const bug = "process.on('SIGUSR2',()=>{throw%20new%20Error('a%20bug%20on%20purpose')})";
  cli = await createCli({ NODE_OPTIONS: `--import=data:text/javascript,${bug}` });
  const listening = await cli.listen();
  expect((await fetch(listening.url, { method: 'POST', body: 'kept' })).status).toBe(200);
  expect(await listening.stop('SIGUSR2')).toBe(3);
  const [name] = (await readdir(cli.dataDir)).filter((entry) => entry.startsWith('crash-'));
  const path = join(cli.dataDir, name ?? 'no crash file');
  expect(await readFile(path, 'utf8')).toContain('a bug on purpose');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await cli.run('requests', '--json')).lines).toHaveLength(1);
});
