import * as v from 'valibot';
import { expect, test } from 'vitest';
import { countEntries, decodeEnvelope, encodeEnvelope, salvage } from '../../../../src/main/store/envelope.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const payload = { name: 'Grüße \u{1f422} \ud800', list: [1, -0, 1e21, { '2': 'b', '1': 'a' }], empty: null };
const text = encodeEnvelope(3, payload);

test('what is encoded is decoded', () => {
  expect(decodeEnvelope(bytes(text), 3)).toEqual({ status: 'ok', payload: JSON.parse(JSON.stringify(payload)) });
});

test('white space does not matter', () => {
  const pretty = JSON.stringify(JSON.parse(text), null, 2);
  expect(decodeEnvelope(bytes(pretty), 3).status).toBe('ok');
});

test('an older version is taken, a newer one told apart', () => {
  expect(decodeEnvelope(bytes(text), 4).status).toBe('ok');
  expect(decodeEnvelope(bytes(text), 2)).toMatchObject({ status: 'newer', version: 3 });
  expect(decodeEnvelope(bytes('{"version":999,"items":[]}'), 1)).toMatchObject({ status: 'newer', version: 999 });
});

test('every changed character of the payload or the checksum is noticed', () => {
  const start = text.indexOf('"sha256"');
  for (let at = start; at < text.length - 1; at += 1) {
    const other = text[at] === 'x' ? 'y' : 'x';
    const changed = text.slice(0, at) + other + text.slice(at + 1);
    expect(decodeEnvelope(bytes(changed), 3).status, `character ${at}`).toBe('broken');
  }
});

test('every cut is noticed', () => {
  for (let length = 0; length < text.length - 1; length += 1) {
    expect(decodeEnvelope(bytes(text.slice(0, length)), 3).status).toBe('broken');
  }
});

test.each([
  ['', 'it is empty'],
  ['\0\0\0', 'it holds only zero bytes'],
  ['null', 'it holds no object'],
  ['[1]', 'it holds no object'],
  ['{}', 'it has no version number'],
  ['{"version":"1"}', 'it has no version number'],
  ['{"version":1,"items":[]}', 'it has no checksum'],
  [`${text}{}`, 'it is not JSON'],
])('%j is broken: %s', (content, reason) => {
  expect(decodeEnvelope(bytes(content), 3)).toMatchObject({ status: 'broken', reason });
});

test('bytes that are not UTF-8 are broken', () => {
  expect(decodeEnvelope(Uint8Array.of(0x7b, 0xff, 0x7d), 1)).toMatchObject({
    status: 'broken',
    reason: 'it is not JSON',
  });
});

test('nesting that overflows the stack is broken, not a crash', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  expect(decodeEnvelope(bytes(`{"version":1,"sha256":"x","payload":${deep}}`), 1).status).toBe('broken');
});

test.each(['"__proto__"', String.raw`"\u005f_proto__"`, String.raw`"__pr\u006fto__"`])('a %s key is dropped', (key) => {
  const decoded = decodeEnvelope(bytes(`{"version":9,"payload":{${key}:{"evil":1},"good":2}}`), 1);
  expect(decoded).toMatchObject({ status: 'newer', payload: { good: 2 } });
  expect(Object.getOwnPropertyNames((decoded as { payload: object }).payload)).toEqual(['good']);
});

test('entries are counted', () => {
  expect(countEntries({ a: [1, 2], b: { c: [3] }, d: 'x' })).toBe(3);
  expect(countEntries(null)).toBe(0);
});

test('good entries are salvaged from among bad ones', () => {
  const schema = v.object({ items: v.array(v.object({ id: v.string() })), limit: v.number() });
  const defaults = { items: [], limit: 5 };
  const broken = { items: [{ id: 'a' }, null, { id: 7 }, { id: 'b' }], limit: 'many' };
  expect(salvage(broken, schema, defaults)).toEqual({
    data: { items: [{ id: 'a' }, { id: 'b' }], limit: 5 },
    dropped: 3,
  });
  expect(salvage({ items: [null] }, schema, defaults)).toBeNull();
  expect(salvage([1], schema, defaults)).toBeNull();
});
