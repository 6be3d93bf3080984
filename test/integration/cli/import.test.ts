// Out of one folder and into another, through the built command line: what is carried arrives, nothing else changes.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCli } from '../../support/cli.ts';
import type { Cli } from '../../support/cli.ts';

let from: Cli;
let to: Cli;
let folder: string;
beforeEach(async () => {
  from = await createCli();
  to = await createCli();
  folder = await mkdtemp(join(tmpdir(), 'hookbench-import-'));
});
afterEach(async () => {
  await from.dispose();
  await to.dispose();
  await rm(folder, { recursive: true, force: true });
});

const bodies: readonly Uint8Array[] = [
  new TextEncoder().encode('{"id":"evt_1","type":"invoice.paid","big":12345678901234567890}'),
  Uint8Array.from({ length: 300 }, (_, n) => n % 256),
  new Uint8Array(0),
  new TextEncoder().encode('a=1&a=2\r\n'),
];

async function capture(): Promise<void> {
  const listening = await from.listen();
  for (const [n, body] of bodies.entries()) {
    await fetch(`${listening.url}/in/shop?n=${n}`, { method: 'POST', body, headers: { 'X-Test': `é${n}` } });
    await listening.line((line) => line['target'] === `/in/shop?n=${n}`);
  }
  await listening.stop();
}

const kept = ({ method, target, headers, bodyBase64 }: Record<string, unknown>) => ({
  method,
  target,
  headers,
  bodyBase64,
});

test.each(['hookbench', 'har', 'postman', 'jsonl'])('%s: export, import, export again is equal', async (format) => {
  await capture();
  const file = join(folder, `one.${format}`);
  expect((await from.run('export', '--format', format, '--include-secrets', '--out', file)).code).toBe(0);
  const done = await to.run('import', file, '--json');
  expect([done.code, done.lines]).toEqual([0, [expect.objectContaining({ type: 'import', format, imported: 4 })]]);

  const [before, after] = await Promise.all([from.run('requests', '--json'), to.run('requests', '--json')]);
  expect(after.lines.map(kept)).toEqual(before.lines.map(kept));
  expect(after.lines.every((line) => line['imported'] === true)).toBe(true);

  const again = join(folder, `two.${format}`);
  expect((await to.run('export', '--format', format, '--include-secrets', '--out', again)).code).toBe(0);
  const third = await createCli();
  try {
    await third.run('import', again);
    const last = await third.run('requests', '--json');
    expect(last.lines.map(kept)).toEqual(before.lines.map(kept));
  } finally {
    await third.dispose();
  }
});

test('an exported Hookbench collection keeps ids, verdicts and notes', async () => {
  await capture();
  const [first] = (await from.run('requests', '--json')).lines as [Record<string, unknown>];
  await from.run('note', String(first['id']), 'look here');
  const file = join(folder, 'kept.jsonl');
  await from.run('export', '--format', 'hookbench', '--out', file);
  await to.run('import', file);
  const shown = await to.run('show', String(first['id']), '--json');
  expect(shown.lines[0]).toMatchObject({
    id: first['id'],
    note: 'look here',
    receivedAt: first['receivedAt'],
    verdict: first['verdict'],
    imported: true,
  });
  const found = await to.run('requests', '--query', 'imported:true -imported:false', '--json');
  expect(found.lines).toHaveLength(4);
});

test('nothing is sent, no setting changes, and a second import adds requests of their own', async () => {
  const file = join(folder, 'x.sh');
  await writeFile(file, `curl 'http://127.0.0.1:9/in?x=1' -H 'X-A: 1' --data-raw '{"a":1}'\n`);
  const dry = await to.run('import', file, '--dry-run', '--json');
  expect([dry.code, dry.lines[0]]).toEqual([0, expect.objectContaining({ format: 'curl', found: 1, imported: 0 })]);
  expect(await readdir(to.dataDir).catch(() => [])).toEqual([]);

  expect((await to.run('import', file)).stdout).toBe('Imported 1 request (curl).\n');
  expect((await to.run('import', '--curl', await readFile(file, 'utf8'))).code).toBe(0);
  const { lines } = await to.run('requests', '--json');
  expect(lines).toHaveLength(2);
  expect(new Set(lines.map(({ id }) => id)).size).toBe(2);
  expect(lines[0]).toMatchObject({ method: 'POST', target: '/in?x=1', imported: true, duplicate: { kind: 'first' } });
  expect((await to.run('deliveries', '--json')).lines).toEqual([]);
});

test('a file that is refused stores nothing and names the place', async () => {
  const file = join(folder, 'bad.jsonl');
  await writeFile(file, '{"type":"hookbench","version":1}\n{"type":"request","method":"POST"');
  const refused = await to.run('import', file);
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain('Line 2 is no JSON');
  expect((await to.run('requests', '--json')).lines).toEqual([]);
  const both = await to.run('import', file, '--curl', 'curl x');
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('Give a file, or --curl')]);
});
