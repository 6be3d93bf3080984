import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRoom } from '../../../../src/main/receiver/room.ts';

const settleMock = () => vi.fn<(taken: boolean) => void>();

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('createRoom', () => {
  it('takes what fits and no more', () => {
    const room = createRoom(10, 100);
    expect([room.take(6), room.take(5), room.take(4), room.take(1)]).toEqual([true, false, true, false]);
    room.release(4);
    expect(room.take(4)).toBe(true);
  });

  it('admits those who wait in order of asking, the large one not overtaken by the small one', () => {
    const room = createRoom(10, 100);
    const settled: string[] = [];
    room.take(10);
    room.wait(8, (taken) => settled.push(`large ${taken}`));
    room.wait(2, (taken) => settled.push(`small ${taken}`));
    room.release(2);
    expect(settled).toEqual([]);
    room.release(8);
    expect(settled).toEqual(['large true', 'small true']);
    expect(room.take(1)).toBe(false);
  });

  it('admits at once where there is room', () => {
    const settle = settleMock();
    createRoom(10, 100).wait(10, settle);
    expect(settle.mock.calls).toEqual([[true]]);
  });

  it('refuses what can never fit at once, and what waits too long after its time', () => {
    const room = createRoom(10, 100);
    const never = settleMock();
    room.wait(11, never);
    expect(never.mock.calls).toEqual([[false]]);
    room.take(5);
    const late = settleMock();
    const next = settleMock();
    room.wait(6, late);
    vi.advanceTimersByTime(50);
    room.wait(5, next);
    vi.advanceTimersByTime(49);
    expect(late).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(late.mock.calls).toEqual([[false]]);
    expect(next.mock.calls).toEqual([[true]]);
    vi.advanceTimersByTime(1_000);
    expect(late).toHaveBeenCalledTimes(1);
    expect(next).toHaveBeenCalledTimes(1);
  });

  it('forgets a withdrawn wish and lets the next one in', () => {
    const room = createRoom(10, 100);
    room.take(5);
    const gone = settleMock();
    const next = settleMock();
    const withdraw = room.wait(6, gone);
    room.wait(5, next);
    withdraw();
    expect(next.mock.calls).toEqual([[true]]);
    room.release(10);
    vi.advanceTimersByTime(1_000);
    expect(gone).not.toHaveBeenCalled();
  });
});
