import { expect, it } from 'vitest';
import { acceleratorOf } from '../../../../src/main/electron/accelerator.ts';

it('shows keys in the words of the menus, on a Mac only those with Command', () => {
  expect(acceleratorOf(['g i', 'mod+1'], false)).toBe('CommandOrControl+1');
  expect(acceleratorOf(['mod+K'], true)).toBe('CommandOrControl+K');
  expect(acceleratorOf(['r'], false)).toBe('r');
  expect(acceleratorOf(['r'], true)).toBeNull();
  expect(acceleratorOf(['?'], false)).toBeNull();
  expect(acceleratorOf([], false)).toBeNull();
});
