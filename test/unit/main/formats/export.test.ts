import { describe, expect, it } from 'vitest';
import { exportRequests } from '../../../../src/main/formats/export.ts';
import type { ExportFormat } from '../../../../src/main/formats/export.ts';
import { makeRow } from './rows.ts';

describe('export', () => {
  it.each<ExportFormat>(['har', 'curl', 'jsonl'])(
    '%s takes a row only when the one before is written',
    async (format) => {
      let taken = 0;
      let written = 0;
      function* rows() {
        for (; taken < 20;) {
          taken += 1;
          expect(taken - written).toBeLessThanOrEqual(2);
          yield makeRow({ id: `req_${taken}` }, 'x');
        }
      }
      const write = async () => {
        await Promise.resolve();
        written = taken;
      };
      expect(await exportRequests({ format, rows: rows(), redact: null, version: '1', write })).toBe(20);
    },
  );

  it('passes on what fails', async () => {
    const write = () => Promise.reject(new Error('disk full'));
    await expect(
      exportRequests({ format: 'jsonl', rows: [makeRow()], redact: null, version: '1', write }),
    ).rejects.toThrow('disk full');
  });

  it('JSON lines are one object a line', async () => {
    let text = '';
    await exportRequests({
      format: 'jsonl',
      rows: [makeRow({ target: '/a\u2028b\n' }), makeRow()],
      redact: null,
      version: '1',
      write: (chunk) => void (text += chunk),
    });
    const lines = text.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toBe('');
    expect(JSON.parse(lines[0] as string)).toMatchObject({ target: '/a\u2028b\n' });
  });
});
