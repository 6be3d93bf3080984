import { describe, expect, it } from 'vitest';
import { judgeParserError, seenByParser } from '../../../../src/main/receiver/refusal.ts';

const error = (code: string | undefined, rawPacket?: unknown) =>
  Object.assign(new Error('parser'), { code, rawPacket });

describe('judgeParserError', () => {
  it.each([
    ['ERR_HTTP_REQUEST_TIMEOUT', 'timeout', 408],
    ['HPE_HEADER_OVERFLOW', 'headers-too-large', 431],
    ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 'bad-request', 413],
    ['HPE_INVALID_EOF_STATE', 'aborted', 400],
    ['HPE_INVALID_METHOD', 'bad-request', 400],
  ])('%s is %s, %i', (code, reason, status) => {
    expect(judgeParserError(error(code))).toEqual({ reason, status });
  });

  it.each(['ECONNRESET', 'EPIPE', undefined])('%s leaves nobody to answer', (code) => {
    expect(judgeParserError(error(code))).toBeNull();
  });
});

describe('seenByParser', () => {
  it('copies the first 4 KiB and counts all', () => {
    const packet = Buffer.alloc(5_000, 1);
    const seen = seenByParser(error('HPE_X', packet), 7);
    packet.fill(2);
    expect(seen.bytes).toBe(5_000);
    expect([...seen.head]).toEqual(Array.from({ length: 4_096 }, () => 1));
  });

  it('says how many there were where the parser kept none', () => {
    expect(seenByParser(error('ERR_HTTP_REQUEST_TIMEOUT'), 7)).toEqual({ bytes: 7, head: new Uint8Array(0) });
  });
});
