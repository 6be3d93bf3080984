import { describe, expect, it } from 'vitest';
import { applyBatch, applySnapshot } from '../../../../src/renderer/state/apply-changes.ts';
import { stoppedTunnel } from '../../../../src/renderer/lib/tunnel-words.ts';
import { emptyMirror, maxRefused, maxRows } from '../../../../src/renderer/state/mirror.ts';
import type { Mirror } from '../../../../src/renderer/state/mirror.ts';
import type { Change } from '../../../../src/shared/news.ts';
import type { RefusedEntry } from '../../../../src/shared/exchange.ts';
import { attempt, checkRun, delivery, finding, request, scheme, snapshot } from '../samples.ts';

const own = { id: 'own-a', name: 'A', waitsMs: [1_000], deadlineMs: null };
const noPages = { rows: [], moreRows: false, deliveries: [], dead: [], refused: [], pullStatus: [] };
const start: Mirror = applySnapshot(emptyMirror, snapshot(7), noPages);

function after(mirror: Mirror, ...changes: Change[]): Mirror {
  const applied = applyBatch(mirror, { batch: mirror.batch + 1, changes });
  if (applied.kind !== 'applied') throw new Error(applied.kind);
  return applied.mirror;
}

describe('applyBatch', () => {
  it('applies the next batch and remembers its number', () => {
    const mirror = after(start, { type: 'request', summary: request(1) }, { type: 'request', summary: request(2) });
    expect(mirror).toMatchObject({ batch: 8, requestCount: 2 });
    expect(mirror.rows.map(({ seq }) => seq)).toEqual([2, 1]);
  });

  it('ignores what a snapshot already had, and notices what is missing', () => {
    expect(applyBatch(start, { batch: 7, changes: [] }).kind).toBe('old');
    expect(applyBatch(start, { batch: 3, changes: [] }).kind).toBe('old');
    expect(applyBatch(start, { batch: 9, changes: [] }).kind).toBe('gap');
  });

  it('fills in a reply that came in the same batch as its request', () => {
    const mirror = after(
      start,
      { type: 'request', summary: request(1, { reply: { status: null, challenge: false } }) },
      { type: 'reply', id: 'req_1', status: 503, ms: 9, by: 'rule' },
    );
    expect(mirror.rows[0]?.reply).toMatchObject({ status: 503, ms: 9, by: 'rule' });
  });

  it('notes the cause of a failed check, also of a request in the same batch', () => {
    const mirror = after(
      start,
      { type: 'request', summary: request(1) },
      { type: 'diagnosis', id: 'req_1', findings: [finding()] },
    );
    expect(mirror.rows[0]?.verdict.diagnosis).toEqual([finding()]);
    expect(after(mirror, { type: 'diagnosis', id: 'req_gone', findings: [finding()] }).rows).toBe(mirror.rows);
  });

  it('moves a delivery to the dead letters and a redriven one out of them', () => {
    const sent = after(start, { type: 'delivery', delivery: delivery('a') });
    expect(sent.deliveries.map(({ id }) => id)).toEqual(['a']);
    const given = after(sent, { type: 'delivery', delivery: delivery('a', { state: 'dead' }) });
    expect([given.deliveries, given.dead.map(({ id }) => id)]).toEqual([[], ['a']]);
    const redriven = after(given, { type: 'delivery', delivery: delivery('b', { redriveOf: 'a' }) });
    expect([redriven.deliveries.map(({ id }) => id), redriven.dead]).toEqual([['b'], []]);
  });

  it('adds an attempt once, whether the delivery has it already or not', () => {
    const sent = after(start, { type: 'delivery', delivery: delivery('a') });
    const tried = after(sent, { type: 'attempt', deliveryId: 'a', attempt: attempt(1) });
    expect(tried.deliveries[0]?.attempts).toHaveLength(1);
    const told = after(
      tried,
      { type: 'delivery', delivery: delivery('a', { attempts: [attempt(1)] }) },
      { type: 'attempt', deliveryId: 'a', attempt: attempt(1) },
    );
    expect(told.deliveries[0]?.attempts).toHaveLength(1);
    expect(after(start, { type: 'attempt', deliveryId: 'unknown', attempt: attempt(1) }).deliveries).toEqual([]);
  });

  it('takes over what the workspace, the secrets, the settings and the receiver are', () => {
    const secrets = [{ name: 'a', provider: null, storage: 'session', sealed: false }] as const;
    const mirror = after(
      start,
      { type: 'receiver', receiver: { status: 'stopped' } },
      {
        type: 'workspace',
        endpoints: [],
        targets: [],
        schemes: [scheme('custom-a')],
        schedules: [own],
        pulls: [],
        tunnels: [],
      },
      { type: 'secrets', secrets, secretStorage: { keyring: null, undecided: false } },
      { type: 'settings', settings: { ...start.settings, theme: 'dark' } },
    );
    expect(mirror.schemes.map(({ id }) => id)).toEqual(['custom-a']);
    expect(mirror.schedules).toEqual([own]);
    expect('type' in mirror).toBe(false);
    expect(mirror).toMatchObject({ receiver: { status: 'stopped' }, secrets, settings: { theme: 'dark' } });
    expect(mirror.secretStorage.undecided).toBe(false);
  });

  it('takes deliveries out that are gone, dead or alive, unless they are back in the same batch', () => {
    const before = { ...start, deliveries: [delivery('a'), delivery('b')], dead: [delivery('c', { state: 'dead' })] };
    const mirror = after(
      before,
      { type: 'deliveries-removed', ids: ['a', 'b', 'c'] },
      { type: 'delivery', delivery: delivery('b', { url: 'http://localhost/edited' }) },
    );
    expect(mirror.deliveries.map(({ id, url }) => [id, url])).toEqual([['b', 'http://localhost/edited']]);
    expect(mirror.dead).toEqual([]);
  });

  it('follows the newest check and the newest run of many', () => {
    const first = checkRun({ id: 'one', startedAt: 1 });
    const second = checkRun({ id: 'two', startedAt: 2 });
    const mirror = after(start, { type: 'check', run: first }, { type: 'check', run: second });
    expect(mirror.check?.id).toBe('two');
    expect(after(mirror, { type: 'check', run: { ...first, done: true } }).check).toEqual(second);
    expect(after(mirror, { type: 'check', run: { ...second, done: true } }).check?.done).toBe(true);
  });

  it('replaces the status of a pull', () => {
    const status = { id: 'p', running: true, lastAt: null, nextAt: null, events: [], missed: 0, problem: null };
    const mirror = after(
      start,
      { type: 'pull', status },
      { type: 'pull', status: { ...status, running: false, missed: 2 } },
    );
    expect(mirror.pullStatus).toEqual([{ ...status, running: false, missed: 2 }]);
    const again = applySnapshot(mirror, snapshot(9), { ...noPages, pullStatus: [status] });
    expect(again.pullStatus).toEqual([status]);
  });

  it('replaces the status of a tunnel and the health of a forward', () => {
    const status = stoppedTunnel('t');
    const health = {
      endpointId: 'e',
      forwardId: 'f',
      url: 'http://localhost/',
      state: 'up',
      since: 1,
      message: '',
    } as const;
    const mirror = after(
      start,
      { type: 'tunnel', status },
      { type: 'forward-health', health: [health, { ...health, forwardId: 'g' }] },
      { type: 'tunnel', status: { ...status, state: 'up' } },
      { type: 'forward-health', health: [{ ...health, state: 'down' }] },
    );
    expect(mirror.tunnelStates).toEqual([{ ...status, state: 'up' }]);
    expect(mirror.forwardHealth.map(({ forwardId, state }) => [forwardId, state])).toEqual([
      ['g', 'up'],
      ['f', 'down'],
    ]);
  });

  it('pins, releases and notes rows', () => {
    const pinned = after(
      start,
      { type: 'request', summary: request(1) },
      { type: 'marks', id: 'req_1', pinned: true, note: 'look' },
    );
    expect(pinned.rows[0]).toMatchObject({ pinned: true, note: 'look' });
    const released = after(pinned, { type: 'marks', id: 'req_1', pinned: false, note: null });
    expect(released.rows[0]).toEqual(request(1));
  });

  it('counts what retention removed', () => {
    const before = { ...start, requestCount: 10 };
    expect(after(before, { type: 'requests-removed', count: 4 }).requestCount).toBe(6);
    expect(after(before, { type: 'requests-removed', count: 40 }).requestCount).toBe(0);
  });

  it('takes removed requests that are named out of the rows at once', () => {
    const before = { ...start, rows: [request(3), request(2), request(1)], requestCount: 3 };
    const left = after(before, { type: 'requests-removed', count: 1, ids: ['req_2', 'req_9'] });
    expect(left.rows.map(({ seq }) => seq)).toEqual([3, 1]);
    expect(left.requestCount).toBe(2);
  });

  it('takes a reply that was never given for ended', () => {
    const mirror = after(
      start,
      { type: 'request', summary: request(1, { reply: { status: null, challenge: false } }) },
      { type: 'reply', id: 'req_1', status: null, ms: 9, by: 'rule' },
    );
    expect(mirror.rows[0]?.reply).toEqual({ status: null, challenge: false, ms: 9, by: 'rule' });
  });

  it('keeps the newest refused entries', () => {
    const entry = (at: number): RefusedEntry => ({
      reason: 'timeout',
      status: null,
      at,
      remoteAddress: '::1',
      bytes: 0,
      head: new Uint8Array(),
    });
    const changes = Array.from({ length: maxRefused + 5 }, (_, at): Change => ({ type: 'refused', entry: entry(at) }));
    const mirror = after(start, ...changes);
    expect([mirror.refused.length, mirror.refused[0]?.at]).toEqual([maxRefused, maxRefused + 4]);
  });

  it('holds 100,000 rows and says that there are more', () => {
    const rows = Array.from({ length: maxRows }, (_, i) => request(maxRows - i));
    const full = { ...start, rows };
    const mirror = after(full, { type: 'request', summary: request(maxRows + 1) });
    expect([mirror.rows.length, mirror.rows.at(-1)?.seq, mirror.moreRows]).toEqual([maxRows, 2, true]);
  });

  it('leaves lists that nothing happened to the very same', () => {
    const mirror = after(start, { type: 'receiver', receiver: { status: 'stopped' } });
    expect(mirror.rows).toBe(start.rows);
    expect(mirror.deliveries).toBe(start.deliveries);
  });
});

describe('applySnapshot', () => {
  it('takes the own schemes over', () => {
    const mirror = applySnapshot(start, snapshot(9, { schemes: [scheme('custom-a')] }), noPages);
    expect(mirror.schemes.map(({ id }) => id)).toEqual(['custom-a']);
  });

  it('keeps older rows when the new page reaches down to them', () => {
    const before = { ...start, rows: [request(5), request(4), request(1)], moreRows: false };
    const mirror = applySnapshot(before, snapshot(9), { ...noPages, rows: [request(7), request(5)], moreRows: true });
    expect(mirror.rows.map(({ seq }) => seq)).toEqual([7, 5, 4, 1]);
    expect(mirror.moreRows).toBe(false);
  });

  it('starts anew when rows between would be missing', () => {
    const before = { ...start, rows: [request(5), request(4)] };
    const mirror = applySnapshot(before, snapshot(9), { ...noPages, rows: [request(90), request(80)], moreRows: true });
    expect(mirror.rows.map(({ seq }) => seq)).toEqual([90, 80]);
    expect([mirror.moreRows, mirror.batch]).toEqual([true, 9]);
  });
});
