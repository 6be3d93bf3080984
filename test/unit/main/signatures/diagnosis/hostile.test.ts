// Requests that are made to keep a diagnosis busy, and what it says where nothing was computed. Work is counted by the
// budget, so that the speed of the machine does not matter.

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signedBodies } from '../../../../../src/main/signatures/diagnosis/body-changes.ts';
import { createBudget } from '../../../../../src/main/signatures/diagnosis/budget.ts';
import { diagnose } from '../../../../../src/main/signatures/diagnosis/diagnose.ts';
import type { DiagnoseInput } from '../../../../../src/main/signatures/diagnosis/diagnose.ts';
import { createLedger } from '../../../../../src/main/signatures/diagnosis/ledger.ts';
import { createMessage } from '../../../../../src/main/signatures/message.ts';
import { verify } from '../../../../../src/main/signatures/verify.ts';
import type { HeaderPair } from '../../../../../src/shared/headers.ts';
import { now } from '../cases.ts';

const mebi = 1_048_576;
const base = { method: 'POST', url: 'https://hooks.example.test/in', others: [], now } as const;
/** Base64, as message signatures want it, and text for the others. */
const secrets = [{ name: 'mine', value: Buffer.alloc(32, 1).toString('base64') }];
const json: HeaderPair = ['Content-Type', 'application/json'];

function input(
  provider: string,
  headers: readonly HeaderPair[],
  body = '{}',
  more: Partial<DiagnoseInput> = {},
): DiagnoseInput {
  const made = { ...base, provider, headers, secrets, body: Buffer.from(body), ...more };
  return { ...made, verdict: verify(made) };
}

function github(body: string): DiagnoseInput {
  return input('github', [json, ['X-Hub-Signature-256', `sha256=${'ab'.repeat(32)}`]], body);
}

/** Work of each pass in which guesses are made, bytes, and what the guesses say. */
function passesOf(body: string, more: Partial<DiagnoseInput> = {}) {
  const plain = createBudget();
  let worked = 0;
  const budget = {
    ...plain,
    worked(size: number) {
      worked += size;
    },
  };
  const session = { input: { ...github(''), ...more }, budget, ledger: createLedger(budget), carried: new WeakMap() };
  const message = createMessage({ ...base, headers: more.headers ?? [json], body: Buffer.from(body) });
  const passes: number[] = [];
  const says: string[] = [];
  for (const guess of signedBodies(session, message)) {
    passes.push(worked);
    worked = 0;
    if (guess !== null) says.push(guess.cause.message);
  }
  return { passes, says: says.join(' ') };
}

