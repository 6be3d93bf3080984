import { describe, expect, it } from 'vitest';
import { decodeBodyText } from '../../../../src/renderer/lib/body-text.ts';
import { colouredIf, hasLongLine, inspectBody } from '../../../../src/renderer/lib/body-view.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const kind = (text: string, type?: string): string => inspectBody(bytes(text), type, true).kind;

describe('inspectBody', () => {
  it.each([
    ['{"a":1}', 'text/plain', 'json'],
    ['3', 'application/json', 'json'],
    ['{"a":]', 'application/vnd.api+json; charset=utf-8', 'json'],
    ['[draft] hello', 'text/plain', 'text'],
    ['{{mustache}}', undefined, 'text'],
    ['[1,2', undefined, 'json'],
    ['<a><b/></a>', undefined, 'xml'],
    ['<?xml version="1.0"?><a/>', 'application/soap+xml', 'xml'],
    ['<svg onload="x"/>', 'image/svg+xml', 'xml'],
    ['<p>x', 'text/html; charset=utf-8', 'html'],
    ['<!DOCTYPE html><p>', undefined, 'html'],
    ['a=1&b=2', 'application/x-www-form-urlencoded', 'form'],
    ['--x\r\n\r\na\r\n--x--', 'multipart/form-data; boundary=x', 'multipart'],
    ['--x\r\n\r\na\r\n--x--', undefined, 'multipart'],
    ['', undefined, 'text'],
  ] as const)('takes %j of type %s for %s', (text, type, expected) => {
    expect(kind(text, type)).toBe(expected);
  });

  it('offers the best view first and text only where there is text', () => {
    expect(inspectBody(bytes('{}'), undefined, true).views).toEqual(['tree', 'text', 'hex']);
    expect(inspectBody(new Uint8Array([0, 255, 3, 4]), 'application/json', true).views).toEqual(['hex']);
    const upload = new Uint8Array([...bytes('--x\r\n\r\n'), 0xff, 0xfe, 0, ...bytes('\r\n--x--')]);
    expect(inspectBody(upload, 'multipart/form-data; boundary=x', true).views).toEqual(['parts', 'hex']);
  });

  it('takes bytes that are no text for binary', () => {
    expect(inspectBody(new Uint8Array(100), undefined, true)).toMatchObject({ kind: 'binary', text: null });
  });

  it('never takes SVG for an image', () => {
    expect(inspectBody(bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml', true).image).toBeNull();
  });
});

describe('decodeBodyText', () => {
  it('reads the charset that is named, and UTF-16 by its mark', () => {
    expect(decodeBodyText(new Uint8Array([0x67, 0x72, 0xfc, 0xdf]), 'text/plain; charset=ISO-8859-1', true)).toBe(
      'grüß',
    );
    expect(decodeBodyText(new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), 'application/json', true)).toBe('{}');
    expect(decodeBodyText(new Uint8Array([0xfc]), 'text/plain', true)).toBeNull();
    expect(decodeBodyText(new Uint8Array([0xfc]), 'text/plain; charset=no-such', true)).toBeNull();
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

describe('hasLongLine', () => {
  it('looks at every line', () => {
    expect(hasLongLine('short\n'.repeat(10_000))).toBe(false);
    expect(hasLongLine(`a\n${'x'.repeat(20_001)}\nb`)).toBe(true);
  });
});
