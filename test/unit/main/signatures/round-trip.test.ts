// For every provider and scheme: what sign makes, verify judges as it should, in every mode; and any change of what is
// signed is noticed.

import { describe, expect, it } from 'vitest';
import type { SignatureMode } from '../../../../src/shared/delivery.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { engineOf } from '../../../../src/main/signatures/engines.ts';
import { coversBody, needsForm, now, recipeOf, schemeCases, signCase, timeRuleOf, verifyCase } from './cases.ts';
import type { SchemeCase } from './cases.ts';

const bodies: Readonly<Record<string, Buffer>> = {
  json: Buffer.from('{"id":"evt_1","amount":1250}'),
  'emoji and CRLF': Buffer.from('{"text":"🪝 naïve \u2028"}\r\n'),
  empty: Buffer.alloc(0),
  'not UTF-8': Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x80, 0x0a, 0x7d]),
  'a megabyte': Buffer.alloc(1_048_576, 'x'),
};

/** Tolerance in ms: the scheme's own, or one that the endpoint sets where the provider names none. */
function toleranceOf(item: SchemeCase): { readonly ms: number; readonly set: number | undefined } {
  const own = timeRuleOf(item.scheme)?.toleranceSeconds;
  return own === null ? { ms: 300_000, set: 300 } : { ms: (own ?? 0) * 1_000, set: undefined };
}

/** A second that still passes: the age at which an exclusive limit refuses is the limit itself. */
function lastGoodAge(item: SchemeCase): number {
  return toleranceOf(item).ms - (recipeOf(item.scheme)?.timestamp?.exclusive ? 1_000 : 0);
}

const flipped = (text: string): string => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) ^ 1);

