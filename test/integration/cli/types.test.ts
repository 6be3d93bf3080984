// `types` on events that really arrived, from the built command line: its thread, its output and its exit codes.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCli } from '../../support/cli.ts';
import type { Cli } from '../../support/cli.ts';

let cli: Cli;
beforeEach(async () => {
  cli = await createCli();
});
afterEach(() => cli.dispose());

/** Sends bodies one after the other; their ids in order. */
async function capture(...bodies: readonly string[]): Promise<string[]> {
  const listening = await cli.listen();
  const ids: string[] = [];
  for (const body of bodies) {
    await fetch(`${listening.url}/in/shop`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    const line = await listening.line((one) => one['type'] === 'request' && !ids.includes(String(one['id'])));
    ids.push(String(line['id']));
  }
  await listening.stop();
  return ids;
}

test('ids and a query give a type, or a schema, made from all of them', async () => {
  const [first = '', second = ''] = await capture('{"id":1,"name":"CANARY"}', '{"id":2,"note":null}', 'a=1');
  const one = await cli.run('types', first, '--name', 'order.created');
  expect(one).toMatchObject({ code: 0, stderr: '' });
  expect(one.stdout.replaceAll(/: +/g, ': ')).toBe(
    'export interface OrderCreated {\n    id: number;\n    name: string;\n}\n',
  );

  const all = await cli.run('types', first, second, '--lang', 'schema', '--json');
  expect([all.code, all.stderr, all.lines.length]).toEqual([0, '', 1]);
  const { type, language, samples, skipped, text } = all.lines[0] as Record<string, unknown>;
  expect({ type, language, samples, skipped }).toEqual({
    type: 'types',
    language: 'json-schema',
    samples: 2,
    skipped: [],
  });
  expect(JSON.parse(String(text))).toMatchObject({ $defs: { Event: { required: ['id'] } } });

  const found = await cli.run('types', '--query', 'path:/in/shop');
  expect(found.code).toBe(0);
  expect(found.stdout).toContain('note?:');
  expect(found.stdout).not.toContain('CANARY');
  expect(found.stderr).toMatch(/^Left out req_\w+: Its body is not JSON\.\n$/);
});

test('what cannot be done is said, with the exit code of bad input', async () => {
  const [first = ''] = await capture('a=1');
  for (const [args, message] of [
    [['types'], 'Give ids of requests, or --query.'],
    [['types', first], 'This request gives no type. Its body is not JSON.'],
    [['types', first, '--lang', 'go'], '--lang must be ts or schema, not "go".'],
    [['types', 'req_unknown'], 'There is no request req_unknown.'],
    [['types', '--query', 'path:/nothing'], 'No request matches the query.'],
  ] as const) {
    const { code, stdout, stderr } = await cli.run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  }
});

test('no control character of a body reaches the terminal', async () => {
  const name = '\u001b[2J\u009b\u202e*/ evil()';
  const [id = ''] = await capture(JSON.stringify({ [name]: { [name]: [1] }, ok: 1 }));
  for (const lang of ['ts', 'schema']) {
    const { code, stdout } = await cli.run('types', id, '--lang', lang);
    expect(code).toBe(0);
    expect(stdout).toContain(String.raw`\u001b[2J\u009b\u202e*/ evil()`);
    expect(stdout).toMatch(/^[\n\u0020-\u007e]*$/);
  }
});
