// `verify`: the judgement on one request, or on every entry of a vector file. No data folder is touched, nothing kept.

import { Buffer } from 'node:buffer';
import { AppError } from '../../shared/errors.ts';
import { detectProvider } from '../../shared/providers/index.ts';
import { parseJson } from '../../shared/providers/read-value.ts';
import { findCauses, verify } from '../host-offline.ts';
import { escapeControls } from '../system.ts';
import { addSecretOptions, text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { findingsText } from './findings-text.ts';
import { readHeaders, readInput, readNumber, readSecrets, readTime } from './inputs.ts';
import { paint } from './output.ts';
import { addProviderHelp, addSchemeFileOption, readProvider } from './provider-option.ts';
import { verifyVectors } from './vectors.ts';

/** Registers `verify`. */
export function addVerify({ command }: CliContext): void {
  command(
    'verify',
    'judge the signature of one request, or of every entry of a vector file',
    (options) => {
      addSecretOptions(options);
      addSchemeFileOption(options);
      options
        .option('--provider <id>', 'provider; detected from the headers or the body when absent')
        .option('--scheme <id>', 'signature scheme; chosen from the headers when absent')
        .option('--headers <file>', 'JSON array of [name, value] pairs, or raw "Name: value" lines')
        .option('--body <file>', 'body, byte for byte')
        .option('--method <method>', 'request method', 'POST')
        .option('--url <url>', 'URL that the provider called', 'http://127.0.0.1/')
        .option('--at <iso>', 'time of receipt (default: now)')
        .option('--tolerance <seconds>', "replaces the provider's own tolerance")
        .option('--vectors <file>', 'JSON array of signed requests with expected verdicts')
        .option('--diagnose', 'look for the cause of every check that fails, and name it');
      addProviderHelp(options);
    },
    (run) => {
      const vectors = text(run, 'vectors');
      return Promise.resolve(vectors === undefined ? verifyOne(run) : verifyVectors(run, vectors));
    },
  );
}

function required(run: CommandRun, option: string, what: string): string {
  const value = text(run, option);
  if (value !== undefined) return value;
  throw new AppError('CONFIG_INVALID', `--${option} is needed: ${what}.`);
}

function verifyOne(run: CommandRun): number {
  const headers = readHeaders('--headers', required(run, 'headers', 'the file with the headers, or --vectors'));
  const body = readInput('--body', required(run, 'body', 'the file with the body'));
  const chosen = readProvider(run);
  const at = text(run, 'at');
  const tolerance = text(run, 'tolerance');
  const input = {
    provider: chosen?.id ?? detectProvider(headers, () => parseJson(Buffer.from(body).toString('utf8'))),
    definition: chosen?.definition,
    scheme: text(run, 'scheme'),
    method: text(run, 'method') ?? 'POST',
    url: text(run, 'url') ?? '',
    headers,
    body,
    secrets: readSecrets(run.options, run.env),
    now: at === undefined ? run.clock.now() : readTime('--at', at),
    toleranceSeconds: tolerance === undefined ? undefined : readNumber('--tolerance', tolerance, 0, 31_536_000, false),
  };
  const judged = verify(input);
  const diagnosis = run.options['diagnose'] === true ? findCauses(input, judged) : judged.diagnosis;
  const verdict = { ...judged, diagnosis };
  run.output.line(verdict, () => {
    const { status, message, warnings } = verdict;
    const lines = [`${paint(run.output, status === 'valid' ? 'green' : 'red', status)}  ${escapeControls(message)}`];
    for (const warning of warnings) lines.push(`  note: ${escapeControls(warning)}`);
    if (diagnosis.length > 0) lines.push(findingsText(run.output, diagnosis, 2));
    return lines.join('\n');
  });
  return verdict.status === 'valid' ? 0 : 1;
}
