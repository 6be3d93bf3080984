// `verify` and `sign`: one request, no data folder touched, nothing kept.

import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { AppError } from '../../shared/errors.ts';
import type { Verdict } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { makeId } from '../../shared/id.ts';
import { detectProvider, findProvider } from '../../shared/providers/index.ts';
import type { SecretType } from '../../shared/workspace.ts';
import { answerHandshake, sign, verify } from '../host-offline.ts';
import { addSecretOptions, text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { checkProvider, readHeaders, readInput, readNumber, readSecrets, readTime } from './inputs.ts';
import { paint } from './output.ts';

/** Registers `verify` and `sign`. */
export function addOfflineCommands({ command }: CliContext): void {
  command(
    'verify',
    'judge the signature of one request, or of every entry of a vector file',
    (options) => {
      addSecretOptions(options);
      options
        .option('--provider <id>', 'provider; detected from the headers when absent')
        .option('--scheme <id>', 'signature scheme; chosen from the headers when absent')
        .option('--headers <file>', 'JSON array of [name, value] pairs, or raw "Name: value" lines')
        .option('--body <file>', 'body, byte for byte')
        .option('--method <method>', 'request method', 'POST')
        .option('--url <url>', 'URL that the provider called', 'http://127.0.0.1/')
        .option('--at <iso>', 'time of receipt (default: now)')
        .option('--tolerance <seconds>', "replaces the provider's own tolerance")
        .option('--vectors <file>', 'JSON array of signed requests with expected verdicts');
    },
    (run) =>
      Promise.resolve(
        text(run, 'vectors') === undefined ? verifyOne(run) : verifyVectors(run, text(run, 'vectors') as string),
      ),
  );
  command(
    'sign',
    'print a signed request',
    (options) => {
      addSecretOptions(options);
      options
        .requiredOption('--provider <id>', 'provider')
        .requiredOption('--body <file>', 'body, byte for byte')
        .option('--scheme <id>', "signature scheme (default: the provider's first)")
        .option('--event <name>', 'event type')
        .option('--id <id>', 'delivery id (default: a new one)')
        .option('--method <method>', 'request method', 'POST')
        .option('--url <url>', 'URL of the request', 'http://127.0.0.1/')
        .option('--at <iso>', 'time of the signature (default: now)');
    },
    (run) => Promise.resolve(signOne(run)),
  );
}

function required(run: CommandRun, option: string): string {
  const value = text(run, option);
  if (value === undefined) throw new AppError('CONFIG_INVALID', `--${option} is needed.`);
  return value;
}

function verifyOne(run: CommandRun): number {
  const headers = readHeaders('--headers', required(run, 'headers'));
  const given = text(run, 'provider');
  const provider = given === undefined ? detectProvider(headers) : checkProvider(given);
  const tolerance = text(run, 'tolerance');
  const verdict = verify({
    provider,
    scheme: text(run, 'scheme'),
    method: required(run, 'method'),
    url: required(run, 'url'),
    headers,
    body: readInput('--body', required(run, 'body')),
    secrets: readSecrets(run.options, run.env),
    now: text(run, 'at') === undefined ? run.clock.now() : readTime('--at', required(run, 'at')),
    toleranceSeconds: tolerance === undefined ? undefined : readNumber('--tolerance', tolerance, 0, 31_536_000, false),
  });
  run.output.line(verdict, () => {
    const warnings = verdict.warnings.map((warning) => `\n  note: ${warning}`).join('');
    return `${paint(run.output, verdict.status === 'valid' ? 'green' : 'red', verdict.status)}  ${verdict.message}${warnings}`;
  });
  return verdict.status === 'valid' ? 0 : 1;
}

const vectorSchema = v.looseObject({
  id: v.optional(v.string()),
  kind: v.optional(v.string()),
  provider: v.string(),
  scheme: v.optional(v.string()),
  secrets: v.array(v.looseObject({ name: v.string(), type: v.string(), value: v.string() })),
  method: v.string(),
  url: v.string(),
  headers: v.array(v.tuple([v.string(), v.string()])),
  bodyBase64: v.string(),
  now: v.string(),
  policy: v.optional(v.looseObject({ toleranceSeconds: v.optional(v.number()) })),
  expected: v.optional(v.string()),
  acceptable: v.optional(v.array(v.string())),
});
type Vector = v.InferOutput<typeof vectorSchema>;

function verifyVectors(run: CommandRun, path: string): number {
  let failed = 0;
  for (const [index, vector] of readVectors(path).entries()) {
    const result = judgeVector(vector, index);
    const wanted = vector.expected === undefined ? null : [vector.expected, ...(vector.acceptable ?? [])];
    const good = wanted === null || wanted.includes(result.status);
    if (!good) failed += 1;
    const line = vector.id === undefined ? result : { id: vector.id, ...result };
    run.output.line(
      line,
      () =>
        `${good ? paint(run.output, 'green', 'ok  ') : paint(run.output, 'red', 'FAIL')}  ${vector.id ?? `entry ${index + 1}`}  ${result.status}${good ? '' : ` (expected ${wanted?.join(' or ')})`}`,
    );
  }
  return failed === 0 ? 0 : 1;
}

function readVectors(path: string): Vector[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new AppError(
      'CONFIG_INVALID',
      `--vectors: cannot read ${path}: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  const checked = v.safeParse(v.array(vectorSchema), parsed);
  if (!checked.success)
    throw new AppError(
      'CONFIG_INVALID',
      `--vectors: ${v.getDotPath(checked.issues[0]) ?? 'the file'}: ${checked.issues[0].message}.`,
    );
  return checked.output;
}

interface ChallengeResult {
  readonly status: 'challenge';
  readonly response: { readonly status: number; readonly headers: readonly HeaderPair[]; readonly body: string };
}

function judgeVector(vector: Vector, index: number): Verdict | ChallengeResult {
  if (!findProvider(vector.provider)) {
    const message = `Hookbench does not know the provider "${vector.provider}".`;
    return { status: 'unsupported', reason: 'unknown-provider', message, warnings: [], diagnosis: [] };
  }
  const request = {
    provider: vector.provider,
    method: vector.method,
    url: vector.url,
    headers: vector.headers,
    body: Buffer.from(vector.bodyBase64, 'base64'),
  };
  const verdict = verify({
    ...request,
    scheme: vector.scheme,
    secrets: vector.secrets.map(({ name, type, value }) => ({ name, value, type: type as SecretType })),
    now: readTime(`--vectors: entry ${index + 1}: now`, vector.now),
    toleranceSeconds: vector.policy?.toleranceSeconds,
  });
  const response = vector.kind === 'challenge' ? answerHandshake(request, verdict) : null;
  return response ? { status: 'challenge', response } : verdict;
}

function signOne(run: CommandRun): number {
  const body = readInput('--body', required(run, 'body'));
  const method = required(run, 'method').toUpperCase();
  const url = required(run, 'url');
  const provider = checkProvider(required(run, 'provider'));
  const secrets = readSecrets(run.options, run.env);
  if (secrets.length === 0) throw new AppError('CONFIG_INVALID', '--secret is needed to sign.');
  const signed = sign({
    provider,
    scheme: text(run, 'scheme'),
    method,
    url,
    headers: [['Content-Type', 'application/json']],
    body,
    secrets,
    messageId: text(run, 'id') ?? makeId('msg', run.random),
    event: text(run, 'event') ?? null,
    now: text(run, 'at') === undefined ? run.clock.now() : readTime('--at', required(run, 'at')),
    mode: 'fresh',
  });
  const request = { method, url, headers: signed.headers, bodyBase64: Buffer.from(signed.body).toString('base64') };
  run.output.line(request, () =>
    [
      `${method} ${url}`,
      ...signed.headers.map(([name, value]) => `${name}: ${value}`),
      '',
      Buffer.from(signed.body).toString('utf8'),
    ].join('\n'),
  );
  return 0;
}
