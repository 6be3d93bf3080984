import { describe, expect, it } from 'vitest';
import { fillVariables, makeUuid, makeVariables } from '../../../../src/main/sender/variables.ts';

const random = (size: number) => Uint8Array.from({ length: size }, (_, i) => 255 - i);
const values = makeVariables(Date.UTC(2026, 0, 2, 3, 4, 5, 678), random);
const fill = (text: string) => new TextDecoder().decode(fillVariables(new TextEncoder().encode(text), values));

describe('fillVariables', () => {
  it('fills every place of a name with one value', () => {
    expect(values).toEqual({
      uuid: 'fffefdfc-fbfa-49f8-b7f6-f5f4f3f2f1f0',
      now: '2026-01-02T03:04:05.678Z',
      unix: '1767323045',
      unixMs: '1767323045678',
    });
    expect(fill('{"id":"{{uuid}}","again":"{{uuid}}","at":"{{now}}","t":{{unix}}}')).toBe(
      `{"id":"${values.uuid}","again":"${values.uuid}","at":"${values.now}","t":${values.unix}}`,
    );
  });

  it('leaves everything else as it is', () => {
    const text = '{{unknown}} {{ uuid }} {{UUID}} {uuid} {{constructor}} {{{unix}}} €ü😀';
    expect(fill(text)).toBe(text.replace('{{unix}}', values.unix));
  });

  it('does not touch bytes that are not UTF-8', () => {
    const body = Uint8Array.from([0xff, ...new TextEncoder().encode('{{uuid}}')]);
    expect(fillVariables(body, values)).toBe(body);
  });

  it('a filled value is not filled again', () => {
    const odd = { ...values, uuid: '{{unix}}' };
    expect(new TextDecoder().decode(fillVariables(new TextEncoder().encode('{{uuid}}'), odd))).toBe('{{unix}}');
  });

  it('works on a view into a larger buffer', () => {
    const whole = new TextEncoder().encode('xx{{unix}}yy');
    expect(new TextDecoder().decode(fillVariables(whole.subarray(2, 10), values))).toBe(values.unix);
  });
});

describe('makeUuid', () => {
  it('has version 4 and the right variant', () => {
    for (let byte = 0; byte < 256; byte += 1) {
      expect(makeUuid((size) => new Uint8Array(size).fill(byte))).toMatch(
        /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      );
    }
  });
});