describe('the guesses at a body', () => {
  const many = Array.from({ length: 40_000 }, (_, n) => `"k${(n * 7919) % 40_000}":${n}`);

  it.each([
    ['a form that everything escapes', `a=${'é~!*('.repeat(600_000)}`],
    ['a form of blanks', `a=${'+'.repeat(4_000_000)}`],
    ['line breaks', '\n'.repeat(4_000_000)],
    ['one object with many members', `{${many.join()}}`],
    ['many levels', `${'{"b":'.repeat(190)}"${'x'.repeat(400_000)}"${',"a":1}'.repeat(190)}`],
    ['a large document', JSON.stringify({ b: 'é'.repeat(2_000_000), a: 1 })],
  ])('are made one pass at a time: %s', (_, body) => {
    const { passes } = passesOf(body);
    // One reading and the writing of what a pass makes, the latter at most three times as long, each at most four times.
    expect(Math.max(...passes)).toBeLessThanOrEqual(4 * 4 * Buffer.byteLength(body) + 8_192);
    expect(Math.min(...passes)).toBeGreaterThanOrEqual(Buffer.byteLength(body));
  });

  it('do not encode the fields of a large form again', () => {
    const form = (size: number): string => `b=${'x y*'.repeat(size / 4)}&a=%2F`;
    expect(passesOf(form(100_000)).says).toContain('encoded in another way');
    const { says, passes } = passesOf(form(140_000));
    expect(says).not.toContain('encoded in another way');
    expect(says).toContain('escapes in lower case');
    expect(says).toContain('fields sorted');
    expect(passes.length).toBeLessThan(16);
  });

  it('hold the decoded payload of a form up to 1 MiB', () => {
    const form = (size: number): string => `payload=%7B%22a%22%3A%22${'x'.repeat(size)}%22%7D`;
    expect(passesOf(form(900_000)).says).toContain('field payload');
    expect(passesOf(form(mebi)).says).not.toContain('field payload');
  });

  it('change escapes and blanks as before, also where they stand in disorder', () => {
    const body = 'a=%2f%2F%%4a%zz%2&b=+%20+%2%20';
    const session = { input: github(''), budget: createBudget(), carried: new WeakMap() };
    const message = createMessage({ ...base, headers: [], body: Buffer.from(body) });
    const guesses = signedBodies({ ...session, ledger: createLedger(session.budget) }, message);
    const texts = [...guesses].map((guess) => Buffer.from(guess?.body ?? []).toString());
    expect(texts).toEqual(
      expect.arrayContaining([
        body.replaceAll('%20', '+'),
        body.replaceAll('+', '%20'),
        'a=%2f%2f%%4a%zz%2&b=+%20+%2%20',
        'a=%2F%2F%%4A%zz%2&b=+%20+%2%20',
      ]),
    );
  });

  it('change line ends as before', () => {
    const lines = 'a\r\nb\nc\r\r\nd\n\n\re';
    const session = { input: github(''), budget: createBudget(), carried: new WeakMap() };
    const message = createMessage({ ...base, headers: [], body: Buffer.from(lines) });
    const guesses = signedBodies({ ...session, ledger: createLedger(session.budget) }, message);
    const texts = [...guesses].map((guess) => Buffer.from(guess?.body ?? []).toString());
    expect(texts).toEqual(expect.arrayContaining(['a\nb\nc\r\nd\n\n\re', 'a\r\nb\r\nc\r\r\nd\r\n\r\n\re']));
  });

  it('sort documents up to 512 KiB', () => {
    const document = (size: number): string => JSON.stringify({ b: 'x'.repeat(size), a: 1 });
    expect(passesOf(document(500_000)).says).toContain('sorted keys');
    expect(passesOf(document(530_000)).says).not.toContain('sorted keys');
  });

  it('are compressed only as a host compresses', () => {
    const asked: string[] = [];
    const compress = (_: Uint8Array, encoding: string): null => {
      asked.push(encoding);
      return null;
    };
    passesOf('{}', { compress, headers: [['Content-Encoding', 'gzip, br, zstd, deflate']] });
    expect(asked).toEqual(['deflate', 'gzip']);
  });
});

describe('a large body', () => {
  it('is said not to be tried in every way', () => {
    const told = (size: number): string | undefined =>
      diagnose(github(JSON.stringify('x'.repeat(size)))).findings[0]?.message;
    expect(told(1_000)).not.toContain('of this size');
    expect(told(200_000)).toContain('of this size');
  });

  it('is not looked into', () => {
    const body = JSON.stringify({ webhookTimestamp: now, note: 'x'.repeat(mebi) });
    const { findings, computed } = diagnose(input('linear', [json, ['Linear-Signature', 'ab'.repeat(32)]], body));
    expect(findings).toMatchObject([{ code: 'no-known-cause', message: expect.stringContaining('of this size') as string }]); // prettier-ignore
    expect(computed).toBe(0);
  });
});

