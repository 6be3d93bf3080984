// Which provider's signatures a command works with: one of the registry (`--provider`), a person's own scheme in a file
// (`--scheme-file`), or one that the data folder's workspace knows.

import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { customProvider } from '../../shared/custom-scheme.ts';
import type { CustomScheme } from '../../shared/custom-scheme.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import { findProvider, providers } from '../../shared/providers/index.ts';
import { parseJson } from '../../shared/providers/read-value.ts';
import { readSchemeFile } from '../host-schemes.ts';
import { text } from './context.ts';
import type { CommandRun } from './context.ts';
import { readInput } from './inputs.ts';

/** What the options chose. */
export interface ChosenProvider {
  readonly id: string;
  readonly definition: ProviderDefinition;
}

/** Adds `--scheme-file`. */
export function addSchemeFileOption(command: Command): void {
  command.option('--scheme-file <file>', 'file of your own scheme, as the app exports it; in place of --provider');
}

/** Ends a command's help with the provider ids. */
export function addProviderHelp(command: Command): void {
  const ids = providers.map(({ id }) => id).toSorted();
  command.addHelpText('after', `\nProviders: ${ids.join(', ')}.`);
}

/**
 * What `--provider` and `--scheme-file` say; null when neither is given. Throws CONFIG_UNKNOWN_PROVIDER, and
 * CONFIG_INVALID for a file that is no scheme or is not the given provider.
 */
export function readProvider(run: CommandRun): ChosenProvider | null {
  const id = text(run, 'provider');
  const path = text(run, 'schemeFile');
  if (path === undefined) return id === undefined ? null : { id, definition: findChosen(id) };
  const scheme = readScheme(path);
  if (id !== undefined && id !== scheme.id) {
    const message = `--provider: "${id}" is not the scheme in --scheme-file, which is "${scheme.id}"; leave --provider out.`;
    throw new AppError('CONFIG_INVALID', message);
  }
  return { id: scheme.id, definition: customProvider(scheme) };
}

function readScheme(path: string): CustomScheme {
  const bytes = readInput('--scheme-file', path);
  try {
    return readSchemeFile(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const cure = 'Export the scheme from the app again.';
    throw new AppError('CONFIG_INVALID', `--scheme-file: ${path}: ${error.message.replace(/\.?$/, '.')} ${cure}`);
  }
}

/** As {@link readProvider}, for a command that cannot do without. */
export function requireProvider(run: CommandRun): ChosenProvider {
  const chosen = readProvider(run);
  if (chosen) return chosen;
  throw new AppError('CONFIG_INVALID', '--provider is needed (or --scheme-file with your own scheme).');
}

/** Whether the id is one of a person's own schemes, which only a workspace or a file describes. */
export function isOwnId(id: string): boolean {
  return id.startsWith('custom-');
}

/**
 * The provider with this id. `own` are the workspace's schemes; absent where the command reads none. Throws
 * CONFIG_UNKNOWN_PROVIDER with what is known.
 */
export function findChosen(id: string, own?: readonly CustomScheme[]): ProviderDefinition {
  const provider = findProvider(id);
  if (provider) return provider;
  const scheme = own?.find((known) => known.id === id);
  if (scheme) return customProvider(scheme);
  throw new AppError('CONFIG_UNKNOWN_PROVIDER', `--provider: ${unknown(id, own)}`);
}

function unknown(id: string, own: readonly CustomScheme[] | undefined): string {
  if (!isOwnId(id)) return `"${id}" is not known. Known: ${providers.map((provider) => provider.id).join(', ')}.`;
  if (own === undefined) return `"${id}" would be your own scheme; give its file with --scheme-file.`;
  const ids = own.map((scheme) => scheme.id).join(', ');
  return `"${id}" is not a scheme of this data folder, which has ${ids === '' ? 'none; import it in the app' : ids}.`;
}

/** Throws CONFIG_INVALID unless `--scheme` is absent or one of the provider's. */
export function checkSchemeOption(run: CommandRun, { name, schemes }: ProviderDefinition): void {
  const wanted = text(run, 'scheme');
  if (wanted === undefined || schemes.some(({ id }) => id === wanted)) return;
  const ids = [...new Set(schemes.map(({ id }) => id))].join(', ');
  throw new AppError('CONFIG_INVALID', `--scheme: "${wanted}" is not one of ${name}'s: ${ids}.`);
}

/**
 * The content type of a body for which no `--header` gives one: what the provider sends, but never a form's for JSON.
 */
export function contentTypeFor(definition: ProviderDefinition, body: Uint8Array): HeaderPair {
  const json: HeaderPair = ['Content-Type', 'application/json'];
  const own = definition.headers.find(([name]) => name.toLowerCase() === 'content-type') ?? json;
  const isForm = own[1].toLowerCase().startsWith('application/x-www-form-urlencoded');
  return isForm && parseJson(Buffer.from(body).toString('utf8')) !== undefined ? json : own;
}
