// CONTRIBUTING.md says that a provider is three files. Its example is taken from there, put into a copy of src/shared,
// and must then be a provider like any other: complete, recognised, checked, signed and documented.

import { execFileSync } from 'node:child_process';
import { cpSync, appendFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerPage } from '../../../../scripts/docs/provider-page.mjs';
import { describeRecipe } from '../../../../src/main/signatures/recipe.ts';
import { sign } from '../../../../src/main/signatures/sign.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import type { VerifyInput } from '../../../../src/main/signatures/verify.ts';
import type { ProviderDefinition } from '../../../../src/shared/providers/define.ts';
import { providers } from '../../../../src/shared/providers/index.ts';
import type { Vector } from '../../../support/vectors.ts';
import { problemsOf } from './completeness.ts';
import type { Surroundings } from './completeness.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const guide = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');

/** The first block of this language after the place where the guide names the file. */
function block(after: string, language: string): string {
  const start = guide.indexOf(after);
  const fence = guide.indexOf(`\n\`\`\`${language}\n`, start);
  const end = guide.indexOf('\n```\n', fence + 1);
  if (start === -1 || fence === -1 || end === -1) throw new Error(`CONTRIBUTING.md has no ${language} after ${after}`);
  return guide.slice(fence + language.length + 5, end + 1);
}

const definitionFile = block('`src/shared/providers/acme.ts`', 'ts');
const registryLine = block('`src/shared/providers/registry.ts`', 'ts');
const commands = block('`test/fixtures/vectors/acme.json`', 'sh');
const vectors = JSON.parse(block('`test/fixtures/vectors/acme.json`', 'json')) as Vector[];

let folder = '';
let acme: ProviderDefinition;
let copy: typeof import('../../../../src/shared/providers/index.ts');

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'hookbench-acme-'));
  const inCopy = (name: string): string => path.join(folder, 'src/shared/providers', name);
  cpSync(path.join(root, 'src/shared'), path.join(folder, 'src/shared'), { recursive: true });
  writeFileSync(inCopy('acme.ts'), definitionFile);
  appendFileSync(inCopy('registry.ts'), registryLine);

  const loaded = await runnerImport<typeof copy>(inCopy('index.ts'), { root: folder, configFile: false, logLevel: 'error' }); // prettier-ignore
  copy = loaded.module;
  const found = copy.findProvider('acme');
  if (found === undefined) throw new Error('the line in registry.ts does not bring the provider');
  acme = found;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function around(changes: Partial<Surroundings> = {}): Surroundings {
  return {
    others: copy.providers.filter((provider) => provider !== acme),
    vectors,
    page: providerPage(copy.providers, describeRecipe),
    detect: copy.detectProvider,
    ...changes,
  };
}

function inputOf(vector: Vector): VerifyInput {
  return {
    provider: 'acme',
    definition: acme,
    method: vector.method,
    url: vector.url,
    headers: vector.headers,
    body: Buffer.from(vector.bodyBase64, 'base64'),
    secrets: vector.secrets,
    now: Date.parse(vector.now),
  };
}

function vectorOf(expected: string): Vector {
  const vector = vectors.find((one) => one.expected === expected);
  if (vector === undefined) throw new Error(`no vector that is expected ${expected}`);
  return vector;
}

describe('the provider of CONTRIBUTING.md', () => {
  it('passes the type check of the project', () => {
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: path.join(root, 'tsconfig.base.json'),
        compilerOptions: { composite: false, emitDeclarationOnly: false, noEmit: true },
        files: ['src/shared/providers/index.ts'],
      }),
    );
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
    expect(execFileSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })).toBe('');
  });

  it('is complete with its three files and the page made anew', () => {
    expect(problemsOf(acme, around())).toEqual([]);
  });

  it('is told what it lacks without its vectors, or before `npm run docs`', () => {
    expect(problemsOf(acme, around({ vectors: null }))).toEqual([
      'test/fixtures/vectors/acme.json: there is no such file',
    ]);
    const page = readFileSync(path.join(root, 'docs/providers.md'), 'utf8');
    expect(problemsOf(acme, around({ page }))).toEqual([
      'docs/providers.md: acme has no row; run npm run docs',
      'docs/providers.md: acme has no section; run npm run docs',
    ]);
  });

  it('leaves the other providers as they are', () => {
    expect(copy.providers.filter((provider) => provider !== acme)).toEqual(providers);
  });

  it('has vectors that the openssl command line made, as the guide shows', () => {
    const [bodyBase64, signature] = execFileSync('sh', ['-c', commands], { encoding: 'utf8' }).trim().split('\n');
    for (const vector of vectors) expect(vector.bodyBase64).toBe(bodyBase64);
    expect(Object.fromEntries(vectorOf('valid').headers)).toMatchObject({ 'X-Acme-Signature': `v1=${signature}` });
    expect(Object.fromEntries(vectorOf('invalid').headers)).toMatchObject({ 'X-Acme-Signature': `v1=${signature}` });
  });

  it.each(vectors)('$id is judged $expected', (vector) => {
    expect(verify(inputOf(vector))).toMatchObject({ status: vector.expected, scheme: 'acme-v1' });
  });

  it('is recognised, and so are its event and its delivery id', () => {
    expect(copy.detectProvider(vectorOf('valid').headers)).toBe('acme');
    expect(copy.detectProvider(vectorOf('missing').headers)).toBe('acme');
  });

  it('is signed by the recipe that checks it, to the byte that openssl made', () => {
    const vector = vectorOf('valid');
    const { headers, method, url, body, secrets } = inputOf(vector);
    const at = Number(Object.fromEntries(headers)['X-Acme-Timestamp']) * 1_000;
    const request = sign({
      provider: 'acme',
      definition: acme,
      method,
      url,
      headers: [],
      body,
      secrets,
      messageId: 'd-0001',
      event: 'parcel.shipped',
      now: at,
      mode: 'fresh',
    });
    const sorted = (pairs: typeof headers): unknown[] => pairs.map(([name, value]) => `${name}: ${value}`).toSorted();
    expect(sorted(request.headers)).toEqual(sorted(headers));

    const checked = { ...inputOf(vector), headers: request.headers, body: request.body };
    expect(verify(checked).status).toBe('valid');
    expect(verify({ ...checked, body: Buffer.concat([request.body, Buffer.from(' ')]) }).status).toBe('invalid');
    expect(verify({ ...checked, secrets: vectorOf('invalid').secrets }).status).toBe('invalid');
    expect(verify({ ...checked, now: at + 300_000 }).status).toBe('valid');
    expect(verify({ ...checked, now: at + 301_000 }).status).toBe('expired');
    expect(verify({ ...checked, now: at - 301_000 }).status).toBe('future');
  });

  it('has its section in the page, with what the definition says', () => {
    const page = providerPage(copy.providers, describeRecipe);
    const section = page.slice(page.indexOf('\n### Acme\n'), page.indexOf('\n### ', page.indexOf('\n### Acme\n') + 1));
    for (const wanted of [
      '`acme` · [documentation](https://docs.acme.example/webhooks)',
      '`acme-v1`',
      'HMAC-SHA256',
      '`timestamp + "." + body`',
      'header `X-Acme-Signature`',
      '`v1=SIGNATURE`',
      'header `X-Acme-Timestamp`, Unix seconds; refused when more than 5 min off, either way',
      'any of the headers `x-acme-signature` or `x-acme-delivery`',
      'Waits: 1 min, 10 min, 1 h.',
      '`parcel.shipped`, `parcel.delivered`',
      '- The whole acme_ text is the key.',
    ]) {
      expect(section).toContain(wanted);
    }
  });
});
