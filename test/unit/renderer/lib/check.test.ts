import { describe, expect, it } from 'vitest';
import { emptyCheckForm, missingInCheck, toCheckInput } from '../../../../src/renderer/lib/check-form.ts';
import { answerWords, caseName, checkCounts, checkSummary } from '../../../../src/renderer/lib/check-words.ts';
import { checkCase, checkRun, target } from '../samples.ts';

const filled = { ...emptyCheckForm, url: ' http://localhost:3000/x ', secret: 'typed in' };
const stored = [{ name: 'kept', provider: null, storage: 'session', sealed: false }] as const;

describe('missingInCheck', () => {
  it.each([
    [emptyCheckForm, 'url'],
    [{ ...filled, secret: '' }, 'secret'],
    [{ ...filled, idempotency: 'url', idempotencyText: ' ' }, 'idempotency'],
    [filled, undefined],
  ] as const)('names the field that is short (%#)', (form, field) => {
    expect(missingInCheck(form, undefined)?.field).toBe(field);
  });

  it('needs neither URL nor secret with a target', () => {
    expect(missingInCheck(emptyCheckForm, target('a'))).toBeNull();
  });
});

describe('toCheckInput', () => {
  it('takes a target by id and nothing else of it', () => {
    expect(toCheckInput(filled, target('a'), [], 'r')).toEqual({ runId: 'r', targetId: 'a' });
  });

  it('means a stored secret by name and any other text as the secret itself', () => {
    expect(toCheckInput(filled, undefined, stored, 'r')).toEqual({
      runId: 'r',
      url: 'http://localhost:3000/x',
      provider: 'generic',
      secret: { value: 'typed in' },
    });
    expect(toCheckInput({ ...filled, secret: 'kept' }, undefined, stored, 'r').secret).toEqual({ name: 'kept' });
  });

  it('says how repeats are seen', () => {
    const header = { ...filled, idempotency: 'header', idempotencyText: ' X-Replay ' } as const;
    expect(toCheckInput(header, undefined, [], 'r').idempotency).toEqual({ header: 'X-Replay' });
    const url = { ...header, idempotency: 'url', idempotencyText: 'http://localhost/n' } as const;
    expect(toCheckInput(url, target('a'), [], 'r').idempotency).toEqual({ url: 'http://localhost/n' });
  });
});

describe('checkSummary', () => {
  const fail = (name: string, fault: string) => checkCase(name, { pass: false, fault });

  it('says what the faults let happen, each consequence and each fault once', () => {
    const cases = [
      checkCase('valid'),
      fail('old', 'no-time-check'),
      fail('cut', 'compares-loosely'),
      fail('same-id', 'not-idempotent'),
      fail('twenty', 'not-idempotent'),
      fail('huge', 'no-size-limit'),
    ];
    const summary = checkSummary(checkRun({ done: true, cases }));
    expect(summary.tone).toBe('bad');
    expect(summary.title).toBe('1 of 6 passed: the handler can be fooled, can act twice and can be brought down');
    expect(summary.detail).toBe('Faults: no-time-check, compares-loosely, not-idempotent, no-size-limit.');
  });

  it('is good when nothing failed, and says what was skipped', () => {
    const cases = [checkCase('valid'), checkCase('x', { pass: false, skipped: 'Not sent.' })];
    expect(checkSummary(checkRun({ done: true, cases }))).toEqual({
      tone: 'ok',
      title: '1 of 1 passed: the handler does what it should',
      detail: '1 case skipped.',
    });
    expect(checkCounts(cases)).toEqual({ passed: 1, failed: 0, skipped: 1 });
  });

  it('judges nothing when all was skipped', () => {
    const cases = [checkCase('x', { pass: false, skipped: 'The check was stopped.' })];
    expect(checkSummary(checkRun({ done: true, cases })).tone).toBe('none');
  });

  it('names a failure without a known fault by its count alone', () => {
    const summary = checkSummary(checkRun({ done: true, cases: [checkCase('a', { pass: false })] }));
    expect([summary.title, summary.detail]).toEqual(['0 of 1 passed', '']);
  });
});

describe('words of a case', () => {
  it('hold result and answer', () => {
    expect(caseName(checkCase('a', { pass: false }))).toBe('Case a, fail');
    expect(answerWords(checkCase('a', { status: null, ms: 30_000 }))).toBe('no answer · 30 s');
    expect(answerWords(checkCase('a', { skipped: 'no', pass: false }))).toBe('not sent');
  });
});
