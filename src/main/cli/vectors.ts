// `verify --vectors`: every entry of a file of signed requests, judged and compared with what it expects. The file may
// come from anywhere, so an entry that this version does not know is a result, not the end.

import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { AppError } from '../../shared/errors.ts';
import type { Verdict } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { findProvider } from '../../shared/providers/index.ts';
import { secretTypes } from '../../shared/secret-types.ts';
import type { SecretType } from '../../shared/secret-types.ts';
import { answerHandshake, findCauses, verify } from '../host-offline.ts';
import type { SecretValue } from '../host-offline.ts';
import { escapeControls } from '../system.ts';
import type { CommandRun } from './context.ts';
import { findingsText } from './findings-text.ts';
import { readTime } from './inputs.ts';
import { paint } from './output.ts';
import { readProvider } from './provider-option.ts';
import type { ChosenProvider } from './provider-option.ts';

const seconds = v.exactOptional(v.number());
const vectorSchema = v.looseObject({
  id: v.exactOptional(v.string()),
  kind: v.exactOptional(v.string()),
  provider: v.string(),
  scheme: v.exactOptional(v.string()),
  secrets: v.array(
    v.looseObject({
      name: v.string(),
      type: v.string(),
      value: v.string(),
      url: v.exactOptional(v.string()),
      alg: v.exactOptional(v.string()),
    }),
  ),
  method: v.string(),
  url: v.string(),
  headers: v.array(v.tuple([v.string(), v.string()])),
  bodyBase64: v.string(),
  now: v.string(),
  policy: v.exactOptional(v.looseObject({ toleranceSeconds: seconds, maxAge: seconds })),
  expected: v.exactOptional(v.string()),
  acceptable: v.exactOptional(v.array(v.string())),
});
type Vector = v.InferOutput<typeof vectorSchema>;

/** What a handshake gets. */
interface ChallengeResult {
  readonly status: 'challenge' | 'challenge-refused';
  readonly response: { readonly status: number; readonly headers: readonly HeaderPair[]; readonly body: string };
  /** What the answer asks for, and what is not done here. */
  readonly needsConsent?: { readonly fetch: string };
}

/** Prints a line for each entry; 0 when each that expects something got it. Throws CONFIG_INVALID for a bad file. */
export function verifyVectors(run: CommandRun, path: string): number {
  const own = readProvider(run);
  let failed = 0;
  for (const [index, vector] of readVectors(path).entries()) {
    const result = judgeVector(run, own, vector, index);
    const wanted = vector.expected === undefined ? null : [vector.expected, ...(vector.acceptable ?? [])];
    const good = wanted === null || wanted.includes(result.status);
    if (!good) failed += 1;
    const line = vector.id === undefined ? result : { id: vector.id, ...result };
    run.output.line(line, () => {
      const mark = good ? paint(run.output, 'green', 'ok  ') : paint(run.output, 'red', 'FAIL');
      const name = escapeControls(vector.id ?? `entry ${index + 1}`);
      const complaint = good ? '' : ` (expected ${escapeControls(wanted?.join(' or ') ?? '')})`;
      return `${mark}  ${name}  ${result.status}${complaint}${more(run, result)}`;
    });
  }
  return failed === 0 ? 0 : 1;
}

function more(run: CommandRun, result: Verdict | ChallengeResult): string {
  if (!('response' in result)) {
    return result.diagnosis.length === 0 ? '' : `\n${findingsText(run.output, result.diagnosis, 6)}`;
  }
  const consent = result.needsConsent;
  return consent === undefined ? '' : `\n      needs your consent to fetch ${escapeControls(consent.fetch)}`;
}

function readVectors(path: string): Vector[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('CONFIG_INVALID', `--vectors: cannot read ${path}: ${reason}.`);
  }
  const checked = v.safeParse(v.array(vectorSchema), parsed);
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  throw new AppError('CONFIG_INVALID', `--vectors: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}.`);
}

function judgeVector(
  run: CommandRun,
  own: ChosenProvider | null,
  vector: Vector,
  index: number,
): Verdict | ChallengeResult {
  const definition = own?.id === vector.provider ? own.definition : findProvider(vector.provider);
  if (!definition) return unsupported('unknown-provider', `the provider "${vector.provider}"`);
  const secrets: SecretValue[] = [];
  for (const secret of vector.secrets) {
    const { name, type, value, url, alg } = secret;
    if (!isSecretType(type)) return unsupported('unknown-secret-type', `the secret type "${type}"`);
    secrets.push({ name, type, value, ...(url === undefined ? {} : { url }), ...(alg === undefined ? {} : { alg }) });
  }
  const input = {
    provider: vector.provider,
    definition,
    scheme: vector.scheme,
    method: vector.method,
    url: vector.url,
    headers: vector.headers,
    body: Buffer.from(vector.bodyBase64, 'base64'),
    secrets,
    now: readTime(`--vectors: entry ${index + 1}: now`, vector.now),
    toleranceSeconds: vector.policy?.toleranceSeconds ?? vector.policy?.maxAge,
  };
  const verdict = verify(input);
  const reply = vector.kind === 'challenge' ? answerHandshake(input, verdict, secrets) : null;
  if (reply) {
    const { status, headers, body, refused, needsConsent } = reply;
    return {
      status: refused ? 'challenge-refused' : 'challenge',
      response: { status, headers, body },
      ...(needsConsent === undefined ? {} : { needsConsent }),
    };
  }
  return run.options['diagnose'] === true ? { ...verdict, diagnosis: findCauses(input, verdict) } : verdict;
}

function isSecretType(type: string): type is SecretType {
  return secretTypes.some((known) => known === type);
}

function unsupported(reason: string, what: string): Verdict {
  return { status: 'unsupported', reason, message: `Hookbench does not know ${what}.`, warnings: [], diagnosis: [] };
}
