// The same key never runs twice at once.

import { expect, it } from 'vitest';
import { createInFlight } from '../../../../src/main/sender/in-flight.ts';

interface Step {
  readonly before: string | undefined;
  end(value: string): void;
  fail(): void;
}

function start() {
  const inFlight = createInFlight();
  const steps: Step[] = [];
  const run = (key: string | null): Promise<string> =>
    inFlight.once<string>(
      key,
      (before) =>
        new Promise((resolve, reject) => {
          steps.push({ before, end: resolve, fail: () => reject(new Error('no')) });
        }),
    );
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { steps, run, settle };
}

it('a second one waits for the end of the first, and is told how it ended', async () => {
  const { steps, run, settle } = start();
  const first = run('a');
  const second = run('a');
  const third = run('a');
  await settle();
  expect(steps).toHaveLength(1);
  steps[0]?.end('one');
  expect(await first).toBe('one');
  await settle();
  expect(steps.map(({ before }) => before)).toEqual([undefined, 'one']);
  steps[1]?.end('two');
  expect(await second).toBe('two');
  await settle();
  expect(steps[2]?.before).toBe('two');
  steps[2]?.end('three');
  expect(await third).toBe('three');
});

it('one that fails is no end to go by, and holds up nobody', async () => {
  const { steps, run, settle } = start();
  const first = run('a');
  const second = run('a');
  steps[0]?.fail();
  await expect(first).rejects.toThrow('no');
  await settle();
  expect(steps[1]?.before).toBeUndefined();
  steps[1]?.end('two');
  expect(await second).toBe('two');
});

it('other keys, no key, and what has ended are not waited for', async () => {
  const { steps, run, settle } = start();
  const runs = [run('a'), run('b'), run(null), run(null)];
  expect(steps).toHaveLength(4);
  for (const step of steps) step.end('x');
  await Promise.all(runs);
  await settle();
  const again = run('a');
  expect(steps[4]?.before).toBeUndefined();
  steps[4]?.end('y');
  expect(await again).toBe('y');
});
