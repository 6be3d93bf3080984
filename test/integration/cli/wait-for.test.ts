// `wait-for` as a build uses it: it ends as soon as what it waits for is stored, and says what was missing.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCli } from '../../support/cli.ts';
import type { Cli } from '../../support/cli.ts';

let cli: Cli;
beforeEach(async () => {
  cli = await createCli();
});
afterEach(() => cli.dispose());

test('ends with 0 once enough requests match, and prints them', async () => {
  const owner = await cli.listen();
  const waiting = cli.run('wait-for', '--query', 'path:/in/*', '--count', '2', '--timeout', '20s', '--json');
  await fetch(`${owner.url}/other`);
  for (const n of [1, 2]) await fetch(`${owner.url}/in/${n}`, { method: 'POST', body: `{"n":${n}}` });
  const result = await waiting;
  expect(result).toMatchObject({ code: 0 });
  expect(result.lines.map(({ target }) => target)).toEqual(['/in/1', '/in/2']);
});

test('ends with 1 when the time is over, with a report for the build server', async () => {
  const owner = await cli.listen();
  await fetch(`${owner.url}/in`);
  const report = join(await cli.file('unused', ''), '..', 'report.xml');
  const result = await cli.run('wait-for', '--count', '2', '--timeout', '300ms', '--junit', report, '--json');
  expect(result).toMatchObject({ code: 1, lines: [{ target: '/in' }] });
  expect(result.stderr).toContain('1 of 2');
  expect(await readFile(report, 'utf8')).toMatch(/tests="1" failures="1".*<failure message="1 of 2/s);
  const passed = await cli.run('wait-for', '--junit', report);
  expect(passed).toMatchObject({ code: 0 });
  expect(await readFile(report, 'utf8')).toContain('failures="0"');
});

test('waits where nothing was stored yet, and refuses what it cannot read', async () => {
  expect(await cli.run('wait-for', '--timeout', '0s')).toMatchObject({ code: 1 });
  expect(await cli.run('wait-for', '--timeout', 'soon')).toMatchObject({ code: 2 });
  expect(await cli.run('wait-for', '--count', '0')).toMatchObject({ code: 2 });
  expect(await cli.run('wait-for', '--query', 'nokey:1')).toMatchObject({ code: 2 });
  expect(await cli.run('wait-for', '--junit', cli.dataDir, '--timeout', '0s')).toMatchObject({ code: 2 });
});
