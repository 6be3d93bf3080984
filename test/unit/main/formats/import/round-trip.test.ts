// What a format carries comes back: written by the export, read by the import, written again.

import { describe, expect, it } from 'vitest';
import { exportRequests } from '../../../../../src/main/formats/export.ts';
import type { ExportFormat } from '../../../../../src/main/formats/export.ts';
import { framingFields } from '../../../../../src/main/formats/export-row.ts';
import type { ExportRow } from '../../../../../src/main/formats/export-row.ts';
import type { ImportedRequest } from '../../../../../src/main/formats/import/plan.ts';
import { readCollection } from '../../../../../src/main/formats/import/read-collection.ts';
import { oddRows } from '../../../../support/odd-requests.ts';

/** A target with a blank cannot stand on a request line, so no file brings one back. */
const rows = oddRows(300, 7).filter(({ request }) => !/[\s\0-\x1f]/.test(request.target));

async function written(format: ExportFormat, of: readonly ExportRow[] = rows): Promise<string> {
  let text = '';
  await exportRequests({ format, rows: of, redact: null, version: '1', write: (chunk) => void (text += chunk) });
  return text;
}

function read(text: string): readonly ImportedRequest[] {
  return readCollection(new TextEncoder().encode(text)).requests;
}

/** The row that the import would store. */
function rowOf(imported: ImportedRequest, like: ExportRow): ExportRow {
  const { method, target, headers, trailers, httpVersion, body } = imported;
  return { ...like, request: { ...like.request, method, target, headers, trailers, httpVersion }, body };
}

describe.each<ExportFormat>(['hookbench', 'jsonl', 'har', 'postman'])('%s', (format) => {
  it('brings back method, target, every header and every byte, and writes the same file again', async () => {
    const text = await written(format);
    const found = read(text);
    expect(found).toHaveLength(rows.length);
    for (const [n, one] of found.entries()) {
      const { request, body } = rows[n] as ExportRow;
      expect({ method: one.method, target: one.target }, `request ${n}`).toEqual({
        method: request.method,
        target: request.target,
      });
      expect(one.headers).toEqual(request.headers);
      expect(Buffer.from(one.body).equals(body), `body of request ${n}`).toBe(true);
    }
    const again = await written(
      format,
      found.map((one, n) => rowOf(one, rows[n] as ExportRow)),
    );
    expect(again).toBe(text);
  });
});

describe.each<ExportFormat>(['curl', 'http', 'opencollection'])('%s', (format) => {
  it('brings back method, bytes and the headers that a client is told to send', async () => {
    const found = read(await written(format));
    expect(found).toHaveLength(rows.length);
    for (const [n, one] of found.entries()) {
      const { request, body } = rows[n] as ExportRow;
      expect(one.method).toBe(request.method);
      expect(Buffer.from(one.body).equals(body), `body of request ${n}`).toBe(true);
      if (format === 'http') continue;
      const sent = (pairs: readonly (readonly [string, string])[]) =>
        pairs.filter(([name]) => !framingFields.has(name.toLowerCase()));
      expect(sent(one.headers), `headers of request ${n}`).toEqual(sent(request.headers));
    }
  });
});

it('verdict, note and ids of our own files come back', async () => {
  const [row] = rows as [ExportRow];
  const noted: ExportRow = {
    ...row,
    request: {
      ...row.request,
      note: 'look at this',
      pinned: true,
      verdict: { ...row.request.verdict, status: 'expired', reason: 'too-old', message: 'Too old.' },
    },
  };
  const [found] = read(await written('hookbench', [noted])) as [ImportedRequest];
  expect(found.known).toMatchObject({
    id: row.request.id,
    receivedAt: row.request.receivedAt,
    note: 'look at this',
    pinned: true,
    verdict: { status: 'expired', message: 'Too old.' },
  });
});
