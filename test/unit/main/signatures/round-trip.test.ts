// For every provider and scheme: what sign makes, verify judges as it should, in every mode.

import { describe, expect, it } from 'vitest';
import type { SignatureMode } from '../../../../src/shared/delivery.ts';
import { schemeCases, now, signCase, verifyCase } from './cases.ts';
import type { SchemeCase } from './cases.ts';

const bodies: Readonly<Record<string, Buffer>> = {
  json: Buffer.from('{"id":"evt_1","amount":1250}'),
  'emoji and CRLF': Buffer.from('{"text":"🪝 naïve \u2028"}\r\n'),
  empty: Buffer.alloc(0),
  'not UTF-8': Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x80, 0x0a, 0x7d]),
  'a megabyte': Buffer.alloc(1_048_576, 'x'),
};

function tolerance(item: SchemeCase): number {
  return (item.scheme.timestamp?.toleranceSeconds ?? 0) * 1_000;
}

describe.each(schemeCases)('$title', (item) => {
  it.each(Object.entries(bodies))('signs and verifies a body: %s', (_, body) => {
    const request = signCase(item, { body });
    expect(Buffer.compare(request.body, body)).toBe(0);
    expect(verifyCase(item, request)).toMatchObject({ status: 'valid', reason: 'ok', secretName: item.checking.name });
  });

  it('is valid without naming the scheme, which the headers and the secret tell', () => {
    expect(verifyCase(item, signCase(item), { scheme: undefined })).toMatchObject({
      status: 'valid',
      scheme: item.scheme.id,
    });
  });

  it('refuses the body with any one byte changed', () => {
    const request = signCase(item);
    for (let index = 0; index < request.body.length; index += 1) {
      const body = Uint8Array.from(request.body);
      body[index] = (body[index] ?? 0) ^ 0x20;
      expect(verifyCase(item, { ...request, body }).status, `byte ${index}`).toBe('invalid');
    }
    expect(verifyCase(item, { ...request, body: Buffer.concat([request.body, Buffer.from('\n')]) }).status).toBe(
      'invalid',
    );
    expect(verifyCase(item, { ...request, body: request.body.subarray(1) }).status).toBe('invalid');
  });

  it('refuses another secret, and a match with any of several is valid', () => {
    const request = signCase(item);
    expect(verifyCase(item, request, { secrets: [item.other] }).status).toBe('invalid');
    expect(verifyCase(item, request, { secrets: [item.other, item.checking] })).toMatchObject({
      status: 'valid',
      secretName: item.checking.name,
    });
  });

  it('judges the age after the signature, limits included', () => {
    const request = signCase(item);
    const late = verifyCase(item, request, { now: now + tolerance(item) + 2_000 });
    const early = verifyCase(item, request, { now: now - tolerance(item) - 2_000 });
    const wrong = verifyCase(item, request, { now: now + tolerance(item) + 2_000, secrets: [item.other] });
    expect(wrong.status).toBe('invalid');
    expect(verifyCase(item, request, { now: now + tolerance(item) }).status).toBe('valid');
    const expected = { none: ['valid', 'valid'], both: ['expired', 'future'], age: ['expired', 'valid'] };
    expect([late.status, early.status]).toEqual(expected[item.scheme.timestamp?.direction ?? 'none']);
    const said = { none: 'replayed', both: '', age: 'ahead' };
    expect(early.warnings.join()).toContain(said[item.scheme.timestamp?.direction ?? 'none']);
    expect(verifyCase(item, request, { now: now + 3_600_000, toleranceSeconds: 3_600 }).status).toBe('valid');
  });

  const expected: Readonly<Record<SignatureMode, string>> = {
    fresh: 'valid',
    tampered: 'invalid',
    expired: item.scheme.timestamp ? 'expired' : 'valid',
    'wrong-secret': 'invalid',
    none: 'missing',
    keep: 'missing',
  };

  it.each(Object.entries(expected))('mode %s is judged %s', (mode, status) => {
    const request = signCase(item, { mode: mode as SignatureMode });
    expect(verifyCase(item, request).status).toBe(status);
    expect(request.note !== undefined).toBe(mode === 'expired' && !item.scheme.timestamp);
  });

  it('signs nothing without a secret', () => {
    expect(verifyCase(item, signCase(item, { secrets: [] })).status).toBe('missing');
  });

  it('signs again over the headers of an earlier request, in place', () => {
    const first = signCase(item, { headers: [['X-Own', 'a']], now: now - 3_600_000 });
    const second = signCase(item, { headers: first.headers, messageId: 'msg_test_2' });
    expect(verifyCase(item, second).status).toBe('valid');
    expect(second.headers.map(([name]) => name)).toEqual(first.headers.map(([name]) => name));
  });

  it('keeps the headers of a captured request untouched in mode keep', () => {
    const first = signCase(item);
    const kept = signCase(item, { headers: first.headers, mode: 'keep', messageId: 'other' });
    expect(kept.headers).toEqual(first.headers);
    expect(verifyCase(item, kept).status).toBe('valid');
  });

  it('never tells a secret in its sentences', () => {
    const requests = [signCase(item), signCase(item, { mode: 'wrong-secret' }), signCase(item, { mode: 'none' })];
    for (const request of requests) {
      const told = JSON.stringify(verifyCase(item, request));
      for (const secret of [item.signing, item.checking])
        expect(told).not.toContain(JSON.stringify(secret.value).slice(1, -1));
    }
  });
});
