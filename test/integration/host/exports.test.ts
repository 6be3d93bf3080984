// What the window exports: the preview, the file, its end by the person, and endpoints without what they know.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { streamExport } from '../../../src/main/host-export.ts';
import { createExportHandlers } from '../../../src/main/host-exports.ts';
import type { Parts } from '../../../src/main/host-parts.ts';
import { systemRandom } from '../../../src/main/system.ts';
import type { Change } from '../../../src/shared/news.ts';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';

let folder: string;
let path: string;
let test: TestHost;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookbench-exports-'));
  path = join(folder, 'requests.txt');
  test = await startTestHost({
    desktop: {
      chooseSaveFile: () => Promise.resolve(path),
      openExternal: () => Promise.resolve(),
      factsChanged: () => undefined,
    },
  });
});
afterEach(async () => {
  await test.stop();
  await rm(folder, { recursive: true, force: true });
});

async function receive(target: string, headers: Record<string, string> = {}): Promise<void> {
  await fetch(`${test.url()}${target}`, { method: 'POST', body: '{"id":1}', headers });
}

describe('export.preview', () => {
  it('shows the newest request with its secrets masked and counted', async () => {
    await receive('/in/first');
    await receive('/in/second', { Authorization: 'Bearer CANARY-1', 'X-Api-Key': 'CANARY-2' });
    const masked = await test.host.handlers['export.preview']({ format: 'curl', query: '', includeSecrets: false });
    expect(masked.text).toContain('/in/second');
    expect(masked.text).not.toContain('CANARY');
    expect(masked).toMatchObject({ masked: 2, cut: false });
    const open = await test.host.handlers['export.preview']({ format: 'curl', query: '', includeSecrets: true });
    expect(open.text).toContain('CANARY-1');
    expect(open.masked).toBe(0);
  });

  it('follows the query and the chosen ids, and is empty where nothing is meant', async () => {
    await receive('/in/first');
    await receive('/in/second');
    const { rows } = await test.host.handlers['requests.list']({ query: '', limit: 2 });
    const first = rows[1]?.id as string;
    const common = { format: 'jsonl', query: '', includeSecrets: false } as const;
    expect((await test.host.handlers['export.preview']({ ...common, ids: [first] })).text).toContain('/in/first');
    expect((await test.host.handlers['export.preview']({ ...common, query: 'path:/in/first' })).text).toContain(
      '/in/first',
    );
    expect(await test.host.handlers['export.preview']({ ...common, query: 'method:PUT' })).toEqual({
      text: '',
      cut: false,
      masked: 0,
    });
  });

  it('cuts what is long', async () => {
    await fetch(`${test.url()}/in/long`, { method: 'POST', body: 'x'.repeat(400_000) });
    const { text, cut } = await test.host.handlers['export.preview']({
      format: 'har',
      query: '',
      includeSecrets: false,
    });
    expect(text).toHaveLength(65_536);
    expect(cut).toBe(true);
  });
});

describe('export.save', () => {
  it('writes endpoints of a Hookbench collection without secrets', async () => {
    await test.host.handlers['secrets.set']({ name: 'own', value: 'CANARY-known-secret', provider: null });
    const [endpoint] = (await test.host.handlers['state.get'](undefined)).endpoints;
    if (endpoint === undefined) throw new Error('no endpoint');
    const answer = {
      status: 200,
      headers: [
        ['Set-Cookie', 'session=CANARY-cookie'],
        ['Content-Type', 'application/json'],
      ] as [string, string][],
      body: '{"token":"CANARY-token","known":"CANARY-known-secret"}',
      delayMs: 0,
      fault: null,
      sequence: null,
      shares: [],
    };
    await test.host.handlers['endpoints.save']({
      ...endpoint,
      secretNames: ['own'],
      reply: answer,
      rules: [
        {
          id: 'r',
          name: 'r',
          active: true,
          when: [{ field: 'header', name: 'X-Api-Key', op: 'is', value: 'CANARY-rule' }],
          reply: answer,
        },
      ],
    });
    expect(await test.host.handlers['export.save']({ format: 'hookbench', query: '', includeSecrets: false })).toEqual({
      path,
      count: 0,
    });
    const text = await readFile(path, 'utf8');
    expect(text).toContain('"type":"endpoint"');
    expect(text).toContain('«redacted:');
    expect(text).not.toContain('CANARY');
    await test.host.handlers['export.save']({ format: 'hookbench', query: '', includeSecrets: true });
    expect(await readFile(path, 'utf8')).toContain('CANARY-cookie');
  });

  it('tells how far a long one is, and ends on the person’s word with nothing written', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, n) => receive(`/in/${n}`)));
    const told: Change[] = [];
    const stored = test.host.parts.history;
    // The rows take their time by the clock that the handlers are given; nothing waits.
    let now = 0;
    const clock = { now: () => 0, monotonic: () => (now += 200) };
    const handlers = createExportHandlers({
      parts: {
        history: stored,
        clock,
        secrets: { values: () => [] },
        workspace: { data: { endpoints: [] } },
      } as unknown as Parts,
      options: {
        random: systemRandom,
        desktop: { chooseSaveFile: () => Promise.resolve(path), openExternal: async () => {}, factsChanged: () => {} },
      },
      emit(change) {
        told.push(change);
        if (change.type === 'job' && change.job.state === 'running')
          void handlers['jobs.cancel']({ id: change.job.id });
      },
    });
    expect(await handlers['export.save']({ format: 'har', query: '', includeSecrets: false })).toBeNull();
    const states = told.map((change) => (change.type === 'job' ? change.job : null));
    expect(states[0]).toMatchObject({ kind: 'export', total: 8, state: 'running' });
    expect(states.at(-1)).toMatchObject({ state: 'cancelled' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves the file alone that a broken export would have replaced', async () => {
    await receive('/in/a');
    const end = new AbortController();
    end.abort();
    const { history } = test.host.parts;
    const job = { history, format: 'csv', query: '', limit: 0, now: 0, random: systemRandom, redact: null } as const;
    await streamExport({ ...job, to: path });
    const before = await readFile(path, 'utf8');
    await expect(streamExport({ ...job, to: path, signal: end.signal })).rejects.toThrow(/abort/i);
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(folder)).toHaveLength(1);
  });
});