describe.each(schemeCases)('$title', (item) => {
  const signsForm = recipeOf(item.scheme)?.recipe.some(({ kind }) => kind === 'form') ?? false;

  it('signs its own sample, and verifies it with and without the scheme named', () => {
    const request = signCase(item);
    expect(request.note).toBeUndefined();
    const judged = verifyCase(item, request);
    expect(judged, judged.message).toMatchObject({ status: 'valid', reason: 'ok', secretName: item.checking.name });
    expect(verifyCase(item, request, { scheme: undefined })).toMatchObject({
      status: 'valid',
      scheme: item.scheme.id,
    });
  });

  it('signs and verifies any bytes, where it does not look into the body', () => {
    for (const [name, body] of needsForm(item.scheme) ? [] : Object.entries(bodies)) {
      const request = signCase(item, { body });
      expect(Buffer.compare(request.body, body), name).toBe(0);
      expect(verifyCase(item, request), name).toMatchObject({ status: 'valid', reason: 'ok' });
    }
  });

  it('refuses what has no place for its signature, token or time', () => {
    if (!needsForm(item.scheme) || signsForm) return;
    const request = signCase(item, { body: Buffer.from([0xff, 0x00, 0x7b]) });
    expect(verifyCase(item, request).status).not.toBe('valid');
  });

  it('refuses the body with any one bit of a byte changed, where it is signed', () => {
    const request = signCase(item);
    if (!coversBody(item.scheme)) {
      expect(verifyCase(item, request).warnings.length).toBeGreaterThan(0);
      return;
    }
    for (let index = 0; index < request.body.length; index += 1) {
      const body = Uint8Array.from(request.body);
      body[index] = (body[index] ?? 0) ^ (1 << (index % 8));
      expect(verifyCase(item, { ...request, body }).status, `byte ${index}`).not.toBe('valid');
    }
    for (const body of [Buffer.concat([request.body, Buffer.from('\n')]), request.body.subarray(1)]) {
      expect(verifyCase(item, { ...request, body }).status).not.toBe('valid');
    }
  });

  it('refuses any header that carries the signature, the id or the time with one bit changed', () => {
    const request = signCase(item);
    const names = new Set(
      engineOf(item.scheme)
        .headerNames(item.scheme)
        .map((name) => name.toLowerCase()),
    );
    const unsigned = recipeOf(item.scheme)?.timestamp?.signed === false;
    for (const [index, [name, value]] of request.headers.entries()) {
      if (!names.has(name.toLowerCase()) || (unsigned && name.toLowerCase().includes('timestamp'))) continue;
      const headers = request.headers.with(index, [name, flipped(value)]);
      expect(verifyCase(item, { ...request, headers }).status, name).not.toBe('valid');
    }
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
    const { ms, set } = toleranceOf(item);
    const judge = (at: number, secrets = [item.checking]) =>
      verifyCase(item, request, { now: at, secrets, toleranceSeconds: set });
    const late = judge(now + ms + 2_000);
    const early = judge(now - ms - 2_000);
    expect(judge(now + ms + 2_000, [item.other]).status).toBe('invalid');
    expect(judge(now + lastGoodAge(item)).status).toBe('valid');
    const rule = timeRuleOf(item.scheme);
    const expected = { none: ['valid', 'valid'], both: ['expired', 'future'], age: ['expired', 'valid'] };
    expect([late.status, early.status]).toEqual(expected[rule?.direction ?? 'none']);
    if (rule?.direction === 'age') expect(early.warnings.join()).toContain('ahead');
    expect(verifyCase(item, request, { now: now + 3_500_000, toleranceSeconds: 3_600 }).status).toBe('valid');
  });

  it('finds the signature whatever the order of the headers and the case of their names', () => {
    const request = signCase(item);
    const turned = request.headers.toReversed();
    expect(verifyCase(item, { ...request, headers: turned }).status).toBe('valid');
    const shouted = turned.map(([name, value]): HeaderPair => [name.toUpperCase(), value]);
    expect(verifyCase(item, { ...request, headers: shouted }).status).toBe('valid');
  });

  it('is unmoved by a header that was repeated with the same value', () => {
    const request = signCase(item);
    for (const pair of request.headers) {
      const repeated = verifyCase(item, { ...request, headers: [...request.headers, pair] });
      // A repeated field is part of what RFC 9421 signs.
      const allowed = item.scheme.kind === 'message-signature' ? ['valid', 'invalid', 'malformed'] : ['valid'];
      expect(allowed, pair[0]).toContain(repeated.status);
    }
  });

  it('takes rotation from both sides where the scheme has room for it', () => {
    const both = signCase(item, { secrets: [item.otherSigning, item.signing, ...item.beside] });
    const room = ['pairs', 'list', 'versions'].includes(recipeOf(item.scheme)?.format.kind ?? '');
    if (room || recipeOf(item.scheme)?.numbered) {
      expect(verifyCase(item, both)).toMatchObject({ status: 'valid', match: { n: 2, of: 2 } });
    }
    expect(verifyCase(item, both, { secrets: [item.other, item.checking] }).status).toBe('valid');
  });

  const rule = timeRuleOf(item.scheme);
  const expected: Readonly<Record<SignatureMode, string>> = {
    fresh: 'valid',
    tampered: 'invalid',
    expired: rule ? 'expired' : 'valid',
    'wrong-secret': 'invalid',
    none: 'missing',
    keep: 'missing',
  };

  it.each(Object.entries(expected))('mode %s is judged %s', (mode, status) => {
    const request = signCase(item, { mode: mode as SignatureMode });
    const judged = verifyCase(item, request, mode === 'expired' ? { toleranceSeconds: toleranceOf(item).set } : {});
    if (mode === 'tampered' && !coversBody(item.scheme)) {
      // What the signature does not cover may change unseen: then the note says so.
      expect(judged.status === 'valid').toBe(request.note !== undefined);
    } else if (mode === 'tampered') {
      expect(['invalid', 'malformed', 'expired', 'future']).toContain(judged.status);
    } else {
      expect(judged.status, judged.message).toBe(status);
    }
    if (mode === 'expired' && (!rule || rule.toleranceSeconds === null)) expect(request.note).toBeDefined();
  });

  it('signs nothing without a secret', () => {
    expect(verifyCase(item, signCase(item, { secrets: [] })).status).toBe('missing');
  });

  it('signs again over the headers, the body and the URL of an earlier request, in place', () => {
    const first = signCase(item, { headers: [['X-Own', 'a'], ['Content-Type', item.contentType]], now: now - 3_600_000 }); // prettier-ignore
    const second = signCase(item, {
      headers: first.headers,
      body: first.body,
      url: first.url,
      messageId: 'msg_test_2',
    });
    expect(verifyCase(item, second).status).toBe('valid');
    expect(second.headers.map(([name]) => name)).toEqual(first.headers.map(([name]) => name));
  });

  it('keeps everything of a captured request untouched in mode keep', () => {
    const first = signCase(item);
    const kept = signCase(item, { ...first, mode: 'keep', messageId: 'other' });
    expect(kept).toEqual({ headers: first.headers, body: first.body, url: first.url });
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
