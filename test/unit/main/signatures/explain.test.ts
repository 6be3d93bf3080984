// The Signature tab's view agrees with the verdict, byte for byte.

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../../src/main/signatures/verify.ts';
import type { VerifyInput } from '../../../../src/main/signatures/verify.ts';
import { caseOf, headerOf, now, recipeOf, schemeCases, signCase } from './cases.ts';
import type { SchemeCase } from './cases.ts';

function input(item: SchemeCase, changes: Partial<VerifyInput> = {}): VerifyInput {
  const request = signCase(item);
  return {
    provider: item.provider.id,
    scheme: item.scheme.id,
    method: 'POST',
    url: request.url,
    headers: request.headers,
    body: request.body,
    secrets: [item.checking, ...item.beside],
    now,
    ...changes,
  };
}

describe('explain', () => {
  const shared = schemeCases.filter(({ scheme }) => ['hmac', 'hash'].includes(recipeOf(scheme)?.algorithm.kind ?? ''));
  it.each(shared)('$title: expected is what was received', (item) => {
    const view = explain(input(item));
    if (view?.place.startsWith('header ')) {
      expect(view.received).toBe(headerOf(signCase(item), view.place.slice('header '.length)));
    }
    expect(view?.expected).toEqual([{ secretName: 'test key', value: view?.received }]);
    expect(view?.signatures.map(({ secretName }) => secretName)).toEqual(['test key']);
    const wrong = explain(input(item, { secrets: [item.other, ...item.beside] }));
    expect(wrong?.expected[0]?.value).not.toBe(view?.received);
    expect(wrong?.signatures.map(({ secretName }) => secretName)).toEqual([null]);
  });

  it.each(schemeCases)('$title: holds no secret, whatever the scheme signs', (item) => {
    const view = explain(input(item));
    const shown = `${JSON.stringify(view)} ${Buffer.from(view?.signedBytes ?? '').toString()}`;
    for (const { value } of [item.signing, ...item.beside]) expect(shown).not.toContain(value);
    // A public key is no secret, and a token must not be shown although it was received.
    if (item.provider.secretForm.kind !== 'key-pair') expect(shown).not.toContain(item.checking.value);
  });

  it('shows the signed bytes and the recipe', () => {
    const item = caseOf('stripe-v1');
    const view = explain(input(item));
    expect(view?.recipe).toBe('timestamp + "." + body');
    expect(view?.algorithm).toBe('HMAC-SHA256, hex');
    const hex = createHmac('sha256', item.signing.value)
      .update(view?.signedBytes ?? '')
      .digest('hex');
    expect(view?.received).toContain(`v1=${hex}`);
    expect(view?.signedSize).toBe(view?.signedBytes.length);
  });

  it('has no expected value for a key pair, nor without secrets', () => {
    const pair = caseOf('standard-webhooks-v1a');
    expect(explain(input(pair))).toMatchObject({ algorithm: 'Ed25519, base64', expected: [] });
    expect(explain(input(pair, { scheme: undefined }))?.algorithm).toBe('Ed25519, base64');
    expect(explain(input(caseOf('github-sha256'), { secrets: [] }))).toMatchObject({ expected: [] });
  });

  it('shows the scheme that the secret fits, then the one that was sent', () => {
    const shared = caseOf('standard-webhooks-v1', 'standard-webhooks');
    const pair = caseOf('standard-webhooks-v1a');
    const seen = (item: SchemeCase, secrets: VerifyInput['secrets']) =>
      explain(input(item, { scheme: undefined, secrets }))?.algorithm;
    expect(seen(shared, [pair.checking])).toBe('Ed25519, base64');
    expect(seen(pair, [])).toBe('Ed25519, base64');
    expect(seen(pair, [shared.checking, pair.checking])).toBe('Ed25519, base64');
    expect(seen(pair, [shared.checking])).toBe('HMAC-SHA256, base64');
  });

  it('keeps to 64 KiB and five secrets', () => {
    const item = caseOf('slack-v0');
    const body = Buffer.alloc(200_000, 'x');
    const view = explain(input(item, { body, secrets: Array.from({ length: 9 }, () => item.checking) }));
    expect(view?.signedBytes.length).toBe(65_536);
    expect(view?.signedBytes.buffer.byteLength).toBe(65_536);
    expect(view?.signedSize).toBe(200_000 + 'v0:1773480414:'.length);
    expect(view?.expected.length).toBe(5);
  });

  it('copes with an unsigned request and with no scheme', () => {
    const item = caseOf('standard-webhooks-v1', 'standard-webhooks');
    expect(explain(input(item, { headers: [], body: Buffer.from('x') }))).toMatchObject({
      received: null,
      signedSize: 3,
    });
    expect(explain(input(item, { provider: null }))).toBeNull();
    expect(explain(input(item, { provider: 'nobody' }))).toBeNull();
    expect(explain(input(item, { scheme: 'nothing' }))).toBeNull();
  });
});
