// The client against a real server: limits, and ends of every kind.

import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp } from '../../../src/main/reconcile/http.ts';
import type { PullRequest } from '../../../src/main/reconcile/http.ts';
import { startApi } from './replay-api.ts';
import type { ReplayApi } from './replay-api.ts';

const http = createHttp();
let api: ReplayApi | null = null;
let mute: Server | null = null;
afterEach(async () => {
  await api?.close();
  mute?.close();
  api = null;
  mute = null;
});

function request(url: string, more?: Partial<PullRequest>): PullRequest {
  return { method: 'GET', url, headers: [['X-Test', 'yes']], maxBytes: 1_000, timeoutMs: 5_000, ...more };
}

/** A server that takes connections and never answers. */
async function startMute(): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => {}));
  mute = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('the client', () => {
  it('gives status, headers and bytes of any answer', async () => {
    api = await startApi(() => ({ status: 418, headers: [['X-Answer', 'a'], ['X-Answer', 'b']], body: 'caf\u00e9' })); // prettier-ignore
    const found = await http(request(`${api.url}/a?b=c`));
    expect(found.status).toBe(418);
    expect(found.headers.filter(([name]) => name === 'X-Answer')).toEqual([
      ['X-Answer', 'a'],
      ['X-Answer', 'b'],
    ]);
    expect(new TextDecoder().decode(found.body)).toBe('caf\u00e9');
    expect(api.asked[0]?.target).toBe('/a?b=c');
  });

  it('takes an answer of exactly the limit and refuses one byte more', async () => {
    api = await startApi(({ path }) => ({ body: 'x'.repeat(path === '/more' ? 1_001 : 1_000) }));
    expect((await http(request(api.url))).body).toHaveLength(1_000);
    await expect(http(request(`${api.url}/more`))).rejects.toMatchObject({ kind: 'too-large' });
  });

  it('tells an answer that breaks off', async () => {
    api = await startApi(() => ({ body: 'x'.repeat(500), cutAt: 100 }));
    await expect(http(request(api.url))).rejects.toMatchObject({ kind: 'cut' });
  });

  it('gives up after its time', async () => {
    await expect(http(request(await startMute(), { timeoutMs: 20 }))).rejects.toMatchObject({
      kind: 'unreachable',
      message: 'there was no whole answer within 0.02 s',
    });
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    const asked = http(request(await startMute(), { signal: controller.signal }));
    controller.abort();
    await expect(asked).rejects.toMatchObject({ kind: 'stopped' });
    await expect(http(request('http://127.0.0.1:1/', { signal: controller.signal }))).rejects.toMatchObject({
      kind: 'stopped',
    });
  });

  it('has no words for a header that cannot be written', async () => {
    const found = http(request('http://127.0.0.1:1/', { headers: [['X-Test', 'secret\r\nX-Evil: 1']] }));
    await expect(found).rejects.toMatchObject({ kind: 'unreachable', message: 'the request cannot be written' });
  });
});
