import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exportRequests } from '../../../../src/main/formats/export.ts';
import type { ExportRow } from '../../../../src/main/formats/export-row.ts';
import { harEntry } from '../../../../src/main/formats/har.ts';
import type { ReplyRecord } from '../../../../src/shared/replies.ts';
import { harValidator } from '../../../support/har-schema.ts';
import { makeRow } from './rows.ts';

const validate = harValidator();

async function har(rows: readonly ExportRow[]): Promise<{ log: { entries: Record<string, never>[] } }> {
  let text = '';
  const count = await exportRequests({
    format: 'har',
    rows,
    redact: null,
    version: '1.2.3',
    write: (chunk) => void (text += chunk),
  });
  expect(count).toBe(rows.length);
  const file = JSON.parse(text) as { log: { entries: Record<string, never>[] } };
  validate(file);
  expect(validate.errors).toBeNull();
  return file;
}

describe('HAR', () => {
  it('the schema check can fail', () => {
    expect(validate({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries: [{}] } })).toBe(false);
  });

  it('is valid for none, one and several requests', async () => {
    expect((await har([])).log).toMatchObject({
      version: '1.2',
      creator: { name: 'Hookbench', version: '1.2.3' },
      entries: [],
    });
    expect((await har([makeRow({}, '{"a":1}')])).log.entries).toHaveLength(1);
    expect((await har([makeRow(), makeRow(), makeRow()])).log.entries).toHaveLength(3);
  });

  it('holds request, reply, verdict and duplicate state', () => {
    const entry = harEntry(
      makeRow(
        { duplicate: { kind: 'retry', of: 'req_first', n: 2 }, reply: { status: 409, challenge: false, ms: 12 } },
        '{"a":1}',
      ),
    );
    expect(entry.startedDateTime).toBe('2026-01-02T03:04:05.678Z');
    expect(entry.request).toMatchObject({
      method: 'POST',
      url: 'http://127.0.0.1:4100/in/stripe?x=1',
      httpVersion: 'HTTP/1.1',
      queryString: [{ name: 'x', value: '1' }],
      postData: { mimeType: 'application/json', text: '{"a":1}' },
      headersSize: -1,
      bodySize: 7,
    });
    expect(entry.request.headers[0]).toEqual({ name: 'Host', value: '127.0.0.1:4100' });
    expect(entry.response.status).toBe(409);
    expect(entry.time).toBe(12);
    expect(entry.comment).toContain('Signature valid');
    expect(entry.comment).toContain('retry) of req_first');
  });

  it('holds what was answered, and says where that was not kept', async () => {
    const reply: ReplyRecord = {
      ...{ status: 302, by: 'rule', why: 'The rule "Moved" answered.', delayMs: 0, fault: null },
      headers: [
        ['Content-Type', 'text/plain'],
        ['Location', '/elsewhere'],
      ],
      body: Buffer.from('moved'),
      size: 5,
    };
    const row = { ...makeRow({ reply: { status: 302, challenge: false, ms: 4 } }), reply };
    expect(harEntry(row).response).toMatchObject({
      status: 302,
      headers: [
        { name: 'Content-Type', value: 'text/plain' },
        { name: 'Location', value: '/elsewhere' },
      ],
      content: { size: 5, mimeType: 'text/plain', text: 'moved' },
      redirectURL: '/elsewhere',
      bodySize: 5,
      _why: 'The rule "Moved" answered.',
    });
    const bytes = { ...row, reply: { ...reply, body: new Uint8Array([0xff, 0x00]), size: 100_000 } };
    expect(harEntry(bytes).response.content).toEqual({
      size: 100_000,
      mimeType: 'text/plain',
      text: '/wA=',
      encoding: 'base64',
      comment: 'Only the first 64 KiB were kept.',
    });
    const none = { ...row, reply: null };
    expect(harEntry(none).response.content).toHaveProperty('comment', 'The reply was not kept.');
    await har([row, bytes, none]);
  });

  it('writes bytes that are not UTF-8 as base64 and says so', async () => {
    const row = makeRow({}, new Uint8Array([0xff, 0x00, 0x80]));
    expect(harEntry(row).request).toMatchObject({ postData: { text: '/wCA', _encoding: 'base64' } });
    await har([row]);
  });

  it('leaves postData out for an empty body', () => {
    expect(harEntry(makeRow()).request).not.toHaveProperty('postData');
  });

  it.each(['*', '/%', '/a b', 'http://[', 'javascript:alert(1)', '/\u00e9', 'x.example:443', '//', ''])(
    'is valid for the target %j and keeps it',
    async (target) => {
      const file = await har([makeRow({ target })]);
      expect(file.log.entries[0]).toMatchObject({ request: { _target: target } });
    },
  );

  it.each(['', 'evil host', '"><script>', 'a/b', 'user:pw@host'])('is valid for the Host %j', async (host) => {
    const file = await har([makeRow({ headers: [['Host', host]] })]);
    expect(file.log.entries[0]).toMatchObject({ request: { url: 'http://127.0.0.1/in/stripe?x=1' } });
  });

  it('is valid for every hostile payload, and the bytes can be had back', async () => {
    const folder = new URL('../../../fixtures/hostile/', import.meta.url);
    const index = JSON.parse(readFileSync(new URL('payload-index.json', folder), 'utf8')) as { file: string }[];
    expect(index.length).toBeGreaterThan(50);
    const bodies = index.map(({ file }) => readFileSync(new URL(`payload/${file}`, folder)));
    const file = await har(bodies.map((body) => makeRow({}, body)));
    const back = file.log.entries.map((entry) => {
      const { postData } = (entry['request'] ?? {}) as { postData?: { text: string; _encoding?: 'base64' } };
      return Buffer.from(postData?.text ?? '', postData?._encoding ?? 'utf8').toString('hex');
    });
    expect(back).toEqual(bodies.map((body) => body.toString('hex')));
  });
});