describe('long headers', () => {
  const long = 15_000;
  const signed = (params: string): readonly HeaderPair[] => [['Signature-Input', params], ['Signature', 'a=:AAAA:']]; // prettier-ignore

  it.each([
    ['blanks before a comma', input('github', [['X-Hub-Signature-256', `sha256=a${' '.repeat(long)}b,c`]])],
    ['blanks in a joined token', input('gitlab', [['X-Gitlab-Token', `a${' '.repeat(long)}b,c`]])],
    ['blanks in a token', input('gitlab', [['X-Gitlab-Token', `a${' '.repeat(long)}b`]])],
    ['quotes in a token', input('gitlab', [['X-Gitlab-Token', `a${'"'.repeat(long)}b`]])],
    ['open brackets', input('rfc9421', signed('('.repeat(long)))],
    ['quotes', input('rfc9421', signed(`a=(${'"a'.repeat(long / 2)}`))],
    ['parameters', input('rfc9421', signed(`a=();${'; '.repeat(long / 2)}`))],
    ['equals signs', input('stripe', [['Stripe-Signature', `t=1,v1=${'='.repeat(long)}x`]])],
    ['separators', input('stripe', [['Stripe-Signature', `t=1,v1=a${' ;,'.repeat(long / 3)}x`]])],
    ['hosts', input('square', [['x-square-hmacsha256-signature', 'AAAA'], ['Forwarded', 'host='.repeat(long / 5)]])], // prettier-ignore
  ])('are read in one go: %s', (_, made) => {
    const start = performance.now();
    expect(diagnose(made).findings).not.toEqual([]);
    // A pattern that starts anew at each place takes some hundred milliseconds, one in a loop some.
    expect(performance.now() - start).toBeLessThan(150);
  });
});

describe('what was not computed', () => {
  const messageOf = (made: DiagnoseInput): string => {
    const { findings } = diagnose(made);
    return `${findings[0]?.code ?? ''}: ${findings[0]?.message ?? ''}`;
  };

  it('is not called right: a query parameter that is covered and was not sent', () => {
    const params = `a=("@query-param";name="x");created=${Math.floor(now / 1_000)}`;
    const made = input('rfc9421', [['Signature-Input', params], ['Signature', 'a=:AAAA:']], ''); // prettier-ignore
    expect(made.verdict.reason).toBe('component-missing');
    expect(messageOf(made)).toMatch(
      /^url-query: The signature covers query parameter x, which did not arrive; whether/,
    );
  });

  it('is not called right: a timestamp that the signature needs', () => {
    expect(messageOf(input('stripe', [['Stripe-Signature', `v1=${'ab'.repeat(32)}`]]))).toMatch(
      /^header-missing: .* needs; whether it would be right with it cannot be told/,
    );
  });

  it('is not called right: a short signature of a key pair, and a JWT of another algorithm', () => {
    const spki = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
    const key = [{ name: 'mine', value: spki.subarray(-32).toString('hex') }];
    const headers: HeaderPair[] = [['X-Signature-Ed25519', 'ab'.repeat(40)], ['X-Signature-Timestamp', '1']]; // prettier-ignore
    expect(messageOf(input('discord', headers, '{}', { secrets: key }))).toMatch(
      /^signature-cut: .* shorter than a whole one of this kind.* cannot be checked/,
    );
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'HS512' })}.${part({ iss: 'netlify' })}.${'a'.repeat(86)}`;
    expect(messageOf(input('netlify', [['X-Webhook-Signature', token]]))).toMatch(
      /^other-algorithm: .* says that it is made with HS512.* was not computed/,
    );
  });
});

describe('an item without content', () => {
  it('is an item that is not right, and not the end of the list', () => {
    const entry = (value: unknown): unknown => ({ NotificationRequestItem: value });
    const body = (items: readonly unknown[]): string => JSON.stringify({ notificationItems: items });
    const hex = [{ name: 'mine', value: '00'.repeat(16) }];
    for (const items of [[null], [{}], [entry(null)], [{}, entry({ additionalData: {} })]]) {
      const made = input('adyen', [json], body(items), { secrets: hex });
      expect(diagnose(made).findings, body(items)).toHaveLength(1);
      expect(diagnose({ ...made, provider: 'github' }).findings).not.toEqual([]);
    }
  });
});
