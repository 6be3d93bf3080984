// What could never work is refused when an endpoint is saved, with the field that holds it.

import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { Forward } from '../../../src/shared/forwards.ts';
import { defaultEndpoint } from '../../../src/shared/workspace.ts';
import type { Endpoint } from '../../../src/shared/workspace.ts';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';

let tested: TestHost;
beforeEach(async () => {
  tested = await startTestHost();
});
afterEach(() => tested.stop());

const forward = (change: Partial<Forward>): Forward => ({
  ...{ id: 'app', url: 'http://localhost:3000/', mode: 'copy', active: true, appendPath: false, events: ['*'] },
  ...{ verdicts: [], duplicates: [], keepHost: false, timeoutMs: 5_000, schedule: 'quick' },
  ...change,
});
const own = { id: 'own', name: 'Own', path: '/in/own' };

async function refusal(change: Partial<Endpoint>): Promise<{ readonly field: unknown; readonly message: string }> {
  const save = async () => tested.host.handlers['endpoints.save']({ ...defaultEndpoint, ...own, ...change });
  const error = await save().then(
    () => null,
    (thrown: unknown) => thrown as { message: string; details?: Record<string, unknown> },
  );
  expect(tested.host.parts.workspace.data.endpoints).toEqual([]);
  return { field: error?.details?.['field'], message: error?.message ?? 'it was saved' };
}

describe('headers that HTTP cannot carry', () => {
  const { reply } = defaultEndpoint;
  const bad = { ...reply, headers: [['X-Good', 'yes'], ['Bad Name', 'x']] as const }; // prettier-ignore
  it.each<readonly [string, Partial<Endpoint>]>([
    ['reply.headers.1', { reply: bad }],
    ['reply.headers.0', { reply: { ...reply, headers: [['X-A', 'a\u0001b']] } }],
    ['reply.headers.0', { reply: { ...reply, headers: [['X-A', '\u2603']] } }],
    ['reply.sequence.answers.1.headers.1', { reply: { ...reply, sequence: { answers: [reply, bad], per: 'endpoint', atEnd: 'stay' } } }], // prettier-ignore
    ['reply.shares.0.answer.headers.1', { reply: { ...reply, shares: [{ percent: 20, answer: bad }] } }],
    ['rules.0.reply.headers.1', { rules: [{ id: 'r', name: '', active: true, when: [], reply: bad }] }],
  ])('are refused in %s', async (field, change) => {
    expect(await refusal(change)).toMatchObject({ field, message: expect.stringMatching(/^Header "/) });
  });
});

describe('forwards that could never work', () => {
  it.each<readonly [string, string, readonly Forward[]]>([
    ['forwards.0.url', 'password', [forward({ url: 'http://u:p@localhost:3/' })]],
    ['forwards.1.url', 'link-local', [forward({}), forward({ id: 'b', url: 'http://169.254.169.254/' })]],
    ['forwards.0.schedule', '"nope" is not a known retry schedule', [forward({ schedule: 'nope' })]],
    ['forwards.1.id', 'have the id "app"', [forward({}), forward({ url: 'http://localhost:4000/' })]],
  ])('are refused in %s: %s', async (field, words, forwards) => {
    const { field: told, message } = await refusal({ forwards: [...forwards] });
    expect([told, message]).toEqual([field, expect.stringContaining(words)]);
  });
});

test('a schedule that a forward uses cannot be removed', async () => {
  const { handlers } = tested.host;
  await handlers['schedules.save']({ id: 'own-slow', name: 'Slow', waitsMs: [1_000], deadlineMs: null });
  const using = { ...defaultEndpoint, ...own, forwards: [forward({ schedule: 'own-slow' })] };
  await handlers['endpoints.save'](using);
  await expect(handlers['schedules.remove']({ id: 'own-slow' })).rejects.toThrow('"Own" uses this schedule');
  expect(tested.host.parts.workspace.data.schedules).toHaveLength(1);
  await handlers['endpoints.save']({ ...using, forwards: [forward({})] });
  await handlers['schedules.remove']({ id: 'own-slow' });
  expect(tested.host.parts.workspace.data.schedules).toEqual([]);
});
