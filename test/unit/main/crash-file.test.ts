// What a crash file says: enough to find the bug, nothing of what was received.

import { expect, it } from 'vitest';
import { describeCrash } from '../../../src/main/crash-file.ts';

it('keeps kind, words and frames, and masks what looks like a secret', () => {
  const error = new TypeError(
    'cannot use whsec_test_example_not_real_0000 of https://user:pass@example.test/?token=abc',
  );
  const [head = '', ...frames] = describeCrash(error).split('\n');
  expect(head).toBe('TypeError: cannot use «redacted» of https://«redacted»@example.test/?token=«redacted»');
  expect(frames.length).toBeGreaterThan(0);
  for (const frame of frames) expect(frame).toMatch(/^ +at /);
});

it('keeps no piece of what could not be parsed', () => {
  let text = '';
  try {
    JSON.parse('"password-not-real" x');
  } catch (error) {
    text = describeCrash(error);
  }
  expect(text).toContain('SyntaxError');
  expect(text).not.toContain('not-real');
});

it('cuts long words, also those that look like frames', () => {
  const lines = Array.from({ length: 100 }, (_, n) => `    at line ${n} of a body`).join('\n');
  const text = describeCrash(new Error(`refused\n${lines}`));
  expect(text).not.toContain('at line 99');
  expect(text).toContain('crash-file.test.ts');
});

it('says of anything else only its type', () => {
  expect(describeCrash('whsec_test_example_not_real_0000')).toBe('A thrown string');
});
