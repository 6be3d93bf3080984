import { describe, expect, it } from 'vitest';
import { colouredIf, viewBody } from '../../../../src/renderer/lib/body-view.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('viewBody', () => {
  it('lays JSON out, whatever the content type says', () => {
    expect(viewBody(bytes('{"a":1}'), 'text/plain', true)).toMatchObject({ pretty: '{\n  "a": 1\n}', syntax: 'json' });
    expect(viewBody(bytes('3'), 'application/json', true).pretty).toBe('3');
  });

  it('says where JSON is broken, and only where JSON was promised', () => {
    expect(viewBody(bytes('{"a":]'), 'application/json', true).note).toBe('Not valid JSON from character 6 on.');
    expect(viewBody(bytes('[draft] hello'), 'text/plain', true)).toMatchObject({ pretty: null, note: null });
  });

  it('shows the head of a longer JSON body', () => {
    expect(viewBody(bytes('[1,2,{"a":"unfin'), 'application/json', false).pretty).toContain('"a": "unfin');
  });

  it('takes bytes that are no text for binary', () => {
    expect(viewBody(new Uint8Array([0, 255, 3, 4]), 'application/json', true).text).toBeNull();
    expect(viewBody(new Uint8Array(100), undefined, true).text).toBeNull();
  });

  it('decodes form fields and survives broken escapes', () => {
    const view = viewBody(
      bytes('a=1&b=two+words&c=%E2%82%AC&d=%zz&e&f=x=y'),
      'application/x-www-form-urlencoded',
      true,
    );
    expect(view.fields).toEqual([
      ['a', '1'],
      ['b', 'two words'],
      ['c', '€'],
      ['d', '%zz'],
      ['e', ''],
      ['f', 'x=y'],
    ]);
  });

  it('offers no more than 1,000 form fields', () => {
    const view = viewBody(bytes('a=1&'.repeat(5_000)), 'application/x-www-form-urlencoded', true);
    expect(view.fields).toHaveLength(1_000);
  });

  it('knows XML and HTML', () => {
    expect(viewBody(bytes('<a><b/></a>'), 'application/xml', true).syntax).toBe('xml');
    expect(viewBody(bytes('<p>x'), 'text/html; charset=utf-8', true).syntax).toBe('html');
  });
});

describe('colouredIf', () => {
  it('does not hand deep or huge text to a recursive parser', () => {
    expect(colouredIf('['.repeat(100_000), 'json')).toBe('plain');
    expect(colouredIf('<a>'.repeat(100_000), 'xml')).toBe('plain');
    expect(colouredIf('x'.repeat(2_000_001), 'html')).toBe('plain');
    expect(colouredIf('<a></a>'.repeat(1_000), 'xml')).toBe('xml');
  });
});
