import { describe, expect, it } from 'vitest';
import { parseWindowState } from '../../../../src/main/electron/window-state.ts';

const screens = [
  { x: 0, y: 0, width: 1920, height: 1080 },
  { x: -1280, y: 0, width: 1280, height: 1024 },
];
const state = { x: 100, y: 50, width: 1400, height: 900, maximized: false };
const parse = (value: unknown) => parseWindowState(typeof value === 'string' ? value : JSON.stringify(value), screens);
const standard = { width: 1280, height: 800, maximized: false };

describe('window state', () => {
  it('keeps a place that can be seen, on any screen', () => {
    expect(parse(state)).toEqual(state);
    expect(parse({ ...state, x: -1200 })).toEqual({ ...state, x: -1200 });
    expect(parse({ ...state, x: 1800, y: 900 })).toEqual({ ...state, x: 1800, y: 900 });
  });

  it.each([{ x: 1900 }, { x: -1280 - 1390 }, { y: -20 }, { y: 1070 }, { x: 5_000 }, { y: 50_000 }])(
    'opens in the default place when the title bar would be out of reach: %j',
    (change) => {
      expect(parse({ ...state, ...change, maximized: true })).toEqual({ ...standard, maximized: true });
    },
  );

  it.each([
    '',
    'null',
    '[]',
    '{',
    '"x"',
    '{"__proto__":{"x":1}}',
    { ...state, x: '1' },
    { ...state, width: 10 },
    { ...state, height: 1e9 },
    { ...state, x: 0.5 },
    { x: 1, y: 1 },
  ])('falls back on the default for %j', (text) => expect(parse(text)).toEqual(standard));

  it('makes a window from a larger screen fit the largest that is there', () => {
    expect(parse({ ...state, width: 3_800, height: 2_100 })).toEqual({ ...state, width: 1920, height: 1080 });
  });

  it('falls back when no screen is known', () => expect(parseWindowState(JSON.stringify(state), [])).toEqual(standard));
});
