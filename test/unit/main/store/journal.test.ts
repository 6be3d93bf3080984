import { describe, expect, it } from 'vitest';
import { decodeJournal, encodeRecord } from '../../../../src/main/store/journal.ts';

const record = (n: number, generation = 3) => ({ generation, n, put: [{ id: `e${n}` }], gone: [`old${n}`] });
const records = [1, 2, 3, 4].map((n) => record(n));
const lines = records.map((one) => Buffer.from(encodeRecord(one)));
const join = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

describe('decodeJournal', () => {
  it('reads what was written', () => {
    expect(decodeJournal(join(...lines))).toEqual({ generation: 3, records, lost: 0 });
    expect(decodeJournal(new Uint8Array())).toEqual({ generation: null, records: [], lost: 0 });
    const text = { generation: 1, n: 1, put: [{ id: 'ü \n \u0000 𝄞' }], gone: [] };
    expect(decodeJournal(encodeRecord(text)).records).toEqual([text]);
  });

  it('leaves out what a write did not finish, and only that', () => {
    const [first, second] = lines as [Buffer, Buffer];
    for (let at = 0; at < second.length; at += 1) {
      const { records: found, lost } = decodeJournal(join(first, second.subarray(0, at)));
      // Only the newline is missing from the longest one: the record is whole.
      expect(found).toHaveLength(at === second.length - 1 ? 2 : 1);
      expect(lost).toBe(0);
    }
    expect(decodeJournal(join(first, second.subarray(0, 20), Buffer.alloc(512), Buffer.from('\n')))).toMatchObject({
      lost: 0,
    });
  });

  it('counts every record that a changed byte makes unreadable, and uses the others', () => {
    const bytes = Buffer.from(join(...lines));
    const firstOfLastTwo = bytes.length - lines.slice(2).reduce((sum, line) => sum + line.length, 0);
    for (let at = 0; at < bytes.length; at += 1) {
      const broken = Buffer.from(bytes);
      broken[at] = (broken[at] as number) ^ 1;
      const { records: found, lost } = decodeJournal(broken);
      // Without its newline the last one may not have been finished; two in one line count as one.
      const isLast = at === bytes.length - 1;
      const gone = bytes[at] === 10 && !isLast ? 2 : 1;
      // Two that became one line at the end count as one: nothing says that there were two.
      expect(lost, `byte ${at}`).toBe(isLast ? 0 : at < firstOfLastTwo ? gone : 1);
      expect(found.length, `byte ${at}`).toBe(4 - gone);
      expect(records).toEqual(expect.arrayContaining([...found]));
    }
  });

  it('takes records in the order of their numbers, each once', () => {
    const [one, two, three, four] = lines as [Buffer, Buffer, Buffer, Buffer];
    expect(decodeJournal(join(one, three, two, two, four))).toEqual({ generation: 3, records, lost: 0 });
    expect(decodeJournal(join(one, four)).lost).toBe(2);
    expect(decodeJournal(join(two, three)).lost).toBe(1);
  });

  it('takes no record of another generation', () => {
    const other = encodeRecord(record(2, 4));
    expect(decodeJournal(join(lines[0] as Buffer, other)).records).toEqual([record(1)]);
  });

  it('takes no other form for a record, and no key that could reach a prototype', () => {
    const make = (value: unknown): Uint8Array => encodeRecord(value as ReturnType<typeof record>);
    for (const value of [
      null,
      5,
      'x',
      {},
      { ...record(1), n: 0 },
      { ...record(1), generation: 1.5 },
      { ...record(1), put: {} },
    ]) {
      expect(decodeJournal(make(value)).records).toEqual([]);
    }
    const hostile = JSON.parse(
      '{"generation":1,"n":1,"put":[{"id":"a","__proto__":{"state":"dead"}}],"gone":[]}',
    ) as unknown;
    const [found] = decodeJournal(make(hostile)).records;
    expect(Object.keys(found?.put[0] as object)).toEqual(['id']);
  });
});
