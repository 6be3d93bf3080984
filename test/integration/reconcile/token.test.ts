// Where the token goes: to the configured origin and nowhere else, whatever the API answers; and into no message.

import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/shared/errors.ts';
import { PullError } from '../../../src/main/reconcile/pull-error.ts';
import { pull } from '../../../src/main/reconcile/pull.ts';
import type { PullOptions } from '../../../src/main/reconcile/pull-contract.ts';
import type { PullSource } from '../../../src/main/reconcile/source.ts';
import { createSource } from '../../../src/main/reconcile/sources.ts';
import { githubGuid, githubReply, now, sinceAt } from './recorded.ts';
import { canary, createWorld, startApi } from './replay-api.ts';
import type { ReplayApi } from './replay-api.ts';

const opened: ReplayApi[] = [];
afterEach(async () => {
  for (const api of opened.splice(0)) await api.close();
});

async function open(...[reply]: Parameters<typeof startApi>): Promise<ReplayApi> {
  const api = await startApi(reply);
  opened.push(api);
  return api;
}

const github = createSource('github', { owner: 'octo-org', repo: 'hello-world', hookId: 12345678 });

function linked(url: string): PullSource {
  return createSource('generic', {
    url: `${url}/api/log`,
    itemsPath: '',
    idPath: 'id',
    timePath: 'at',
    timeUnit: 'milliseconds',
    page: { kind: 'link' },
  });
}

/** How a pull fails: its error, with everything that could be printed of it. */
async function failure(options: PullOptions): Promise<{ readonly error: Error; readonly printed: string }> {
  try {
    await pull(options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error, printed: `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}` };
  }
  throw new Error('the pull did not fail');
}

