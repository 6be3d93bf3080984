import { describe, expect, it } from 'vitest';
import { difference } from '../../../../src/renderer/lib/difference.ts';
import { fieldErrorOf, messageFor } from '../../../../src/renderer/lib/field-error.ts';
import {
  formatDuration,
  formatSize,
  formatTime,
  hostOf,
  pathOf,
  shortUrl,
} from '../../../../src/renderer/lib/format.ts';
import { freeId } from '../../../../src/renderer/lib/free-id.ts';
import { hexRow } from '../../../../src/renderer/lib/hex.ts';
import { timingBars } from '../../../../src/renderer/lib/timing-bars.ts';

describe('format', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [2_100, '2.1 KB'],
    [9_960, '10 KB'],
    [999_400, '999 KB'],
    [999_600, '1.0 MB'],
    [33_554_432, '34 MB'],
  ])('writes %i bytes as %s', (bytes, words) => expect(formatSize(bytes)).toBe(words));

  it.each([
    [0, '0 ms'],
    [1.24, '1.2 ms'],
    [4, '4 ms'],
    [38.4, '38 ms'],
    [1_200, '1.2 s'],
    [2_000, '2 s'],
    [28_000, '28 s'],
    [600_000, '10 min'],
    [9_000_000, '2.5 h'],
    [259_200_000, '3 d'],
  ])('writes %d ms as %s', (ms, words) => expect(formatDuration(ms)).toBe(words));

  it('leaves the date out today', () => {
    const at = new Date(2026, 3, 5, 7, 8, 9).getTime();
    expect(formatTime(at, at + 1_000)).toBe('07:08:09');
    expect(formatTime(at, at + 86_400_000)).toBe('2026-04-05 07:08:09');
  });

  it('shortens addresses', () => {
    expect(pathOf('/in/x?a=1#b')).toBe('/in/x');
    expect(hostOf('http://localhost:3000/x')).toBe('localhost:3000');
    expect(hostOf('nonsense')).toBe('nonsense');
    expect(shortUrl('https://a.test/')).toBe('a.test');
    expect(shortUrl('https://a.test/x?y')).toBe('a.test/x');
  });
});

describe('difference', () => {
  it('cuts at the common start and end', () => {
    const { a, b } = difference('sha256=12ab99', 'sha256=34cd99');
    expect(a).toEqual({ before: 'sha256=', differs: '12ab', after: '99' });
    expect(b).toEqual({ before: 'sha256=', differs: '34cd', after: '99' });
  });

  it('never overlaps start and end', () => {
    const { a, b } = difference('aaa', 'aaaa');
    expect([a.before + a.differs + a.after, b.before + b.differs + b.after]).toEqual(['aaa', 'aaaa']);
    expect(b.differs).toBe('a');
  });

  it('finds nothing in equal texts', () => {
    expect(difference('same', 'same').a).toEqual({ before: 'same', differs: '', after: '' });
  });
});

describe('hexRow', () => {
  it('writes offset, two groups of bytes and ASCII', () => {
    const bytes = new Uint8Array(20).fill(0x41);
    bytes[1] = 0x00;
    expect(hexRow(bytes, 0)).toEqual({
      offset: '00000000',
      hex: '41 00 41 41 41 41 41 41  41 41 41 41 41 41 41 41',
      ascii: 'A.AAAAAAAAAAAAAA',
    });
    expect(hexRow(bytes, 1)).toMatchObject({ offset: '00000010', ascii: 'AAAA' });
  });
});

describe('field errors', () => {
  const error = {
    code: 'IPC_INVALID_INPUT',
    message: 'endpoints.save: reply.status: must be 200 to 599',
    hint: 'Mend the named field.',
    details: { field: 'reply.status' },
  } as const;

  it('finds the field and the sentence', () => {
    expect(fieldErrorOf(error)).toEqual({ field: 'reply.status', message: 'must be 200 to 599' });
    expect(fieldErrorOf({ code: 'BUG', message: 'x', hint: 'y' })).toBeNull();
  });

  it('goes to the field or what holds it', () => {
    const problem = fieldErrorOf(error);
    expect(messageFor(problem, 'reply.status')).toBe('must be 200 to 599');
    expect(messageFor(problem, 'reply')).toBe('must be 200 to 599');
    expect(messageFor(problem, 'reply.stat')).toBeNull();
    expect(messageFor(null, 'reply')).toBeNull();
  });
});

describe('freeId', () => {
  it('is readable, short and free', () => {
    expect(freeId('Stripe (live)', new Set(), 'endpoint')).toBe('stripe-live');
    expect(freeId('Stripe', new Set(['stripe', 'stripe-2']), 'endpoint')).toBe('stripe-3');
    expect(freeId('数据', new Set(), 'endpoint')).toBe('endpoint');
    expect(freeId('x'.repeat(200), new Set(), 'endpoint')).toMatch(/^x{56}$/);
  });
});

describe('timingBars', () => {
  it('puts the phases one after another on one scale', () => {
    expect(timingBars({ dns: 1, connect: 3, firstByte: 8, total: 10 })).toEqual([
      { name: 'DNS', ms: 1, from: 0, share: 0.1 },
      { name: 'Connect', ms: 2, from: 0.1, share: 0.2 },
      { name: 'First byte', ms: 5, from: 0.3, share: 0.5 },
      { name: 'Reply', ms: 2, from: 0.8, share: 0.2 },
    ]);
  });

  it('names what an attempt was doing when it failed', () => {
    expect(timingBars({ total: 30 }).map((bar) => bar.name)).toEqual(['Connecting']);
    expect(timingBars({ connect: 1, total: 30 }).map((bar) => bar.name)).toEqual(['Connect', 'Waiting']);
    expect(timingBars({ total: 0 })).toEqual([{ name: 'Connecting', ms: 0, from: 0, share: 0 }]);
  });
});
