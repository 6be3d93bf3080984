import { describe, expect, it } from 'vitest';
import type { Change, ChangeBatch } from '../../../../src/shared/news.ts';
import { makeRow } from '../formats/rows.ts';
import { createBatcher } from '../../../../src/main/ipc/batcher.ts';

function setUp() {
  const sent: ChangeBatch[] = [];
  let timers: { at: number; run: () => void }[] = [];
  let now = 0;
  const batcher = createBatcher({
    send: (batch) => sent.push(batch),
    clock: {
      after(ms, run) {
        const timer = { at: now + ms, run };
        timers.push(timer);
        return () => void (timers = timers.filter((other) => other !== timer));
      },
    },
  });
  return {
    batcher,
    sent,
    timerCount: () => timers.length,
    advance(ms: number) {
      now += ms;
      const due = timers.filter((timer) => timer.at <= now);
      timers = timers.filter((timer) => timer.at > now);
      for (const timer of due) timer.run();
    },
  };
}

const { request: summary } = makeRow();
const reply = (n: number): Change => ({ type: 'reply', id: `req_${n}`, status: 200, ms: n, by: 'endpoint' });
const refused = (bytes: number): Change => ({
  type: 'refused',
  entry: { reason: 'busy', status: 503, at: 0, remoteAddress: '', bytes, head: new Uint8Array(bytes) },
});

describe('batcher', () => {
  it('sends everything of 16 ms in one batch, in order', () => {
    const { batcher, sent, advance, timerCount } = setUp();
    batcher.add(reply(1));
    advance(10);
    batcher.add(reply(2));
    advance(5);
    expect(sent).toEqual([]);
    advance(1);
    expect(sent).toEqual([{ batch: 1, changes: [reply(1), reply(2)] }]);
    expect(timerCount()).toBe(0);
  });

  it('numbers batches without gaps and sends none that is empty', () => {
    const { batcher, sent, advance } = setUp();
    expect(batcher.lastBatch).toBe(0);
    for (let n = 0; n < 3; n++) {
      batcher.add(reply(n));
      advance(16);
      advance(100);
      batcher.flush();
    }
    expect(sent.map((batch) => batch.batch)).toEqual([1, 2, 3]);
    expect(batcher.lastBatch).toBe(3);
  });

  it('sends at once when 256 changes are gathered, and leaves no timer behind', () => {
    const { batcher, sent, timerCount } = setUp();
    for (let n = 0; n < 256; n++) batcher.add(reply(n));
    expect(sent).toHaveLength(1);
    expect(sent[0]?.changes).toHaveLength(256);
    expect(timerCount()).toBe(0);
  });

  it('keeps a batch under 64 KiB and sends a larger change alone', () => {
    const { batcher, sent } = setUp();
    batcher.add(refused(40_000));
    batcher.add(refused(40_000));
    expect(sent.map((batch) => batch.changes.length)).toEqual([1]);
    batcher.add(refused(200_000));
    expect(sent.map((batch) => batch.changes.length)).toEqual([1, 1, 1]);
  });

  it('counts the text that a request carries', () => {
    const { batcher, sent } = setUp();
    const request = (length: number): Change => ({
      type: 'request',
      summary: { ...summary, target: 'x'.repeat(length) },
    });
    batcher.add(request(65_000));
    expect(sent).toEqual([]);
    batcher.add(request(1_000));
    expect(sent).toHaveLength(1);
  });

  it('flush sends now and the timer does not send again', () => {
    const { batcher, sent, advance } = setUp();
    batcher.add(reply(1));
    batcher.flush();
    expect(batcher.lastBatch).toBe(1);
    advance(16);
    expect(sent).toHaveLength(1);
  });

  it('sends nothing after stop', () => {
    const { batcher, sent, advance, timerCount } = setUp();
    batcher.add(reply(1));
    batcher.stop();
    batcher.add(reply(2));
    batcher.flush();
    advance(16);
    expect(sent).toEqual([]);
    expect(timerCount()).toBe(0);
  });
});
