// `sign`: one signed request, printed. No data folder is touched, nothing kept.

import { Buffer } from 'node:buffer';
import { AppError } from '../../shared/errors.ts';
import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { makeId } from '../../shared/id.ts';
import { missingCompanion, sign } from '../host-offline.ts';
import { addSecretOptions, collect, list, text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { naming, parseHeader, readInput, readSecrets, readTime } from './inputs.ts';
import { addProviderHelp, addSchemeFileOption, checkSchemeOption, contentTypeFor } from './provider-option.ts';
import { requireProvider } from './provider-option.ts';

/** Registers `sign`. */
export function addSign({ command }: CliContext): void {
  command(
    'sign',
    'print a signed request; a provider with key pairs needs the private key in PEM (--secret-file)',
    (options) => {
      addSecretOptions(options);
      addSchemeFileOption(options);
      options
        .option('--provider <id>', 'provider')
        .requiredOption('--body <file>', 'body, byte for byte')
        .option('--scheme <id>', "signature scheme (default: the provider's first)")
        .option('--event <name>', 'event type')
        .option('--id <id>', 'delivery id (default: a new one)')
        .option('--method <method>', 'request method', 'POST')
        .option('--url <url>', 'URL of the request; some schemes sign it', 'http://127.0.0.1/')
        .option('--header <name:value>', 'extra header, repeatable', collect)
        .option('--at <iso>', 'time of the signature (default: now)');
      addProviderHelp(options);
    },
    (run) => Promise.resolve(signOne(run)),
  );
}

function signOne(run: CommandRun): number {
  const { id: provider, definition } = requireProvider(run);
  checkSchemeOption(run, definition);
  const body = readInput('--body', text(run, 'body') ?? '');
  const secrets = readSecrets(run.options, run.env);
  if (secrets.length === 0) {
    throw new AppError('CONFIG_INVALID', '--secret is needed to sign (or --secret-env, --secret-file, --secrets).');
  }
  const missing = missingCompanion(definition, secrets);
  if (missing !== null) {
    throw new AppError('CONFIG_INVALID', `--secret: ${definition.name} signs its ${missing} as well; give it as a second secret.`); // prettier-ignore
  }
  const given: HeaderPair[] = list(run, 'header').map((line) => parseHeader('--header', line));
  const at = text(run, 'at');
  const method = (text(run, 'method') ?? 'POST').toUpperCase();
  const signed = naming(run.options, () =>
    sign({
      provider,
      definition,
      scheme: text(run, 'scheme'),
      method,
      url: text(run, 'url') ?? '',
      headers: headerValue(given, 'content-type') === undefined ? [contentTypeFor(definition, body), ...given] : given,
      body,
      secrets,
      messageId: text(run, 'id') ?? makeId('msg', run.random),
      event: text(run, 'event') ?? null,
      now: at === undefined ? run.clock.now() : readTime('--at', at),
      mode: 'fresh',
    }),
  );
  if (signed.note !== undefined) run.output.note(signed.note);
  const { url, headers } = signed;
  run.output.line({ method, url, headers, bodyBase64: Buffer.from(signed.body).toString('base64') }, () =>
    [
      `${method} ${url}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
      '',
      Buffer.from(signed.body).toString('utf8'),
    ].join('\n'),
  );
  return 0;
}
