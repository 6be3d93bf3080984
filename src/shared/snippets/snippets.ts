// The one way to a handler snippet: a provider, a language, and perhaps one of the provider's schemes.

import type { ProviderDefinition } from '../providers/define.ts';
import { goSnippet } from './go.ts';
import { javascriptSnippet } from './javascript.ts';
import { pythonSnippet } from './python.ts';
import { planFor } from './snippet.ts';
import type { Snippet, SnippetLanguage, SnippetOptions } from './snippet.ts';

/**
 * The handler that verifies this provider's requests properly. No secret is in it: the environment holds them. Where no
 * right code is known for the language, the reason in a sentence.
 */
export function handlerSnippet(
  provider: ProviderDefinition,
  language: SnippetLanguage,
  options: SnippetOptions = {},
): Snippet {
  const scheme = provider.schemes.find(({ id }) => id === options.scheme) ?? provider.schemes[0];
  if (scheme === undefined) {
    return { kind: 'reason', text: `${provider.name} does not sign its requests.`, scheme: '' };
  }
  const plan = planFor(provider, scheme, options);
  if (scheme.kind === 'message-signature' && (language === 'flask' || language === 'go')) {
    const text =
      language === 'flask'
        ? 'HTTP message signatures are too much to write by hand. Use the package http-message-signatures (Python), list the components that must be covered, and compare Content-Digest with the body yourself.'
        : 'HTTP message signatures are too much to write by hand. Use github.com/yaronf/httpsign, list the components that must be covered, and compare Content-Digest with the body yourself.';
    return { kind: 'reason', text, scheme: scheme.id };
  }
  const text =
    language === 'flask'
      ? pythonSnippet(plan)
      : language === 'go'
        ? goSnippet(plan)
        : javascriptSnippet(plan, language);
  return { kind: 'code', text, scheme: scheme.id };
}
