// What is written is read by the programs that own the formats: Postman's and Bruno's libraries, the validator of
// OpenAPI documents, a strict reader of CSV.

import { Validator } from '@seriousme/openapi-schema-validator';
import { openCollectionToBruno } from '@usebruno/converters';
import { collectionSchema } from '@usebruno/schema';
import { parse } from 'csv-parse/sync';
import postman from 'postman-collection';
import { describe, expect, it } from 'vitest';
import { exportRequests } from '../../../../src/main/formats/export.ts';
import { urlTextOf } from '../../../../src/main/formats/export-row.ts';
import type { ExportFormat } from '../../../../src/main/formats/export.ts';
import { oddRows } from '../../../support/odd-requests.ts';

const rows = oddRows(300);

async function written(format: ExportFormat): Promise<string> {
  let text = '';
  await exportRequests({ format, rows, redact: null, version: '1', write: (chunk) => void (text += chunk) });
  return text;
}

/** Bodies as a format of text carries them. */
function carried(body: Uint8Array): string {
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
  return Buffer.from(decoded).equals(body) ? decoded : Buffer.from(body).toString('base64');
}

describe('exports in the hands of other tools', () => {
  it('Postman reads its collection with every request, header and body', async () => {
    const collection = new postman.Collection(JSON.parse(await written('postman')) as postman.CollectionDefinition);
    const items = collection.items.all() as postman.Item[];
    expect(items).toHaveLength(rows.length);
    for (const [n, item] of items.entries()) {
      const { request, body } = rows[n] as (typeof rows)[number];
      expect(item.request.method).toBe(request.method);
      expect(item.request.body?.raw ?? '').toBe(carried(body));
      const fields = item.request.headers.all().map(({ key, value }) => [key, value]);
      expect(fields).toEqual(request.headers.map(([name, value]) => [name, value]));
    }
  });

  it('Bruno takes the collection and its own schema accepts what comes out', async () => {
    const collection = openCollectionToBruno(JSON.parse(await written('opencollection')));
    expect(collection.items).toHaveLength(rows.length);
    for (const [n, item] of collection.items.entries()) {
      const { request, body } = rows[n] as (typeof rows)[number];
      expect(item.request.method).toBe(request.method);
      expect(item.request.url).toBe(urlTextOf(request));
      const { mode } = item.request.body;
      expect(mode === 'none' ? '' : item.request.body[mode]).toBe(carried(body));
    }
    await expect(collectionSchema.validate(collection)).resolves.toBeTruthy();
  });

  it('the OpenAPI document is valid and names every kind of event', async () => {
    const document = JSON.parse(await written('openapi'));
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(Object.keys(document.webhooks)).toEqual(expect.arrayContaining(['stripe.invoice.paid', 'github.push']));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('CSV has one row a request, all quoted, and no cell that runs', async () => {
    const text = await written('csv');
    const table = parse(text, { relaxQuotes: false, recordDelimiter: '\r\n' });
    expect(table).toHaveLength(rows.length + 1);
    const live = table.flat().filter((cell) => /^[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/.test(cell));
    expect(live).toEqual([]);
    expect(/(^|,)[^",\r\n]/.test(text.replace(/"(?:[^"]|"")*"/g, '""'))).toBe(false);
  });

  it('the Hookbench collection holds every byte and proves itself', async () => {
    const text = await written('hookbench');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'hookbench', version: 1 });
    const requests = lines.filter(({ type }) => type === 'request');
    for (const [n, line] of requests.entries()) {
      const { request, body } = rows[n] as (typeof rows)[number];
      expect(Buffer.from(line.bodyBase64, 'base64').equals(body)).toBe(true);
      expect(line.headers).toEqual(request.headers);
      expect(line.target).toBe(request.target);
    }
    const before = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1);
    const { createHash } = await import('node:crypto');
    expect(lines.at(-1)).toEqual({
      type: 'end',
      requests: rows.length,
      sha256: createHash('sha256').update(before).digest('hex'),
    });
  });

  it('an HTTP file holds each body as it is, or as base64 that gives it back', async () => {
    const blocks = (await written('http')).split(/^### .*\n/m).slice(1);
    expect(blocks).toHaveLength(rows.length);
    for (const [n, block] of blocks.entries()) {
      const { body } = rows[n] as (typeof rows)[number];
      const coded = [...block.matchAll(/^# base64: (.*)$/gm)].map(([, piece]) => piece).join('');
      const plain = block.slice(block.indexOf('\n\n') + 2).replace(/\n+$/, '');
      const held = coded === '' ? Buffer.from(block.includes('\n\n') ? plain : '') : Buffer.from(coded, 'base64');
      expect(held.equals(body), `request ${n}`).toBe(true);
    }
  });
});
