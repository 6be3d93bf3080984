// `keypair`: a test key pair for a provider that signs with a private key. What is made can sign here (`sign`, `send`),
// and the public half goes to the handler under test. Nothing is kept but the file that is asked for.

import { writeFileSync } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import { providers } from '../../shared/providers/index.ts';
import { newKeyPair, publicFormOf } from '../host-offline.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { addSchemeFileOption, requireProvider } from './provider-option.ts';

const withPairs = providers
  .filter(({ secretForm }) => secretForm.kind === 'key-pair')
  .map(({ id }) => id)
  .toSorted();

/** Registers `keypair`. */
export function addKeypair({ command }: CliContext): void {
  command(
    'keypair',
    'make a test key pair for a provider that signs with one',
    (options) => {
      addSchemeFileOption(options);
      options
        .option('--provider <id>', `provider: ${withPairs.join(', ')}`)
        .option('--out <file>', 'new file for the private key, readable only by you (default: stdout)')
        .addHelpText(
          'after',
          '\nSign with the private key: hookbench sign --provider ID --secret-file FILE ...' +
            '\nThe public half is printed in the form that a handler of the provider takes.',
        );
    },
    keypair,
  );
}

async function keypair(run: CommandRun): Promise<number> {
  const { id: provider, definition } = requireProvider(run);
  const secret = await newKeyPair(definition, run.clock.now());
  const publicForm = secret === null ? null : publicFormOf(secret, definition.schemes[0]?.secretType ?? 'spki-pem');
  if (secret === null || publicForm === null) {
    const message = `--provider: ${definition.name} signs with a shared secret, not with a key pair; give --secret any text. With key pairs: ${withPairs.join(', ')}.`;
    throw new AppError('CONFIG_INVALID', message);
  }
  const file = text(run, 'out');
  if (file !== undefined) writePrivate(file, secret);
  const place = file === undefined ? { privateKey: secret } : { file };
  run.output.line({ type: 'keypair', provider, publicKey: publicForm, ...place }, () => {
    const shown = `${publicForm.label}:\n${publicForm.text.trimEnd()}`;
    return file === undefined ? `${secret.trimEnd()}\n\n${shown}` : `Private key written to ${file}\n\n${shown}`;
  });
  return 0;
}

function writePrivate(path: string, secret: string): void {
  try {
    writeFileSync(path, secret, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const message =
      code === 'EEXIST'
        ? `--out: ${path} exists already and is not overwritten; name a new file.`
        : `--out: cannot write ${path} (${code}); name a file in a folder that you can write to.`;
    throw new AppError('CONFIG_INVALID', message);
  }
}
