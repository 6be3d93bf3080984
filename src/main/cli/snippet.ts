// `snippet`: the handler that verifies a provider's requests properly, to paste into a project.

import { AppError } from '../../shared/errors.ts';
import { snippetLanguages } from '../../shared/snippets/snippet.ts';
import type { SnippetLanguage } from '../../shared/snippets/snippet.ts';
import { handlerSnippet } from '../../shared/snippets/snippets.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { addProviderHelp, checkSchemeOption, findChosen } from './provider-option.ts';

/** Registers `snippet`. */
export function addSnippet({ command }: CliContext): void {
  command(
    'snippet <provider>',
    'print a handler that verifies the provider’s requests',
    (options) => {
      options
        .option('--lang <id>', `language: ${snippetLanguages.join(', ')}`, 'express')
        .option('--scheme <id>', 'scheme, where the provider has several (default: its first)')
        .option('--path <path>', 'path of the route (default: /webhooks/<provider>)');
      addProviderHelp(options);
    },
    snippet,
  );
}

function snippet(run: CommandRun): Promise<number> {
  const provider = findChosen(run.positional[0] ?? '');
  checkSchemeOption(run, provider);
  const lang = text(run, 'lang') ?? 'express';
  const language = snippetLanguages.find((id): id is SnippetLanguage => id === lang);
  if (language === undefined) {
    throw new AppError('CONFIG_INVALID', `--lang: "${lang}" is not one of ${snippetLanguages.join(', ')}.`);
  }
  const path = text(run, 'path');
  if (path !== undefined && !/^\/[\w./~-]*$/.test(path)) {
    throw new AppError('CONFIG_INVALID', '--path: begin with a slash, then letters, digits, and any of . _ ~ / -.');
  }
  const made = handlerSnippet(provider, language, { scheme: text(run, 'scheme'), path });
  if (made.kind === 'reason') throw new AppError('CONFIG_INVALID', made.text);
  const line = { type: 'snippet', provider: provider.id, lang: language, scheme: made.scheme, text: made.text };
  run.output.line(line, () => made.text.trimEnd());
  return Promise.resolve(0);
}
