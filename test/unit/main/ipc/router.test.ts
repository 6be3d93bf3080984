import { describe, expect, it } from 'vitest';
import type { CommandHandlers } from '../../../../src/shared/contract.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import { createRouter } from '../../../../src/main/ipc/router.ts';

function setUp(handlers: Partial<Record<string, (input: never) => unknown>>, trusted = true) {
  const log: string[] = [];
  let ids = 0;
  const router = createRouter<string>({
    handlers: handlers as unknown as CommandHandlers,
    isTrusted: (sender) => trusted && sender === 'window',
    currentBatch: () => 7,
    makeId: () => `bug_${++ids}`,
    logger: { info() {}, warn() {}, error: (message, error) => log.push(`${message}: ${String(error)}`) },
  });
  return { router, log };
}

describe('router', () => {
  it('passes validated input with defaults filled in', async () => {
    const { router } = setUp({ 'requests.list': (input) => ({ rows: [input], more: false }) });
    const result = await router.route('window', 'requests.list', { limit: 5, unknown: 'dropped' });
    expect(result).toEqual({ ok: true, value: { rows: [{ query: '', limit: 5 }], more: false } });
  });

  it.each([
    'no.such',
    '',
    'toString',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    7,
    null,
    undefined,
    {},
    ['state.get'],
  ])('refuses the unknown command %j', async (name) => {
    const { router } = setUp({});
    expect(await router.route('window', name, undefined)).toMatchObject({
      ok: false,
      error: { code: 'IPC_UNKNOWN_COMMAND' },
    });
  });

  it('names the field of bad input and does not call the handler', async () => {
    let called = false;
    const { router } = setUp({ 'requests.list': () => (called = true) });
    const result = await router.route('window', 'requests.list', { limit: 0 });
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'IPC_INVALID_INPUT', details: { field: 'limit' }, message: expect.stringContaining('limit') },
    });
    expect(called).toBe(false);
  });

  it('names a field inside a list', async () => {
    const { router } = setUp({});
    const target = {
      id: 't',
      name: 'T',
      url: 'http://x/',
      provider: 'generic',
      secretName: null,
      events: ['*'],
      headers: [
        ['A', 'b'],
        ['C', 1],
      ],
      schedule: 'quick',
      state: 'active',
    };
    expect(await router.route('window', 'targets.save', target)).toMatchObject({
      error: { details: { field: 'headers.1.1' } },
    });
  });

  it('says "input" when the whole input is wrong', async () => {
    const { router } = setUp({});
    expect(await router.route('window', 'state.get', 'x')).toMatchObject({
      error: { code: 'IPC_INVALID_INPUT', details: { field: 'input' } },
    });
    expect(await router.route('window', 'requests.get', undefined)).toMatchObject({
      error: { code: 'IPC_INVALID_INPUT' },
    });
  });

  it('never repeats more than a little of bad input', async () => {
    const { router } = setUp({});
    const result = await router.route('window', 'settings.save', { theme: 'x'.repeat(100_000) });
    expect(JSON.stringify(result).length).toBeLessThan(1_000);
  });

  it('asks who calls before anything else', async () => {
    const { router } = setUp({ 'refused.list': () => [] }, false);
    expect(await router.route('window', 'refused.list', undefined)).toMatchObject({
      error: { code: 'IPC_UNTRUSTED_SENDER' },
    });
    expect(await router.route('window', 'no.such', undefined)).toMatchObject({
      error: { code: 'IPC_UNTRUSTED_SENDER' },
    });
  });

  it('turns operational errors into values with hint and details', async () => {
    const { router, log } = setUp({
      'requests.get': () => {
        throw new AppError('STORE_NOT_FOUND', 'There is no request req_1.', { id: 'req_1' });
      },
    });
    const result = await router.route('window', 'requests.get', { id: 'req_1' });
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'STORE_NOT_FOUND', message: 'There is no request req_1.', details: { id: 'req_1' } },
    });
    expect(JSON.stringify(result)).toMatch(/"hint":"[^"]/);
    expect(log).toEqual([]);
  });

  it.each([
    [
      'thrown',
      () => {
        throw new TypeError('inner detail');
      },
    ],
    ['rejected', () => Promise.reject(new TypeError('inner detail'))],
  ])('catches a bug that is %s, logs it under an id and tells the id only', async (_, handler) => {
    const { router, log } = setUp({ 'refused.list': handler });
    const result = await router.route('window', 'refused.list', undefined);
    expect(result).toMatchObject({ ok: false, error: { code: 'BUG', details: { id: 'bug_1' } } });
    expect(JSON.stringify(result)).not.toContain('inner detail');
    expect(log).toHaveLength(1);
    expect(log[0]).toContain('bug_1');
    expect(log[0]).toContain('inner detail');
  });

  it('fills the batch number into the snapshot', async () => {
    const { router } = setUp({ 'state.get': () => ({ batch: 0, version: '1' }) });
    expect(await router.route('window', 'state.get', undefined)).toMatchObject({
      ok: true,
      value: { batch: 7, version: '1' },
    });
  });
});
