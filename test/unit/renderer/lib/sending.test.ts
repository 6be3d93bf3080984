import { describe, expect, it } from 'vitest';
import { readDuration, readDurations, writeDurations } from '../../../../src/renderer/lib/durations.ts';
import { editFormOf, toEdit } from '../../../../src/renderer/lib/edit-form.ts';
import {
  filterLetters,
  letterChoice,
  letterEvents,
  letterTargets,
} from '../../../../src/renderer/lib/letter-filter.ts';
import { outsideHosts } from '../../../../src/renderer/lib/outside.ts';
import { changedRules, stateSentence } from '../../../../src/renderer/lib/target-rules.ts';
import { answerRows } from '../../../../src/renderer/lib/volume-words.ts';
import { delivery, target } from '../samples.ts';

describe('readDurations', () => {
  it.each([
    ['5s', 5_000],
    ['2.5 m', 150_000],
    ['90', 90_000],
    ['2H', 7_200_000],
    ['1d', 86_400_000],
    ['250ms', 250],
    ['soon', null],
    ['-5s', null],
    ['', null],
  ])('reads %j', (text, ms) => {
    expect(readDuration(text)).toBe(ms);
  });

  it('reads lists with commas, blanks or line breaks, and what it wrote', () => {
    expect(readDurations('5s, 5m 2h\n1d')).toEqual({ ok: true, waitsMs: [5_000, 300_000, 7_200_000, 86_400_000] });
    expect(readDurations(' ')).toEqual({ ok: true, waitsMs: [] });
    const waitsMs = [0, 1, 1_500, 90_000, 300_000, 36_000_000, 172_800_000];
    expect(readDurations(writeDurations(waitsMs))).toEqual({ ok: true, waitsMs });
  });

  it('names the part that is none', () => {
    expect(readDurations('5s, later')).toMatchObject({ ok: false, message: expect.stringContaining('later') });
  });
});

describe('outsideHosts', () => {
  it('leaves out this machine and its network', () => {
    const near = ['localhost:3000', 'app.localhost', '127.9.9.9', '[::1]', '10.1.2.3', '172.31.0.1', '192.168.1.1'];
    expect(outsideHosts([...near, '[fd00::1]'].map((host) => `http://${host}/x`))).toEqual([]);
  });

  it('names every other host once', () => {
    const far = ['example.test', '172.32.0.1', '11.0.0.1', '169.254.169.254', 'localhost.example', '[2001:db8::1]'];
    const urls = far.map((host) => `https://${host}/x`);
    expect(outsideHosts([...urls, ...urls, 'nonsense'])).toEqual(far);
  });
});

describe('a target', () => {
  it('counts its own rules', () => {
    expect(changedRules(target('a'))).toBe(0);
    expect(changedRules(target('a', { skipTlsCheck: true, concurrency: 1, ratePerSecond: 2 }))).toBe(3);
  });

  it('says why nothing is sent to it', () => {
    expect(stateSentence(target('a'))).toBeNull();
    expect(stateSentence(target('a', { state: 'parked', parkedReason: 'gone' }))).toContain('410');
    expect(stateSentence(target('a', { state: 'parked', parkedReason: 'failing' }))).toContain('five days');
  });
});

describe('filterLetters', () => {
  const letters = [
    delivery('a', { state: 'dead', targetId: 't1' }),
    delivery('b', { state: 'dead', targetId: 't2' }),
    delivery('c', { state: 'dead' }),
  ];

  it('takes those of a target and an event', () => {
    expect(filterLetters(letters, { targetId: '', event: '' })).toBe(letters);
    expect(filterLetters(letters, { targetId: 't1', event: 'order.created' }).map(({ id }) => id)).toEqual(['a']);
    expect(filterLetters(letters, { targetId: 't1', event: 'other' })).toEqual([]);
    expect(letterChoice({ targetId: 't1', event: '' })).toEqual({ targetId: 't1' });
  });

  it('offers what there is', () => {
    expect(letterTargets(letters, [target('t1')]).map(({ label }) => label)).toEqual([
      'Any target',
      'Target t1',
      't2 (removed)',
    ]);
    expect(letterEvents(letters).map(({ value }) => value)).toEqual(['', 'order.created']);
  });
});

describe('toEdit', () => {
  const bytes = new TextEncoder().encode('{"a":1}\r\n');
  const one = delivery('a', { secretName: 'kept' });
  const form = editFormOf(one, bytes);

  it('leaves out what was left alone', () => {
    expect(toEdit(form, one, bytes)).toEqual({ id: 'a' });
    expect(toEdit(editFormOf(one, null), one, null)).toEqual({ id: 'a' });
  });

  it('names what was changed', () => {
    const body = { kind: 'bytes', bytes: new Uint8Array([1]), why: 'binary' } as const;
    const changed = { ...form, url: ' http://localhost/y ', headers: [['X', '1'], ['', '']] as const, body, speed: 5, secretName: '' }; // prettier-ignore
    expect(toEdit(changed, one, bytes)).toEqual({
      id: 'a',
      url: 'http://localhost/y',
      headers: [['X', '1']],
      body: new Uint8Array([1]),
      speed: 5,
      secretName: null,
    });
  });
});

describe('answerRows', () => {
  it('puts the most frequent first and tells good from bad', () => {
    expect(answerRows({ 'timeout-response': 1, 503: 4, 200: 90, 'of-tomorrow': 2 })).toEqual([
      { name: '200', count: 90, tone: 'ok' },
      { name: '503', count: 4, tone: 'bad' },
      { name: 'of-tomorrow', count: 2, tone: 'bad' },
      { name: 'timeout', count: 1, tone: 'warn' },
    ]);
  });
});
