import { expect, it } from 'vitest';
import { createProofs, probeBody, probeHeader, probePath, sha256 } from '../../../../src/main/tunnels/probe-proof.ts';

const now = 1_800_000_000_000;
const nonce = '0123456789abcdef0123456789abcdef';
const proofs = createProofs(new Uint8Array(32).fill(7));
const value = proofs.sign(nonce, now);
const head = { method: 'POST', target: probePath + nonce, headers: [[probeHeader, value] as const] };

it('knows its own probe, and nothing else', () => {
  expect(proofs.nonceOf(head, now)).toBe(nonce);
  expect(proofs.nonceOf({ ...head, headers: [[probeHeader.toLowerCase(), value]] }, now + 59_000)).toBe(nonce);
  const others = [
    { ...head, method: 'GET' },
    { ...head, target: `${head.target}?a` },
    { ...head, target: probePath + nonce.replace('0', 'f') },
    { ...head, target: `/x${head.target}` },
    { ...head, headers: [] },
    { ...head, headers: [...head.headers, ...head.headers] },
    { ...head, headers: [[probeHeader, value.replace('at=1', 'at=2')] as const] },
    { ...head, headers: [[probeHeader, value.replace(/body=./, 'body=0')] as const] },
    { ...head, headers: [[probeHeader, value.slice(0, -1) + (value.endsWith('0') ? '1' : '0')] as const] },
  ];
  expect(others.map((other) => proofs.nonceOf(other, now))).toEqual(others.map(() => null));
  expect(proofs.nonceOf(head, now + 61_000)).toBeNull();
  expect(proofs.nonceOf(head, now - 61_000)).toBeNull();
  expect(createProofs(new Uint8Array(32)).nonceOf(head, now)).toBeNull();
});

it('believes an answer only as it was given', () => {
  const seen = { nonce, sha256: sha256('x'), at: now, headers: ['a', null] };
  const text = proofs.answer(seen);
  expect(proofs.seenIn(text)).toMatchObject(seen);
  for (const wrong of [text.replace('null', '"b"'), text.replace(sha256('x'), sha256('y')), '{}', 'null', 'no', '[]']) {
    expect(proofs.seenIn(wrong)).toBeNull();
  }
});

it('sends a body that anything which mends JSON would change', () => {
  expect(Buffer.byteLength(probeBody)).toBeGreaterThan(1_900);
  expect(Buffer.byteLength(probeBody)).toBeLessThan(2_300);
  const value2: unknown = JSON.parse(probeBody);
  expect([
    JSON.stringify(value2),
    JSON.stringify(value2, null, 2),
    probeBody.trim(),
    probeBody.replaceAll('\r\n', '\n'),
  ]).not.toContain(probeBody);
});
