// The handler snippets, run: every signed request of the vectors goes to the handler that Hookbench would give a person,
// which must take the genuine ones and refuse the others.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sign } from '../../src/main/signatures/sign.ts';
import type { SnippetLanguage } from '../../src/shared/snippets/snippet.ts';
import { isRight, snippetCase } from '../support/snippet-cases.ts';
import { allVectors } from '../support/vectors.ts';
import type { Vector } from '../support/vectors.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hookbench-snippets-'));
fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

interface Answer {
  readonly status: number;
  readonly body: string;
}

function answersOf(language: SnippetLanguage, asked: readonly Vector[] = allVectors): Map<string, Answer> {
  const cases = asked.flatMap((vector) => snippetCase(vector, language) ?? []);
  const file = path.join(folder, `${language}.json`);
  fs.writeFileSync(file, JSON.stringify(cases));
  const place = fs.mkdtempSync(path.join(folder, `${language}-`));
  const [program, runner] =
    language === 'flask' ? ['python3', 'snippet_runner.py'] : [process.execPath, 'snippet-runner.mjs'];
  const out = execFileSync(program, [path.join(root, 'test/support', runner), file, place], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const answers = JSON.parse(out) as readonly Answer[];
  return new Map(cases.map(({ id }, index) => [id, answers[index] ?? { status: -1, body: 'no answer' }]));
}

/** Flask and cryptography are no dependencies of this project: a machine may lack them. */
const hasFlask = spawnSync('python3', ['-c', 'import flask, cryptography']).status === 0;

describe.each(['express', 'fastify', 'next', 'flask'] as const)('the %s handler', (language) => {
  it.skipIf(language === 'flask' && !hasFlask)(
    'takes genuine requests and refuses all others, for every vector',
    { timeout: 120_000 },
    () => {
      const answers = answersOf(language);
      const wrong = allVectors.flatMap((vector) => {
        const answer = answers.get(vector.id);
        if (answer === undefined || isRight(vector, answer.status)) return [];
        return [
          `${vector.id} (${vector.expected}): ${answer.status} ${answer.status < 0 ? answer.body.slice(0, 300) : ''}`,
        ];
      });
      expect(wrong).toEqual([]);
      expect(answers.size).toBeGreaterThan(300);
    },
  );
});

/** The RFC's examples leave the body uncovered, which the handler refuses; this one covers it. */
function coveredRequest(): Vector {
  const url = 'https://example.com/hooks/in?a=1';
  const body = Buffer.from('{"n":1}');
  const now = Date.parse('2026-01-02T03:04:05Z');
  const secrets = [
    { name: 'key-1', type: 'hmac-base64', alg: 'hmac-sha256', value: 'bm90LWEtcmVhbC1zZWNyZXQtbm90LWEtcmVhbC1vbmU=' },
  ] as const;
  const signed = sign({
    provider: 'rfc9421',
    method: 'POST',
    url,
    headers: [['Content-Type', 'application/json']],
    body,
    secrets,
    messageId: 'msg_1',
    event: null,
    now,
    mode: 'fresh',
  });
  return {
    id: 'covered',
    provider: 'rfc9421',
    scheme: 'http-message-signatures',
    secrets,
    method: 'POST',
    url,
    headers: [['Host', 'example.com'], ...signed.headers],
    bodyBase64: body.toString('base64'),
    now: new Date(now).toISOString(),
    expected: 'valid',
  };
}

describe.each(['express', 'fastify', 'next'] as const)('the %s handler for HTTP message signatures', (language) => {
  it('takes a request whose body is covered, and refuses a changed, an old and a foreign one', () => {
    const good = coveredRequest();
    const later = new Date(Date.parse(good.now) + 600_000).toISOString();
    const foreign = {
      name: 'key-1',
      type: 'hmac-base64',
      value: Buffer.from('another secret').toString('base64'),
    } as const;
    const answers = answersOf(language, [
      good,
      { ...good, id: 'changed', bodyBase64: Buffer.from('{"n":2}').toString('base64') },
      { ...good, id: 'old', now: later },
      { ...good, id: 'foreign', secrets: [foreign] },
    ]);
    expect([...answers].map(([id, { status }]) => [id, status])).toEqual([
      ['covered', 200],
      ['changed', 401],
      ['old', 401],
      ['foreign', 401],
    ]);
  });
});
