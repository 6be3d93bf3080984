// `diff` on requests that really arrived: what it prints, and what it ends with.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCli } from '../../support/cli.ts';
import type { Cli } from '../../support/cli.ts';

let cli: Cli;
beforeEach(async () => {
  cli = await createCli();
});
afterEach(() => cli.dispose());

/** Sends bodies one after the other; their ids in order. */
async function capture(...requests: { readonly path: string; readonly body: string; readonly id: string }[]) {
  const listening = await cli.listen();
  const ids: string[] = [];
  for (const { path, body, id } of requests) {
    const headers = { 'Content-Type': 'application/json', 'X-Request-Id': id };
    await fetch(`${listening.url}${path}`, { method: 'POST', body, headers });
    ids.push(
      String((await listening.line((line) => line['type'] === 'request' && !ids.includes(String(line['id']))))['id']),
    );
  }
  await listening.stop();
  return ids as [string, string];
}

test('each difference is a line, and the exit code says whether there is one', async () => {
  const [a, b] = await capture(
    { path: '/in/a?x=1', body: '{"n":12345678901234567890}', id: 'one' },
    { path: '/in/a?x=2', body: '{"n":12345678901234567891}', id: 'two' },
  );
  const { lines, code, stderr } = await cli.run('diff', a, b, '--json');
  expect([code, stderr]).toEqual([1, '']);
  expect(lines).toEqual([
    { type: 'diff', part: 'query', kind: 'changed', path: 'x', a: '1', b: '2' },
    { type: 'diff', part: 'header', kind: 'changed', path: 'X-Request-Id', a: 'one', b: 'two' },
    { type: 'diff', part: 'body', kind: 'changed', path: 'n', a: '12345678901234567890', b: '12345678901234567891' },
  ]);
  const lasting = await cli.run('diff', a, b, '--ignore-volatile', '--json');
  expect([lasting.code, lasting.lines.map(({ part }) => part)]).toEqual([1, ['query', 'body']]);
  expect(lasting.stderr).toContain('1 that always');

  const same = await cli.run('diff', a, a);
  expect([same.code, same.stdout]).toEqual([0, 'The same, byte for byte.\n']);
  expect(await cli.run('diff', a, a, '--json')).toMatchObject({ code: 0, stdout: '' });
});

test('what only always changes makes no difference when that is left out; controls are escaped for people', async () => {
  const [a, b] = await capture({ path: '/a', body: 'x', id: 'one' }, { path: '/a', body: 'x', id: 'two' });
  const ignored = await cli.run('diff', a, b, '--ignore-volatile');
  expect([ignored.code, ignored.stdout]).toEqual([0, 'The same but for 1 ignored field.\n']);

  const [c, d] = await capture(
    { path: '/a', body: 'plain', id: 'x' },
    { path: '/a', body: '\u001b[2J\u202e', id: 'x' },
  );
  const hostile = await cli.run('diff', c, d);
  expect(hostile.code).toBe(1);
  expect(hostile.stdout).toContain('  + \\x1b[2J\\u202e\n');
  expect(hostile.stdout).not.toContain('\u001b');
});

test('an unknown id, and a folder without requests, end with 2', async () => {
  const [a] = await capture({ path: '/a', body: '', id: 'x' });
  const unknown = await cli.run('diff', a, 'req_unknown', '--json');
  expect([unknown.code, unknown.lines[0]?.['code']]).toEqual([2, 'STORE_NOT_FOUND']);
  const empty = await createCli();
  expect((await empty.run('diff', a, a)).code).toBe(2);
  await empty.dispose();
  expect((await cli.run('diff', a)).code).toBe(2);
});