describe('the token', () => {
  it('is not taken along a redirect', async () => {
    const second = await open(() => ({ body: '[]' }));
    const api = await open(() => ({ status: 302, headers: [['Location', `${second.url}/steal`]], body: '' }));
    const world = createWorld([], sinceAt, now);
    const { error, printed } = await failure(world.options(github, api.url));
    expect(error).toMatchObject({ name: 'PullError', reason: 'redirect', status: 302 });
    expect(error.message).toContain('redirects');
    expect(printed).not.toContain('CANARY');
    expect(second.asked).toEqual([]);
    expect(api.asked).toHaveLength(1);
  });

  it('is not sent to a next page at another origin', async () => {
    const second = await open(() => ({ body: '[]' }));
    const api = await open(() => ({
      headers: [['Link', `<${second.url}/api/log?page=2>; rel="next"`]],
      body: `[{"id":"a","at":${now}}]`,
    }));
    const world = createWorld([], sinceAt, now);
    const { error, printed } = await failure(world.options(linked(api.url), api.url));
    expect(error).toMatchObject({ reason: 'origin' });
    expect(error.message).toContain('page 2 at another address');
    expect(printed).not.toContain('CANARY');
    expect(second.asked).toEqual([]);
    expect(world.recorded).toHaveLength(1);
  });

  it('is not sent to an origin that a kept cursor names', async () => {
    const second = await open(() => ({ body: '[]' }));
    const api = await open(() => ({ body: '[]' }));
    const world = createWorld([], sinceAt, now);
    const cursor = { sinceAt, page: `${second.url}/api/log`, newestAt: sinceAt, validator: null };
    const { error } = await failure(world.options(linked(api.url), api.url, { cursor }));
    expect(error).toMatchObject({ reason: 'origin' });
    expect(second.asked).toEqual([]);
  });

  it('follows a GitHub link to the configured address only, wherever it points', async () => {
    const second = await open(() => ({ body: '[]' }));
    const api = await open((request) => githubReply(request, second.url));
    const world = createWorld([1, 4].map(githubGuid), sinceAt, now);
    const summary = await pull(world.options(github, api.url));
    expect(summary).toMatchObject({ pages: 3, recorded: 4 });
    expect(second.asked).toEqual([]);
  });

  it.each([
    [401, 'refused the token (HTTP 401)'],
    [403, 'refused the token (HTTP 403)'],
  ])('is refused with %i: stops at once and names the right', async (status, text) => {
    const api = await open(() => ({ status, body: `{"message":"Bad credentials ${canary}"}` }));
    const world = createWorld([], sinceAt, now);
    const { error, printed } = await failure(world.options(github, api.url));
    expect(error).toMatchObject({ reason: 'token', status });
    expect(error.message).toContain(text);
    expect(error.message).toContain('“Webhooks: read”');
    expect(printed).not.toContain('CANARY');
    expect(api.asked).toHaveLength(1);
    expect(world.clock.waits).toEqual([]);
  });

  it('is not named when a client throws what it sent', async () => {
    const world = createWorld([], sinceAt, now);
    const http = (request: unknown): Promise<never> => Promise.reject(new Error(JSON.stringify(request)));
    const { error, printed } = await failure(world.options(github, 'https://api.example.test', { http }));
    expect(error).toMatchObject({ reason: 'unreachable' });
    expect(printed).not.toContain('CANARY');
  });

  it('is not named when nobody listens', async () => {
    const api = await startApi(() => ({}));
    await api.close();
    const world = createWorld([], sinceAt, now);
    const { error, printed } = await failure(world.options(github, api.url));
    expect(error.message).toBe("GitHub's page 1 could not be read in 4 tries: the connection was refused.");
    expect(printed).not.toContain('CANARY');
    expect(world.clock.waits).toEqual([2_000, 4_000, 8_000]);
  });

  it.each([
    'http://api.example.test',
    'http://10.0.0.1',
    'http://127.0.0.1.example.test',
    'ftp://127.0.0.1',
    'https://user:pass@api.example.test',
    'https://api.example.test/?a=b',
    'https://api.example.test/#a',
    'not an address',
  ])('goes to no such base address: %s', async (baseUrl) => {
    const world = createWorld([], sinceAt, now);
    let asked = 0;
    const http = (): Promise<never> => {
      asked += 1;
      return Promise.reject(new Error('asked'));
    };
    const { error } = await failure(world.options(github, baseUrl, { http }));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', details: { field: 'baseUrl' } });
    expect(asked).toBe(0);
  });

  it.each(['', '  ', null])('is needed (%j)', async (token) => {
    const world = createWorld([], sinceAt, now);
    const { error } = await failure(world.options(github, 'https://api.example.test', { token }));
    expect(error).toBeInstanceOf(AppError);
    expect(error.message).toContain('GitHub needs a token: a token with “Webhooks: read”');
  });

  it('with a line break inside is refused before anything is sent', async () => {
    const world = createWorld([], sinceAt, now);
    const { error, printed } = await failure(
      world.options(github, 'https://api.example.test', { token: `${canary}\r\nX-Evil: 1` }),
    );
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', details: { field: 'token' } });
    expect(printed).not.toContain('CANARY');
  });

  it('may end in a line break, as in a file', async () => {
    const api = await open(() => ({ body: '[]' }));
    const world = createWorld([], sinceAt, now);
    await pull(world.options(github, api.url, { token: `${canary}\n` }));
    expect(api.asked[0]?.headers).toContainEqual(['Authorization', `Bearer ${canary}`]);
  });
});

describe('an answer that is refused', () => {
  it('404 stops at once and says what it may mean', async () => {
    const api = await open(() => ({ status: 404, body: '{}' }));
    const world = createWorld([], sinceAt, now);
    const { error } = await failure(world.options(github, api.url));
    expect(error).toBeInstanceOf(PullError);
    expect(error.message).toContain('HTTP 404 for page 1: there is no such thing, or the token may not see it');
    expect(api.asked).toHaveLength(1);
  });

  it('a page above 10 MiB is not read to its end, nor asked for again', async () => {
    const api = await open(() => ({ body: `[${' '.repeat(11 * 1_048_576)}]` }));
    const world = createWorld([], sinceAt, now);
    const { error } = await failure(world.options(github, api.url));
    expect(error.message).toContain('larger than 10 MiB');
    expect(api.asked).toHaveLength(1);
  });
});
